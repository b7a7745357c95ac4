"""What a person sees on a terminal, when a search has ended: the program beside its term."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bridge import Program
from bridge.counts import counted
from bridge.errors import printable
from bridge.term import Arg, Term
from synth.perception import Perception
from synth.solution import Result, Solution, Stats

__all__ = ["pretty_term", "show_solution"]


def show_solution(console: Console, solution: Solution, folder: Path | None) -> None:
    """The program side by side with its term, what was verified, how it was found, and where the
    run folder is, if there is one."""
    good = solution.result in (Result.VERIFIED, Result.GENERALISES)
    colour = "green" if good else "yellow" if solution.solved else "red"
    origin = "adapted from" if solution.start_steps else "tuned from"
    shown = {
        "program": solution.program,
        "term": solution.term,
        "read as": solution.reading,
        origin: solution.skeleton,
    }
    panels = [
        Panel(_text(_as_shown(s)), title=title, expand=False)
        for title, s in shown.items()
        if s is not None
    ]
    console.print(Text(f"{solution.name}: {solution.result.message}", style=colour))
    if panels:
        console.print(Columns(panels))
    for line in _answers(solution):
        console.print(_text(line))
    e, h, stats = solution.examples, solution.holdout, solution.stats
    held = f"{h.passed:,} of {h.total:,} held-out{_share(solution)}" if h.total else "none held out"
    executed = f"{e.passed:,} of {counted(e.total, 'example')}, {held}"
    console.print(f"executed  {executed}; {_steps(solution)}")
    work = _work(stats)
    if stats.programs:
        work += f", {counted(stats.programs, 'program')} executed"
    found = f"by {solution.found_by}" if solution.found_by else "nothing"
    if solution.optimised_by:
        found += f", made quicker by {solution.optimised_by}"
    console.print(_text(f"found     {found}, {work}, {stats.seconds:.2f} s, seed {solution.seed}"))
    for line in _perceived(solution.perception):
        console.print(_text(line))
    if solution.proof is not None:
        count = len(solution.proof)
        steps = f"{counted(count, 'rewrite')}, each re-checked" if count else "its term is the same"
        console.print(f"equal     proved equal to the program before for every memory: {steps}")
    if solution.lists is not None:
        machine = solution.machine
        size = f"{machine.words} words and cells, at most {counted(machine.steps, 'step')}"
        console.print(_text(f"lists     {solution.lists.name}; {size}"))
    for shown in solution.shown:
        console.print(_text(f"{'runs' if shown.passed else 'fails':10}{shown}"))
    for note in solution.notes:
        console.print(_text(f"note      {note}"))
    if folder is not None:
        console.print(_text(f"files     {folder}"))


def _answers(solution: Solution) -> Iterator[str]:
    """The programs that are right, where there are several, each in a line."""
    if len(solution.answers) < 2:
        return
    for i, answer in enumerate(solution.answers, 1):
        held = f", held out {answer.holdout.passed} of {answer.holdout.total}"
        lines = f"{counted(len(answer.program), 'line')}{held if answer.holdout.total else ''}"
        shown = answer.term or "; ".join(str(answer.program).split("\n"))
        yield f"answer {i}{'' if answer.passes else ' FAILS'}: {lines}: {shown}"


def _as_shown(source: Term | Program) -> str:
    return pretty_term(source) if isinstance(source, Term) else str(source) or "(no instruction)"


def _share(solution: Solution) -> str:
    """Of the held-out examples, with Wilson's interval, where not all need be right."""
    if solution.accuracy == 1:
        return ""
    low, high = solution.holdout.interval
    share = solution.holdout.passed / solution.holdout.total
    wanted = f"{100 * solution.accuracy:g} % wanted"
    return f" ({100 * share:.1f} %, {100 * low:.1f}-{100 * high:.1f} %; {wanted})"


def _perceived(perception: Perception | None) -> Iterator[str]:
    """How pictures were read, and what else they could mean."""
    if perception is None:
        return
    for name, reading in perception.readings.items():
        yield f"pictures  {name}: {reading.right:,} of {reading.total:,} held-out ones read right"
    if (labelled := perception.labelled) is not None:
        share = f"{labelled.passed:,} of {counted(labelled.total, 'held-out example')}"
        yield f"          were all read right, {share} would pass"
    if (race := perception.race) is None:
        return
    pool = counted(race.pool, "program")
    yield f"race      {pool}, of which {race.reachable:,} can lead to the answers"
    if race.runner_up is not None:
        yield f"          the runner-up is {race.margin:.3f} nats behind: {race.runner_up.shown}"
    for i in race.aliases:
        yield f"          as likely: {race.contenders[i].shown}"


def _text(lines: str) -> Text:
    """As it is: no markup, and nothing that a terminal would obey."""
    return Text("\n".join(map(printable, lines.split("\n"))))


def _work(stats: Stats) -> str:
    terms = counted(stats.terms, "term")
    tuned = f", {counted(stats.skeletons, 'skeleton')}, {counted(stats.restarts, 'restart')}"
    return terms + tuned if stats.restarts else terms


def _steps(solution: Solution) -> str:
    steps = (*solution.examples.steps, *solution.holdout.steps)
    text = f"{sum(steps) / len(steps):.1f} steps on average, at most {max(steps)}" if steps else ""
    if before := solution.start_steps:
        text += f"; before {sum(before) / len(before):.1f}, at most {max(before)}"
    return text


def pretty_term(term: Arg, indent: int = 0, width: int = 48) -> str:
    """The s-expression, one statement a line where it is long."""
    flat = str(term)
    if not isinstance(term, Term) or indent + len(flat) <= width:
        return flat
    inner = indent + 2
    pad = "\n" + " " * inner
    head, rest = f"({term.op}", list(term.args)
    while term.op != "do" and rest and indent + len(head) + len(str(rest[0])) < width:
        head += f" {rest.pop(0)}"
    return head + "".join(pad + pretty_term(a, inner, width) for a in rest) + ")"
