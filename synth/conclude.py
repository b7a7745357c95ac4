"""The end of a search: its answer, or the best so far, verified on what is held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bridge import Example, Machine, Program, Spec, SpecError, Verdict, verify
from bridge.counts import counted
from bridge.errors import TermError
from bridge.lists import Layout
from bridge.pictures import disguised_labels
from bridge.verify import contradictions, covered
from synth.answers import Answer
from synth.driver import Driver
from synth.engines import Candidate
from synth.judging import is_enough
from synth.perception import perceive
from synth.problem import Problem, accuracy_of
from synth.shown import show_examples
from synth.solution import Result, Rewrite, Solution

__all__ = ["check_contradictions", "conclude", "held_out", "start_steps"]


def check_contradictions(spec: Spec) -> None:
    """Raises SpecError where examples contradict each other: then nothing can be verified. Where
    some may be wrong, they may contradict each other."""
    if accuracy_of(spec) == 1 and (said := _clashes(spec, spec.examples)[1]):
        raise SpecError(
            f"{said}; or search all the same: name an --engine, or an $.accuracy that is enough"
        )


def conclude(spec: Spec, driver: Driver, answer: Candidate | None) -> Solution:
    """Verifies the answer, or else the best so far, on all examples and held-out inputs; writes it
    down."""
    problem, notes = driver.problem, driver.notes
    best = answer or driver.best
    fresh = spec.holdout if spec.images else held_out(spec, notes)
    answers = _answers(driver, fresh)
    if best is not None:
        best = _chosen(best, answers, driver, fresh)
        best = _no_worse(best, problem, fresh, notes)
    perception = None
    examples = Verdict(0, len(problem.examples), 0, problem.cells, ())
    holdout = Verdict(0, len(fresh), 0, 0, ())
    if best is not None and best.reader is not None:
        examples, holdout, perception = perceive(spec, best, best.reader)
    elif best is not None:
        examples = verify(best.program, problem.examples, problem.machine)
        holdout = verify(best.program, fresh, problem.machine)
    result = _result(driver, best, examples, holdout)
    found = result in (Result.VERIFIED, Result.GENERALISES, Result.FITS_EXAMPLES)
    if found and not fresh:
        notes.append("nothing was held out: the program is only known to fit the examples")
    if spec.images and (labels := disguised_labels(spec.examples)):
        notes.append(
            f"one picture alone in {counted(len(labels), 'example')} (the first is "
            f"$.examples[{labels[0]}]): what they expect may be a label in disguise"
        )
    alone: list[Answer] = []
    if found and best is not None and driver.wanted == 1:
        alone.append(Answer(best.program, best.term, best.found_by, examples, holdout))
    clashes, said = (0, "") if spec.images else _clashes(spec, problem.examples)
    if said:
        notes.append(said)
    before = None if best is None else best.before
    start = problem.start if problem.adapts else None if before is None else before.program
    owed = best if before is None else before
    parts = (
        "program", "term", "skeleton", "near_miss", "rewritten_from", "entropy", "weights",
        "course",
    )  # fmt: skip
    solution = Solution(
        name=problem.name,
        result=result,
        machine=problem.machine,
        seed=driver.seed,
        found_by=owed.found_by if owed is not None and found else None,
        optimised_by=best.found_by if best is not None and before is not None else None,
        examples=examples,
        holdout=holdout,
        stats=driver.stats(),
        spec=spec,
        history=driver.history.recorded(driver.stats().stages),
        notes=tuple(notes),
        contradictions=clashes,
        start_steps=start_steps(start, (*spec.examples, *fresh), problem.machine),
        outputs=problem.outputs,
        accuracy=problem.accuracy,
        perception=perception,
        lists=problem.lists,
        shown=show_examples(spec, best and best.program, problem.examples),
        answers=tuple(answer for _, answer in answers) or tuple(alone),
        proof=None if best is None else _prove(best, problem),
        saved=True,
        **{part: best and getattr(best, part) for part in parts},
    )
    if (folder := driver.folder) is None:
        return solution
    if perception is not None:
        try:
            folder.draw(solution, spec)
        except ImportError:
            more = "there is no picture of the answer: pip install 'skeletune[report]'"
            solution = replace(solution, notes=(*solution.notes, more))
    return folder.finish(solution)


Known = list[tuple[Candidate, Answer]]


def _answers(driver: Driver, fresh: Sequence[Example]) -> Known:
    """Where several are asked for: the programs that are right, the cheapest first, each held to
    what is held out."""
    problem = driver.problem
    if driver.wanted == 1:
        return []
    return [
        (
            found,
            Answer(
                found.program, found.term, found.found_by,
                verify(found.program, problem.examples, problem.machine),
                verify(found.program, fresh, problem.machine),
            ),
        )
        for found in driver.answers
    ]  # fmt: skip


def _chosen(best: Candidate, answers: Known, driver: Driver, fresh: Sequence[Example]) -> Candidate:
    """Of several answers, the cheapest that passes what is held out; else the cheapest."""
    if not answers or driver.problem.objective != "correct":
        return best
    if len(answers) < driver.wanted:
        driver.notes.append(f"found {len(answers)} of {counted(driver.wanted, 'answer')}")
    if failing := sum(not answer.passes for _, answer in answers):
        driver.notes.append(
            f"held-out examples fail {failing} of {counted(len(answers), 'answer')}, and chose "
            "among them: they are no test of the one chosen any more"
        )
    return next((found for found, answer in answers if answer.passes), answers[0][0])


def _result(driver: Driver, best: Candidate | None, examples: Verdict, holdout: Verdict) -> Result:
    """How the search ended, from what its best program passed. Of what reads pictures the examples
    say little: it was trained on them, and they may be wrong."""
    accuracy, pictures = driver.problem.accuracy, bool(driver.problem.images)
    enough = best is not None and is_enough(examples, accuracy)
    if enough and examples.correct and holdout.correct and holdout.total and not pictures:
        return Result.VERIFIED
    if accuracy < 1 and holdout.total and (enough or pictures) and best is not None:
        if holdout.interval[0] >= accuracy:
            return Result.GENERALISES
        enough = enough and not pictures
    if enough:
        return Result.FITS_EXAMPLES
    if driver.refuted:
        return Result.NO_PROGRAM
    if driver.no_candidate:
        return Result.NO_CANDIDATE
    return Result.INTERRUPTED if driver.was_interrupted() else Result.BUDGET_EXHAUSTED


def start_steps(
    start: Program | None, examples: Sequence[Example], machine: Machine
) -> tuple[int, ...]:
    """The steps that what was made better takes on each example, if anything was."""
    return () if start is None else verify(start, examples, machine).steps


def held_out(spec: Spec, notes: list[str]) -> tuple[Example, ...]:
    """The held-out examples that say what no example says, and a note on the others."""
    known = covered(spec.holdout, spec.examples)
    if known:
        each = counted(len(known), "held-out example")
        each = f"$.holdout[{min(known)}]" if len(known) == 1 else each
        notes.append(
            f"{each} among the examples, too: what a search sees does not count as held out"
        )
    return tuple(e for i, e in enumerate(spec.holdout) if i not in known)


def _no_worse(
    best: Candidate, problem: Problem, fresh: Sequence[Example], notes: list[str]
) -> Candidate:
    """What was to be made quicker or shorter: the start, or the answer before, if the better
    program fails a held-out input that this one passes."""
    if best.before is not None:
        what, first = "answer before", best.before
    elif problem.adapts and problem.start is not None:
        what, first = "start", Candidate(problem.start, found_by="start")
    else:
        return best
    if best.found_by == "start":
        notes.append("nothing better was found: this is the start")
        return best
    start = first.program
    passes = (e for e in fresh if verify(start, (e,), problem.machine).correct)
    lost = sum(not verify(best.program, (e,), problem.machine).correct for e in passes)
    if not lost:
        return best
    notes.append(
        f"a better program, by {best.found_by}, fails {counted(lost, 'held-out input')} that the "
        f"{what} passes: this is the {what}; more examples may help"
    )
    return first


def _prove(best: Candidate, problem: Problem) -> tuple[Rewrite, ...] | None:
    """Why an answer that rules alone made equals the program before."""
    if best.rewritten_from is None or best.term is None:
        return None
    from synth.rules.explain import explain  # with egglog: only where it is used
    from synth.rulesets import DEFAULT, QUICKER

    try:
        steps = explain(
            best.rewritten_from, best.term, problem.machine.words,
            rulesets=(*DEFAULT, *QUICKER, *problem.rulesets), language=problem.language,
        )  # fmt: skip
    except TermError:  # unrolled, it is too long for that
        return None
    return None if steps is None else tuple(map(Rewrite.of, steps))


def _clashes(spec: Spec, examples: Sequence[Example]) -> tuple[int, str]:
    """How many of the examples, and of those held out, contradict another; and the first of it in
    words, empty if there is none."""
    clashes = contradictions((*examples, *spec.holdout))
    if not clashes:
        return 0, ""
    one, other = (
        f"$.examples[{i}]" if (j := i - len(examples)) < 0 else f"$.holdout[{j}]"
        for i in clashes[0]
    )
    alike = "the same memory before, other words after"
    if isinstance(spec.lists, Layout):
        alike = "the same input, another output"
    return len(clashes), (
        f"{other} contradicts {one}: {alike}, so no program passes both: mend or remove one "
        f"({len(clashes)} such)"
    )
