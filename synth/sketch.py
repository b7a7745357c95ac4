"""Sketches: what the answer must complete. A term with holes, or assembly with `?`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from msgspec import UNSET

from bridge import LoweringError, Program, Spec, SpecError, TermError, parse_program
from bridge.lowering.lower import lower
from bridge.program import encode
from bridge.term import HOLES, Arg, Term, parse_term
from synth.enumeration.grammar import VARIABLES, Grammar
from synth.language import check_term, expand

__all__ = ["Sketch", "completions", "load_sketch"]


@dataclass(frozen=True)
class Sketch:
    """A program with holes, and the term that it was lowered from, if the user gave one."""

    program: Program
    term: Term | None = None

    def completed_by(self, program: Program) -> bool:
        """Whether the program is the sketch, line for line, but for the holes; behind the sketch's
        end it may only halt."""
        lines = max(len(program), len(self.program))
        wanted, given = encode(self.program, lines), encode(program, lines)
        if len(self.program) < lines and (given[len(self.program) :, 0] != 0).any():
            return False
        # A halt may be written out or left to the end: jumps to either are the same.
        end = len(self.program)
        wanted[:, 4], given[:, 4] = wanted[:, 4].clip(max=end), given[:, 4].clip(max=end)
        return bool(((wanted < 0) | (wanted == given)).all())


def load_sketch(spec: Spec) -> Sketch | None:
    """The spec's sketch, if it has one. Raises SpecError if it does not fit language or machine."""
    if spec.sketch is UNSET:
        return None
    text = cast("str", spec.sketch)
    try:
        if text.lstrip().startswith("("):
            term = parse_term(text, "$.sketch")
            check_term(term)
            sketch = Sketch(lower(cast("Term", expand(term)), spec.machine), term)
        else:
            program = parse_program(text, "$.sketch").bare()
            program.check(
                registers=spec.machine.registers, lines=spec.machine.lines, source="the sketch"
            )
            sketch = Sketch(program)
    except (TermError, LoweringError) as e:
        raise SpecError(f"$.sketch: {e}") from None
    if not sketch.program.has_hole:
        raise SpecError("$.sketch: has no hole: put (hole) or (hole-stmt) in a term, ? in assembly")
    return sketch


def completions(sketch: Term, words: int, steps: int) -> Iterator[Term]:
    """The term with its holes filled in all ways, the cheapest fillings first, without end. Of
    words and statements that behave alike, one is tried."""
    own = {t for t in sketch.subterms() if isinstance(t, str)}
    spare = [name for name in VARIABLES if name not in own]
    names = (*sorted(own), *spare[:1])
    grammar = Grammar(words, len(names), steps, names=names)
    holes = [t.op for t in sketch.subterms() if isinstance(t, Term) and t.op in HOLES]
    cost = len(holes)
    while True:
        for filling in _fillings(grammar, holes, cost):
            yield cast("Term", _fill(sketch, iter(filling)))
        cost += 1


def _fillings(grammar: Grammar, holes: list[str], cost: int) -> Iterator[tuple[Arg, ...]]:
    """Ways to fill the holes that cost so much together."""
    if not holes:
        if cost == 0:
            yield ()
        return
    for own in range(1, cost - len(holes) + 2):
        for term in grammar.terms(HOLES[holes[0]], own):
            for rest in _fillings(grammar, holes[1:], cost - own):
                yield (term, *rest)


def _fill(term: Arg, filling: Iterator[Arg]) -> Arg:
    if not isinstance(term, Term):
        return term
    if term.op in HOLES:
        return next(filling)
    return Term(term.op, tuple(_fill(arg, filling) for arg in term.args))
