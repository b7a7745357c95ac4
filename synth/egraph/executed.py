"""A correct program's equals, lowered and executed: the best of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bridge import Machine, Program
from bridge.batch import which_pass
from bridge.term import Term
from bridge.tests import Tests
from synth.egraph.caps import SaturationReport
from synth.egraph.equivalents import saturating
from synth.egraph.quickest import Quick, quickest
from synth.egraph.worker import Worker
from synth.language import LANGUAGE, Language
from synth.rulesets import DEFAULT, QUICKER, Rules

__all__ = ["Executed", "best_equals"]

_SHARED: Final = 1.25
"""A term seems to take so many times the lines that it is lowered to: loads and constants are
shared."""


@dataclass(frozen=True)
class Executed:
    """A program that passes the tests, and the term that it was lowered from."""

    program: Program
    term: Term
    steps: int
    """On all tests together."""


def best_equals(
    term: Term,
    machine: Machine,
    tests: Tests,
    lower: Callable[[Term], Program | None],
    *,
    objective: Literal["steps", "lines"] = "steps",
    rulesets: Sequence[Rules] = (),
    shipped: Sequence[Rules] = (*DEFAULT, *QUICKER),
    variants: int = 1_000,
    nodes: int = 10_000,
    seconds: float = 10.0,
    memory: float = 2.0,
    worker: Worker | None = None,
    language: Language = LANGUAGE,
    report: Callable[[SaturationReport], bool] = lambda report: True,
) -> Generator[None, None, list[Executed]]:
    """The programs of a term's equals that pass the tests, the best first; yields while a worker
    saturates, and then now and then.

    Those `variants` terms are lowered that are likely to be the best on the tests' inputs (see
    `synth.egraph.quickest`); each different program is executed. `lower` gives a term's program, or
    None if it does not fit the machine; `report` is told how far saturation went, by the `shipped`
    rulesets and those given, and says whether to go on. Other options as for `saturating`.
    """
    (equals,) = yield from saturating(
        [term], machine.words, rulesets=(*shipped, *rulesets), core=True, nodes=nodes,
        seconds=seconds, memory=memory, worker=worker, language=language,
    )  # fmt: skip
    if not report(equals.report):
        return []
    ranked = quickest(
        equals.automaton, equals.root, tests.memory, lines=round(_SHARED * machine.lines),
        steps=machine.steps, objective=objective,
    )  # fmt: skip
    lowered: dict[Program, Term] = {}
    quick = next(ranked, None)
    for number in range(variants):
        if quick is None:
            break
        bare = _without_halt(quick.term)
        program = lower(bare)
        if program is not None and program not in lowered:
            lowered[program] = bare
        if number % 64 == 0:
            yield
        quick = _sent(ranked, program is not None)
    found = _execute(lowered, machine, tests)
    return sorted(found, key=_cost_of(objective))


def _sent(ranked: Generator[Quick, bool | None], fits: bool) -> Quick | None:
    """The next term, once it is said whether the last one fits."""
    try:
        return ranked.send(fits)
    except StopIteration:
        return None


def _without_halt(block: Term) -> Term:
    """The block without a `halt` at its end, which falling off the end does for no step."""
    return Term("do", block.args[:-1]) if block.args[-1:] == (Term("halt"),) else block


def _execute(programs: dict[Program, Term], machine: Machine, tests: Tests) -> list[Executed]:
    """Those that pass the tests."""
    if not programs:
        return []
    lines = max(map(len, programs))
    passed, steps = which_pass([*programs], tests, machine, lines)
    return [
        Executed(program, term, int(total))
        for (program, term), total, right in zip(programs.items(), steps, passed, strict=True)
        if right
    ]


def _cost_of(objective: Literal["steps", "lines"]) -> Callable[[Executed], tuple[int, int]]:
    """What is to be small."""
    if objective == "lines":
        return lambda found: (len(found.program), found.steps)
    return lambda found: (found.steps, len(found.program))
