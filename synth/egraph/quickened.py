"""Terms lowered again, to programs that take fewer steps: those passes that pay, by execution."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, cast

from bridge import Machine, Program
from bridge.batch import which_pass
from bridge.lowering.emit import Code
from bridge.lowering.quick.quicker import finish, longer, virtual_codes
from bridge.term import Term
from bridge.tests import Tests
from synth.language.expand import expand
from synth.language.language import Language

__all__ = ["quickened"]

_LEADING: Final = 6
"""Of so many codes, the best, jumps are written out."""
_ROUNDS: Final = 6
"""So many jumps, at most, one after the other."""
_WORK: Final = 150_000
"""Codes are worked on until the squares of their lengths add up to this: so the time goes."""


def quickened(
    terms: Iterable[Term], machine: Machine, tests: Tests, language: Language
) -> Iterator[dict[Program, Term]]:
    """Programs of core terms, each with its term: first of every term, then of the best of these
    with some jumps written out (see `bridge.lowering.quick`), in rounds, as long as some round
    makes one quicker. They are to be executed."""
    codes: dict[Program, tuple[Code, Term]] = {}
    for term in terms:
        for code in virtual_codes(cast("Term", expand(term, language)), machine):
            if (program := finish(code, machine)) is not None:
                codes.setdefault(program, (code, term))
    leading = _best([*codes], machine, tests)
    yield {program: term for program, (_, term) in codes.items()}
    seen, work = {**codes}, 0
    for _ in range(_ROUNDS):
        fresh: dict[Program, tuple[Code, Term]] = {}
        for program in leading:
            code, term = seen[program]
            for some in longer(code, machine) if work < _WORK else ():
                work += len(some.ops) ** 2
                made = finish(some, machine)
                if made is not None and made not in seen:
                    fresh[made] = some, term
        if not fresh:
            return
        yield {program: term for program, (_, term) in fresh.items()}
        seen |= fresh
        before, leading = leading, _best([*leading, *fresh], machine, tests)
        if leading == before:
            return


def _best(programs: list[Program], machine: Machine, tests: Tests) -> list[Program]:
    """Those that pass the tests in the fewest steps, of these the shortest."""
    if not programs:
        return []
    passed, steps = which_pass(programs, tests, machine)
    ranked = sorted(
        (int(total), len(program), place)
        for place, (program, right, total) in enumerate(zip(programs, passed, steps, strict=True))
        if right
    )
    return [programs[place] for *_, place in ranked[:_LEADING]]
