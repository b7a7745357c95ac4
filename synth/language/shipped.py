"""The shipped languages: by the instructions of the machine, and by the form of the examples."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Final

from bridge.errors import TermError
from bridge.isa import SETS, InstructionSet
from synth.language import arithmetic, bits, derived, functions, lists, statements, words
from synth.language.constructs import AnyConstruct, Construct
from synth.language.language import Language

__all__ = ["FULL", "LANGUAGE", "extended_for", "language_for"]


def _declared(module: ModuleType) -> list[AnyConstruct]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, Construct) and value.function.__module__ == module.__name__
    ]


LANGUAGE = Language(
    tuple(c for module in (words, functions, statements, derived) for c in _declared(module))
)
"""What a search uses unless it is given another language: that of the paper's instructions, where
examples are memories."""
ADDED: Final = {"paper": (), "arithmetic": (arithmetic,), "bits": (arithmetic, bits)}
"""Where the constructs are that a set of instructions adds."""


def extended_for(language: Language, instructions: InstructionSet, by_lists: bool) -> Language:
    """The language with what those instructions add, and what examples that are lists do. Raises
    TermError where a name is taken."""
    modules = (*ADDED[instructions], *([lists] if by_lists else []))
    found = [c for module in modules for c in _declared(module) if c not in language.constructs]
    for construct in found:
        if construct.name in language:
            raise TermError(
                f"construct {construct.name}: its name is that of one that instructions "
                f'"{instructions}", or lists, add to the language: give it another name'
            )
    return language.extended(*found)


@cache
def language_for(instructions: InstructionSet, by_lists: bool = False) -> Language:
    """The shipped language of a machine with these instructions, for examples of that form."""
    return extended_for(LANGUAGE, instructions, by_lists)


FULL = language_for(SETS[-1], by_lists=True)
"""All shipped constructs."""
