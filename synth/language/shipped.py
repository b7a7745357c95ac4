"""The shipped languages: one for each set of instructions that a machine may have."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Final

from bridge.isa import SETS, InstructionSet
from synth.language import arithmetic, bits, derived, functions, statements, words
from synth.language.constructs import AnyConstruct, Construct
from synth.language.language import Language

__all__ = ["FULL", "LANGUAGE", "language_for", "with_instructions"]


def _declared(module: ModuleType) -> list[AnyConstruct]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, Construct) and value.function.__module__ == module.__name__
    ]


LANGUAGE = Language(
    tuple(c for module in (words, functions, statements, derived) for c in _declared(module))
)
"""What a search uses unless it is given another language: that of the paper's instructions."""
ADDED: Final = {"paper": (), "arithmetic": (arithmetic,), "bits": (arithmetic, bits)}
"""Where the constructs are that a set of instructions adds."""


def with_instructions(language: Language, instructions: InstructionSet) -> Language:
    """The language with what those instructions add. Raises TermError where a name is taken."""
    found = (c for module in ADDED[instructions] for c in _declared(module))
    return language.extended(*(c for c in found if c not in language.constructs))


@cache
def language_for(instructions: InstructionSet) -> Language:
    """The shipped language of a machine that has these instructions."""
    return with_instructions(LANGUAGE, instructions)


FULL = language_for(SETS[-1])
"""All shipped constructs."""
