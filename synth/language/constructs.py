"""A construct of the language: one row, whose columns say all that others need to know of it.

A construct is declared once, as a Python function over egglog expressions. Its signature gives the
sorts; a body, if it has one, is its definition by other constructs.
"""

from __future__ import annotations

import dis
import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, ParamSpec, TypeVar, cast

import egglog

from bridge.term import HOLES
from synth.language.sorts import CLASSES

__all__ = ["AnyConstruct", "Construct", "construct"]

P = ParamSpec("P")
R = TypeVar("R")

_FUNCTIONS = ("Fun1", "Fun2")
_LITERALS = {"String": "Name", "i64": "Number"}
_EMPTY_BODY = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


@dataclass(frozen=True, eq=False)
class Construct(Generic[P, R]):
    """A construct of the language. Called, it builds the egglog expression: `add(x, 1)`.

    - `name`: its name in terms; `sort`: the sort of the result, one of Word, Stmt, Block, Fun1,
      Fun2.
    - `arguments`, `sorts`: names and sorts of its arguments; Name is a variable's name.
    - `cost`: what one use of it costs, at least 1 (0 only for the chains of blocks).
    - `function`: builds the egglog expression; `python_name` is its name in Python.
    - `definition`: the same meaning by other constructs, or None for a core construct; a function's
      definition takes the words that it is applied to as further arguments.
    - `reads_memory`: whether a core construct's value depends on memory (that of others follows
      from their definitions).
    - `final`: whether no statement after it is ever run.
    - `enumerated`: whether enumeration tries it: no-ops and the end of the program change nothing,
      and functions are applied by combinators (elsewhere `(apply succ x)` is `(inc x)`).
    - `in_terms`: whether it may be written in a term (the chains of blocks may not).
    """

    name: str
    sort: str
    arguments: tuple[str, ...]
    sorts: tuple[str, ...]
    cost: int
    doc: str
    function: Callable[P, R]
    python_name: str
    definition: Callable[..., Any] | None = None
    reads_memory: bool = False
    final: bool = False
    enumerated: bool = True
    in_terms: bool = True

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    @property
    def written(self) -> tuple[str, ...]:
        """The sorts of the arguments that are written in terms; numbers of holes are not."""
        return tuple(s for s in self.sorts if s != "Number")

    @property
    def egg_name(self) -> str:
        """Its name inside egglog, where names such as `min` are taken."""
        return f"@{self.name}"

    @property
    def signature(self) -> str:
        """As it is written: `(add Word Word)`."""
        return f"({' '.join([self.name, *self.written])})"

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """What its definition takes, as egglog variables by name: its arguments; for a function,
        then the words that it is applied to."""
        assert self.definition is not None
        names = inspect.signature(self.definition).parameters
        sorts = (*self.sorts, *["Word"] * (len(names) - len(self.sorts)))
        return {n: egglog.var(n, CLASSES[s]) for n, s in zip(names, sorts, strict=True)}

    # -------------------------------------------------------- kinds, by sorts and definition

    @cached_property
    def is_function(self) -> bool:
        """Whether it is a function of words, which `apply` or `apply2` applies."""
        return self.sort in _FUNCTIONS

    @cached_property
    def applies(self) -> bool:
        """Whether it is `apply` or `apply2`: a word that a function gives."""
        given = not set(self.sorts).isdisjoint(_FUNCTIONS)
        return given and self.sort == "Word" and self.definition is None

    @cached_property
    def core(self) -> bool:
        """Whether it is lowered by itself, not by what it is defined as."""
        return self.definition is None and not self.is_function and not self.applies

    @cached_property
    def hole(self) -> bool:
        """Whether it stands for what is to be found; its number tells it from other holes."""
        return self.name in HOLES

    @cached_property
    def control(self) -> bool:
        """Whether it is a loop or a branch."""
        return self.core and self.sort == "Stmt" and "Block" in self.sorts

    @property
    def tests(self) -> bool:
        """Whether it is a loop or a branch with a condition."""
        return self.control and "Word" in self.sorts

    @property
    def endless(self) -> bool:
        """Whether it is a loop without a condition."""
        return self.control and not self.tests

    @property
    def arithmetic(self) -> bool:
        """Whether it is a core word whose value depends on the values of its arguments alone."""
        words = self.sort == "Word" and set(self.sorts) == {"Word"}
        return words and self.core and not self.reads_memory


AnyConstruct = Construct[..., Any]


def construct(
    name: str | None = None,
    *,
    cost: int = 1,
    applied: Callable[..., Any] | None = None,
    reads_memory: bool = False,
    final: bool = False,
    enumerated: bool = True,
    in_terms: bool = True,
) -> Callable[[Callable[P, R]], Construct[P, R]]:
    """Makes a construct of the decorated function. It is known to the languages that it is given
    to: `LANGUAGE.extended(shift)`.

    `name` defaults to the function's, without a trailing `_` and with `-` for `_`. A statement's
    body is its definition (only a docstring: a core construct). For a Fun1 or Fun2, `applied` tells
    what applying it gives: `applied=lambda x: inc(x)`. The others are columns of `Construct`.
    """

    def declare(function: Callable[P, R]) -> Construct[P, R]:
        term_name = name or function.__name__.rstrip("_").replace("_", "-")

        # egglog would run a body; the stub keeps it from turning definitions into rules of its own.
        def stub(*args: object) -> None: ...

        fn = cast("types.FunctionType", function)
        stub = types.FunctionType(stub.__code__, fn.__globals__, fn.__name__)
        stub.__annotations__ = fn.__annotations__
        stub.__module__ = fn.__module__
        stub.__doc__ = fn.__doc__
        stub.__signature__ = inspect.signature(fn)  # type: ignore[attr-defined]
        signature = inspect.signature(fn, eval_str=True)
        return Construct(
            name=term_name,
            sort=_sort_name(signature.return_annotation),
            arguments=tuple(signature.parameters),
            sorts=tuple(_sort_name(p.annotation) for p in signature.parameters.values()),
            cost=cost,
            doc=inspect.getdoc(fn) or "",
            function=cast("Callable[P, R]", egglog.function(egg_fn=f"@{term_name}")(stub)),
            python_name=fn.__name__,
            definition=applied or (None if _is_empty(fn) else fn),
            reads_memory=reads_memory,
            final=final,
            enumerated=enumerated,
            in_terms=in_terms,
        )

    return declare


def _is_empty(function: Callable[..., Any]) -> bool:
    """Whether the body is nothing but a docstring or `...`."""
    return {i.opname for i in dis.get_instructions(function)} <= _EMPTY_BODY


def _sort_name(annotation: Any) -> str:
    """The sort of an annotation: the first member, if it is a union (`WordLike`)."""
    first = getattr(annotation, "__args__", (annotation,))[0]
    name = getattr(first, "__egg_tp__", first)
    name = getattr(getattr(name, "ident", None), "name", str(first))
    return _LITERALS.get(name, name)
