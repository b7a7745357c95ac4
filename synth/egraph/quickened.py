"""Terms lowered again, to programs that take fewer steps: those passes that pay, by execution."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from math import inf
from typing import Final, NamedTuple, cast

from bridge import Machine, Program
from bridge.batch import which_pass
from bridge.lowering.emit import Code
from bridge.lowering.quick.quicker import finish, finish_linked, longer, virtual_codes
from bridge.term import Term
from bridge.tests import Tests
from synth.language.expand import expand
from synth.language.language import Language

__all__ = ["quickened", "sources_of"]

_LEADING: Final = 3
"""Of so many codes, the quickest, more is made in each round; and of as many that are quicker than
all as short ones, as there is room for more on the machine."""
_ROUNDS: Final = 32
"""So many changes, at most, one after the other."""
_WORK: Final = 150_000
"""Codes are worked on until the squares of their lengths add up to this: so the time goes."""


class _Ranked(NamedTuple):
    """A program that passes the tests, by what is to be small."""

    steps: int
    """On all tests together."""
    lines: int
    place: int
    """When it was made."""
    program: Program


def quickened(
    terms: Iterable[Term],
    machine: Machine,
    tests: Tests,
    language: Language,
    share: float = 1.0,
) -> Iterator[dict[Program, Term]]:
    """Programs of core terms, each with its term: first of every term, then of the best of these
    with something written out, or computed earlier (see `bridge.lowering.quick`), in rounds, as
    far as that `share` of the work goes. They are to be executed."""
    whole = ((cast("Term", expand(term, language)), term) for term in terms)
    for fresh in _rounds(whole, machine, tests, share):
        yield {program: term for program, (_, term) in fresh.items()}


def sources_of(
    program: Program, term: Term, machine: Machine, tests: Tests
) -> tuple[Term | None, ...] | None:
    """Of one of the quickened programs of an expanded term, the statement that each line comes
    from: that very object in the term. None if the program is not found among those."""
    bare = program.bare()
    for fresh in _rounds([(term, term)], machine, tests, 1.0):
        for made, (code, _) in fresh.items():
            if made.bare() == bare and (found := finish_linked(code, machine)) is not None:
                return found[1]
    return None


_Coded = dict[Program, tuple[Code, Term]]
"""Programs, the code that each was made of, and the term that this comes from."""


def _rounds(
    terms: Iterable[tuple[Term, Term]], machine: Machine, tests: Tests, share: float
) -> Iterator[_Coded]:
    """What is made of terms, each given with what it was expanded from, round by round."""
    codes: _Coded = {}
    for whole, term in terms:
        for code in virtual_codes(whole, machine):
            if (program := finish(code, machine)) is not None:
                codes.setdefault(program, (code, term))
    yield dict(codes)
    ranked = _ranked([*codes], machine, tests)
    done, work = set[Program](), 0
    for _ in range(_ROUNDS):
        leading = _leading(ranked, done)
        if not leading or work >= share * _WORK:
            return
        fresh: _Coded = {}
        for program in leading:
            done.add(program)
            code, term = codes[program]
            for some in longer(code, machine) if work < share * _WORK else ():
                work += len(some.ops) ** 2
                made = finish(some, machine)
                if made is not None and made not in codes:
                    fresh[made] = some, term
        yield fresh
        ranked = sorted([*ranked, *_ranked([*fresh], machine, tests, len(codes))])
        codes |= fresh


def _ranked(
    programs: Sequence[Program], machine: Machine, tests: Tests, before: int = 0
) -> list[_Ranked]:
    """Those that pass the tests, the best first; so many were made before them."""
    if not programs:
        return []
    passed, steps = which_pass(programs, tests, machine)
    return sorted(
        _Ranked(int(total), len(program), before + place, program)
        for place, (program, right, total) in enumerate(zip(programs, passed, steps, strict=True))
        if right
    )


def _leading(ranked: Sequence[_Ranked], done: set[Program]) -> list[Program]:
    """Of which more is to be made: no program twice."""
    fewest, shorter = inf, list[Program]()
    for each in ranked:
        if each.lines < fewest:
            fewest = each.lines
            shorter.append(each.program)
    quickest = (each.program for each in ranked)
    chosen = [
        program
        for some in (quickest, shorter)
        for program in islice((p for p in some if p not in done), _LEADING)
    ]
    return list(dict.fromkeys(chosen))
