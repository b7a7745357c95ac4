"""Sketches: what the answer must complete. A term with holes, or assembly with `?`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from msgspec import UNSET

from bridge import LoweringError, Program, Spec, SpecError, TermError, parse_program
from bridge.lowering.lower import lower
from bridge.lowering.preloads import drop_unread
from bridge.program import encode
from bridge.term import Term, is_term, parse_term
from synth.language import LANGUAGE, Language, check_term, expand

__all__ = ["Sketch", "load_sketch", "parse_source"]


@dataclass(frozen=True)
class Sketch:
    """A program with holes, and the term that it was lowered from, if the user gave one."""

    program: Program
    term: Term | None = None

    def completed_by(self, program: Program) -> bool:
        """Whether the program is the sketch, line for line, but for the holes; behind the sketch's
        end it may only halt. Registers that it reads start with the sketch's words."""
        begun = drop_unread(replace(program, preload=self.program.preload))
        if drop_unread(program).preload != begun.preload:
            return False
        lines = max(len(program), len(self.program))
        wanted, given = encode(self.program, lines), encode(program, lines)
        if len(self.program) < lines and (given[len(self.program) :, 0] != 0).any():
            return False
        # A halt may be written out or left to the end: jumps to either are the same.
        end = len(self.program)
        wanted[:, 4], given[:, 4] = wanted[:, 4].clip(max=end), given[:, 4].clip(max=end)
        return bool(((wanted < 0) | (wanted == given)).all())


def load_sketch(spec: Spec, language: Language = LANGUAGE) -> Sketch | None:
    """The spec's sketch, if it has one. Raises SpecError if it does not fit language or machine."""
    if spec.sketch is UNSET:
        return None
    try:
        given, machine = parse_source(cast("str", spec.sketch), "$.sketch"), spec.machine
        if isinstance(given, Term):
            check_term(given, language=language)
            sketch = Sketch(lower(cast("Term", expand(given, language)), machine), given)
        else:
            sketch = Sketch(given.bare())
            given.check(machine, "the sketch")
    except (TermError, LoweringError) as e:
        raise SpecError(f"$.sketch: {e}") from None
    if not sketch.program.has_hole:
        raise SpecError("$.sketch: has no hole: put (hole) or (hole-stmt) in a term, ? in assembly")
    return sketch


def parse_source(text: str, source: str = "source") -> Term | Program:
    """A term, or else assembly. Raises TermError, AssemblyError."""
    return (parse_term if is_term(text) else parse_program)(text, source)
