"""The shipped language."""

from __future__ import annotations

from types import ModuleType

from synth.language import derived, functions, statements, words
from synth.language.constructs import AnyConstruct, Construct
from synth.language.language import Language

__all__ = ["LANGUAGE"]


def _declared(module: ModuleType) -> list[AnyConstruct]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, Construct) and value.function.__module__ == module.__name__
    ]


LANGUAGE = Language(
    tuple(c for module in (words, functions, statements, derived) for c in _declared(module))
)
"""What a search uses unless it is given another language."""
