"""What a page says first: how the run ended, and how sure that is, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.counts import counted
from synth.page.run import Run
from synth.page.told import Shares
from synth.shown import show_examples
from synth.solution import Result

__all__ = ["Fact", "Summary", "summary"]

GOOD = ("verified", "generalises")
UNFINISHED = "no end yet: the run goes on, or was cut off; this is the best so far"


@dataclass(frozen=True)
class Fact:
    """A line of the summary."""

    name: str
    text: str


@dataclass(frozen=True)
class Summary:
    """How a run ended."""

    name: str
    result: str
    message: str
    good: bool
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    alternatives: tuple[tuple[str, str], ...]
    """Programs that are right, where several were asked for: what is said of each, and its text."""


def summary(run: Run) -> Summary:
    """The section of the summary."""
    told = run.told
    messages = {result.value: result.message for result in Result}
    alternatives = [
        (
            f"{counted(a.lines, 'line')}, by {a.found_by}{'' if a.passes else ': FAILS'}",
            a.term or a.program,
        )
        for a in told.answers
    ]
    return Summary(
        name=run.spec.name,
        result=told.result,
        message=messages.get(told.result, UNFINISHED),
        good=told.result in GOOD,
        facts=tuple(Fact(name, text) for name, text in _facts(run) if text),
        notes=tuple(told.notes),
        alternatives=tuple(alternatives) if len(alternatives) > 1 else (),
    )


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    told, described = run.told, run.described
    if told.result == "unfinished":
        yield "program", "the best so far" if told.program else "none was executed yet"
    else:
        yield "examples", _shares(told.examples, "executed")
        held = _shares(told.holdout, "executed, seen by no search")
        yield "held out", held or "nothing: it is only known to fit the examples"
    for shown in show_examples(run.spec, run.program, run.examples):
        yield "runs" if shown.passed else "fails", str(shown)
    yield "proof", _proof(run)
    yield "found by", _found(run)
    yield "steps", _steps(run)
    yield "work", _work(run)
    yield "seed", str(told.seed if described is None else described.search.seed)
    if described is not None:
        began = described.started[:16].replace("T", " ")
        yield "run", f"engine {described.engine}, skeletune {described.version}, {began}"


def _shares(shares: Shares, how: str) -> str:
    if not shares.total:
        return ""
    low, high = (100 * share for share in shares.interval)
    interval = (
        "" if shares.passed == shares.total else f"; {low:.1f} to {high:.1f} % (Wilson, 95 %)"
    )
    return f"{shares.passed:,} of {shares.total:,} right ({how}{interval})"


def _proof(run: Run) -> str:
    told = run.told
    if told.proof is not None:
        count = len(told.proof)
        steps = f"{counted(count, 'rewrite')}, each re-checked" if count else "its term is the same"
        return f"proved equal to the program before, for every memory: {steps}"
    if told.optimised_by or told.start_steps:
        return "not proved: edits made it; tested on drawn inputs, too"
    return ""


def _found(run: Run) -> str:
    told = run.told
    found = told.found_by or ""
    if found and told.optimised_by:
        found += f", made quicker by {told.optimised_by}"
    return found


def _steps(run: Run) -> str:
    told = run.told
    if told.steps is None:
        return ""
    text = f"{told.steps.mean:.1f} on average, at most {told.steps.max:.0f}"
    if told.start_steps is not None:
        before = told.start_steps
        text += f"; before {before.mean:.1f}, at most {before.max:.0f}"
    return text


def _work(run: Run) -> str:
    stats = run.told.stats
    names = {
        "terms": "terms", "states": "states", "programs": "programs", "skeletons": "skeletons",
        "restarts": "restarts", "gradient_steps": "gradient steps",
    }  # fmt: skip
    counts = [f"{n:,} {name}" for key, name in names.items() if (n := getattr(stats, key))]
    seconds = stats.seconds
    return ", ".join([*counts, *([] if seconds is None else [f"{seconds:.2f} s"])])
