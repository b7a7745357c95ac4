"""A correct program's equals, lowered and executed: the best of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bridge import Machine, Program
from bridge.batch import which_pass
from bridge.term import Term
from bridge.tests import Tests
from synth.egraph.equivalents import Equivalents
from synth.egraph.quickened import quickened
from synth.egraph.quickest import Extraction, Quick
from synth.language import LANGUAGE, Language

__all__ = ["Executed", "best_equals"]

_SHARED: Final = 1.25
"""A term seems to take so many times the lines that it is lowered to: loads and constants are
shared."""


_EDGES: Final = 10_000
"""Ways to begin a derivation that are looked at."""
_WORK: Final = 120_000
"""Terms are lowered until the squares of their lines add up to this: so the time goes."""
_QUICKEST: Final = 16
_SHORTEST: Final = 8


@dataclass(frozen=True)
class Executed:
    """A program that passes the tests, and the term that it was lowered from."""

    program: Program
    term: Term
    steps: int
    """On all tests together."""
    source: Term
    """Of the terms that were given, the one that the rules made this one of."""


def best_equals(
    terms: Sequence[Term],
    saturated: Sequence[Equivalents],
    machine: Machine,
    tests: Tests,
    lower: Callable[[Term], Program | None],
    *,
    objective: Literal["steps", "lines"] = "steps",
    variants: int = 1_000,
    share: float = 1.0,
    language: Language = LANGUAGE,
) -> Generator[float, None, list[Executed]]:
    """The programs of the terms' equals, core terms as `saturating` gives them of all together,
    that pass the tests, the best first; yields now and then the seconds that extraction took since.

    Those `variants` terms, of each given one as many, are lowered that are likely to be the best on
    the tests' inputs (see `synth.egraph.quickest`); each different program is executed, and the
    best terms are lowered in other ways (see `synth.egraph.quickened`). `lower` gives a term's
    program, or None if it does not fit the machine. With a `share` less of all this is done.
    """
    began = time.perf_counter()
    whole, lines = saturated[0].automaton, round(_SHARED * machine.lines)
    extraction = Extraction(whole, tests.memory, lines, machine.steps)
    yield time.perf_counter() - began
    found: list[Executed] = []
    each = share / len(terms)
    for term, equals in zip(terms, saturated, strict=True):
        ranked = extraction.quickest(equals.root, objective=objective, edges=int(each * _EDGES))
        lowered = yield from _lowered(ranked, lower, int(each * variants), each * _WORK)
        found += _execute({p: (t, term) for p, t in lowered.items()}, machine, tests)
        yield 0.0
    if objective == "steps":
        sources = {each.term: each.source for each in found} | {term: term for term in terms}
        best = _leading(sorted(found, key=_cost_of(objective)))
        leading = dict.fromkeys((*terms, *best))
        for more in quickened(leading, machine, tests, language, share):
            found += _execute({p: (t, sources[t]) for p, t in more.items()}, machine, tests)
            yield 0.0
    return sorted(found, key=_cost_of(objective))


def _lowered(
    ranked: Generator[Quick, bool | None],
    lower: Callable[[Term], Program | None],
    variants: int,
    most: float,
) -> Generator[float, None, dict[Program, Term]]:
    """The programs of the first terms, so many or until there was `most` work; yields the seconds
    that it took to find these."""
    began = time.perf_counter()
    lowered: dict[Program, Term] = {}
    work, quick = 0, next(ranked, None)
    extraction = time.perf_counter() - began
    for number in range(variants):
        if quick is None or work > most:
            break
        bare = _without_halt(quick.term)
        program = lower(bare)
        work += quick.lines**2
        if program is not None and program not in lowered:
            lowered[program] = bare
        if number % 64 == 0:
            yield extraction
            extraction = 0.0
        began = time.perf_counter()
        quick = _sent(ranked, program is not None)
        extraction += time.perf_counter() - began
    yield extraction
    return lowered


def _leading(found: Sequence[Executed]) -> list[Term]:
    """The terms that are lowered in other ways, too: of the quickest programs, and of the shortest,
    as there is room on the machine to write those out."""
    shortest = sorted(found, key=lambda each: (len(each.program), each.steps))
    return list(dict.fromkeys(e.term for e in (*found[:_QUICKEST], *shortest[:_SHORTEST])))


def _sent(ranked: Generator[Quick, bool | None], fits: bool) -> Quick | None:
    """The next term, once it is said whether the last one fits."""
    try:
        return ranked.send(fits)
    except StopIteration:
        return None


def _without_halt(block: Term) -> Term:
    """The block without a `halt` at its end, which falling off the end does for no step."""
    return Term("do", block.args[:-1]) if block.args[-1:] == (Term("halt"),) else block


def _execute(
    programs: Mapping[Program, tuple[Term, Term]], machine: Machine, tests: Tests
) -> list[Executed]:
    """Of programs, each with its term and that one's source, those that pass the tests."""
    if not programs:
        return []
    passed, steps = which_pass([*programs], tests, machine)
    return [
        Executed(program, term, int(total), source)
        for (program, (term, source)), total, right in zip(
            programs.items(), steps, passed, strict=True
        )
        if right
    ]


def _cost_of(objective: Literal["steps", "lines"]) -> Callable[[Executed], tuple[int, int]]:
    """What is to be small."""
    if objective == "lines":
        return lambda found: (len(found.program), found.steps)
    return lambda found: (found.steps, len(found.program))
