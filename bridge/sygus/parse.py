"""The text of a `.sl` file -> one function to find, and what must hold of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

import sexpdata  # pyright: ignore[reportMissingTypeStubs]

from bridge.counts import counted
from bridge.errors import SpecError, shorten

__all__ = ["Macro", "Problem", "Sexp", "Sort", "parse_problem", "written"]

Sexp = int | str | tuple["Sexp", ...]
"""A number, a symbol or a list of these."""
Sort = Literal["Int", "Bool"]
Variables = tuple[tuple[str, Sort], ...]

IGNORED: Final = frozenset({"set-logic", "set-info", "set-option", "set-feature", "check-synth"})
"""Commands that say nothing of the function."""


@dataclass(frozen=True)
class Macro:
    """`(define-fun NAME (PARAMETERS) SORT BODY)`."""

    parameters: Variables
    body: Sexp


@dataclass(frozen=True)
class Problem:
    """A function to find. A grammar that the file gives is not kept: answers are programs."""

    name: str
    parameters: Variables
    result: Sort
    variables: Variables
    constraints: tuple[Sexp, ...]
    macros: Mapping[str, Macro] = field(default_factory=dict[str, Macro])


def parse_problem(text: str) -> Problem:
    """Raises SpecError with the command that is wrong, or not supported, and what is."""
    found: list[tuple[str, Variables, Sort]] = []
    variables: list[tuple[str, Sort]] = []
    constraints: list[Sexp] = []
    macros: dict[str, Macro] = {}
    for command in _commands(text):
        match command:
            case ("synth-fun", str(name), tuple(parameters), sort, *_):
                found.append((name, _variables(parameters, command), _sort(sort, command)))
            case ("declare-var", str(name), sort):
                variables.append((name, _sort(sort, command)))
            case ("define-fun", str(name), tuple(parameters), _, body):
                macros[name] = Macro(_variables(parameters, command), body)
            case ("constraint", condition):
                constraints.append(condition)
            case (str(word), *_) if word in IGNORED:
                pass
            case _:
                raise SpecError(
                    f"{written(command)}: not supported: there are synth-fun, declare-var, "
                    "define-fun and constraint, over Int and Bool"
                )
    if len(found) != 1:
        raise SpecError(f"{counted(len(found), 'function')} to find (synth-fun): give one")
    if not constraints:
        raise SpecError("no constraint: add one")
    name, parameters, result = found[0]
    return Problem(name, parameters, result, tuple(variables), tuple(constraints), macros)


def written(sexp: Sexp) -> str:
    """As text, cut short."""

    def whole(sexp: Sexp) -> str:
        if isinstance(sexp, tuple):
            return f"({' '.join(map(whole, sexp))})"
        return str(sexp)

    return shorten(whole(sexp))


def _commands(text: str) -> tuple[Sexp, ...]:
    try:
        read = cast("Any", sexpdata).loads(f"({text}\n)", nil=None, true=None, false=None)
        commands = _plain(read)
    except RecursionError:
        raise SpecError("nested too deep") from None
    except (ValueError, AssertionError, IndexError, AttributeError, sexpdata.ExpectClosingBracket,
            sexpdata.ExpectNothing, sexpdata.ExpectSExp):  # fmt: skip
        raise SpecError("no s-expressions: is a parenthesis missing, or one too many?") from None
    assert isinstance(commands, tuple)
    return commands


def _plain(read: Any) -> Sexp:
    """What the parser gives, as tuples, strings and integers."""
    if isinstance(read, list):
        return tuple(_plain(part) for part in cast("Sequence[Any]", read))
    if isinstance(read, int) and not isinstance(read, bool):
        return read
    if isinstance(read, sexpdata.Symbol):
        return str(cast("Any", read).value())
    raise SpecError(f"{shorten(str(read))}: not supported: give integers and symbols")


def _variables(given: Sequence[Sexp], command: Sexp) -> Variables:
    found: list[tuple[str, Sort]] = []
    for variable in given:
        match variable:
            case (str(name), sort):
                found.append((name, _sort(sort, command)))
            case _:
                raise SpecError(f"{written(command)}: {written(variable)}: give (NAME SORT)")
    return tuple(found)


def _sort(given: Sexp, command: Sexp) -> Sort:
    if given == "Int":
        return "Int"
    if given == "Bool":
        return "Bool"
    raise SpecError(f"{written(command)}: the sort {written(given)} is not supported: Int and Bool")
