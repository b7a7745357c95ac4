"""The table of constructs: what `synth.language` declares, and users' own constructs join.

A construct is declared once, as a Python function over egglog expressions. Its signature gives the
sorts; a body, if it has one, is its definition by other constructs.
"""

from __future__ import annotations

import dis
import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ParamSpec, TypeVar, cast

import egglog
from egglog.deconstruct import get_callable_args, get_callable_fn, get_literal_value, get_var_name

from bridge.errors import TermError
from bridge.term import Arg, Term

__all__ = [
    "CONSTRUCTS",
    "Construct",
    "Pattern",
    "Slot",
    "construct",
    "definition",
    "enter",
    "expand",
    "forget",
    "from_expr",
    "substitute",
    "unfold",
]

P = ParamSpec("P")
R = TypeVar("R")

_LITERALS = {"String": "Name", "i64": "Number"}
_EMPTY_BODY = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable of a pattern: it stands for any term of its sort."""

    name: str
    sort: str

    def __str__(self) -> str:
        return f"?{self.name}"


Pattern = Arg | Slot
"""A term that may have slots. Inside, blocks are still chains of `seq` and `end`."""


@dataclass(frozen=True)
class Construct:
    """A construct of the language.

    - `name`: its name in terms; `sort`: the sort of the result, one of Word, Stmt, Block, Fun1,
      Fun2.
    - `arguments`, `sorts`: names and sorts of its arguments; Name is a variable's name.
    - `cost`: what one use of it costs, at least 1 (0 only for the chains of blocks).
    - `function`: builds the egglog expression; `python_name` is its name in Python.
    - `definition`: the same meaning by other constructs, or None for a core construct; a function's
      definition takes the words that it is applied to as further arguments.
    - `reads_memory`: whether its value depends on memory by itself, not only by its arguments.
    - `in_terms`: whether it may be written in a term (the chains of blocks may not).
    """

    name: str
    sort: str
    arguments: tuple[str, ...]
    sorts: tuple[str, ...]
    cost: int
    doc: str
    function: Callable[..., Any]
    python_name: str
    definition: Callable[..., Any] | None = None
    reads_memory: bool = False
    in_terms: bool = True

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

    @property
    def derived(self) -> bool:
        """Whether `expand` replaces it."""
        return self.definition is not None or self.sort in ("Fun1", "Fun2")


CONSTRUCTS: dict[str, Construct] = {}
"""Every construct by its name, in the order of declaration."""

_by_function: dict[object, Construct] = {}


def construct(
    name: str | None = None,
    *,
    cost: int = 1,
    applied: Callable[..., Any] | None = None,
    reads_memory: bool = False,
    in_terms: bool = True,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declares the decorated function as a construct, and returns the egglog function.

    `name` defaults to the function's, without a trailing `_` and with `-` for `_`. A statement's
    body is its definition (only a docstring: a core construct). For a Fun1 or Fun2, `applied` tells
    what applying it gives: `applied=lambda x: inc(x)`. Raises TermError if the name is taken.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        term_name = name or function.__name__.rstrip("_").replace("_", "-")
        if term_name in CONSTRUCTS:
            raise TermError(f"construct {term_name}: declared twice: give one another name")

        # egglog would run a body; the stub keeps it from turning definitions into rules of its own.
        def stub(*args: object) -> None: ...

        fn = cast("types.FunctionType", function)
        stub = types.FunctionType(stub.__code__, fn.__globals__, fn.__name__)
        stub.__annotations__ = fn.__annotations__
        stub.__module__ = fn.__module__
        stub.__doc__ = fn.__doc__
        stub.__signature__ = inspect.signature(fn)  # type: ignore[attr-defined]
        callable_ = egglog.function(egg_fn=f"@{term_name}")(stub)
        parameters = inspect.signature(fn, eval_str=True).parameters
        sort = _sort_name(inspect.signature(fn, eval_str=True).return_annotation)
        sorts = tuple(_sort_name(p.annotation) for p in parameters.values())
        declared = Construct(
            term_name,
            sort,
            tuple(parameters),
            sorts,
            cost,
            inspect.getdoc(fn) or "",
            callable_,
            fn.__name__,
            applied or (None if _is_empty(fn) else fn),
            reads_memory,
            in_terms,
        )
        enter(declared)
        return cast("Callable[P, R]", callable_)

    return declare


def enter(construct: Construct) -> None:
    """Puts a construct into the table."""
    CONSTRUCTS[construct.name] = construct
    _by_function[construct.function] = construct


def forget(name: str) -> None:
    """Takes a construct out of the table again."""
    _by_function.pop(CONSTRUCTS.pop(name).function)
    definition.cache_clear()


def _is_empty(function: Callable[..., Any]) -> bool:
    """Whether the body is nothing but a docstring or `...`."""
    return {i.opname for i in dis.get_instructions(function)} <= _EMPTY_BODY


def _sort_name(annotation: Any) -> str:
    """The sort of an annotation: the first member, if it is a union (`WordLike`)."""
    first = getattr(annotation, "__args__", (annotation,))[0]
    name = getattr(first, "__egg_tp__", first)
    name = getattr(getattr(name, "ident", None), "name", str(first))
    return _LITERALS.get(name, name)


# ------------------------------------------------------------ patterns


def from_expr(expr: Any, sort: str = "") -> Pattern:
    """The pattern of an egglog expression: its variables become slots. Raises TermError if it calls
    a function that is no construct."""
    if (slot := get_var_name(expr)) is not None:
        return Slot(slot, sort)
    if (value := get_literal_value(expr)) is not None:
        return cast("Arg", value)
    function = get_callable_fn(expr)
    if function not in _by_function:
        raise TermError(f"{function}: not a construct of the language")
    found = _by_function[function]
    args = tuple(map(from_expr, get_callable_args(expr), found.sorts))
    return Term(found.name, cast("tuple[Arg, ...]", args))


def substitute(pattern: Pattern, values: Mapping[str, Arg]) -> Arg:
    """The term that the pattern becomes with the values for its slots; blocks are flat again."""
    if isinstance(pattern, Slot):
        return values[pattern.name]
    if not isinstance(pattern, Term):
        return pattern
    args = tuple(substitute(a, values) for a in pattern.args)
    match pattern.op:
        case "const" | "var":
            return args[0]
        case "end":
            return Term("do")
        case "seq":
            return Term("do", (args[0], *cast("Term", args[1]).args))
        case "append":
            return Term("do", (*cast("Term", args[0]).args, *cast("Term", args[1]).args))
        case "hole" | "hole-stmt":
            return Term(pattern.op)
        case op:
            return Term(op, args)


@cache
def definition(name: str) -> tuple[Pattern, tuple[str, ...]]:
    """The definition of a derived construct as a pattern, and the names of its slots in order."""
    found = CONSTRUCTS[name]
    assert found.definition is not None
    parameters = tuple(inspect.signature(found.definition).parameters)
    sorts = (*found.sorts, *["Word"] * (len(parameters) - len(found.sorts)))
    variables = [egglog.var(p, _class(s)) for p, s in zip(parameters, sorts, strict=True)]
    return from_expr(found.definition(*variables), found.sort), parameters


def _class(sort: str) -> Any:
    """The egglog class of a sort."""
    import synth.language.core

    literals = {"Name": egglog.String, "Number": egglog.i64}
    return literals.get(sort) or getattr(synth.language.core, sort)


# ------------------------------------------------------------ derived constructs away


def expand(term: Arg) -> Arg:
    """The same meaning in core constructs only: derived statements replaced by their definitions,
    functions by what applying them gives. Raises TermError for a function that is never applied."""
    while isinstance(term, Term):
        if term.op in ("apply", "apply2"):
            function, *words = term.args
            if not isinstance(function, Term) or CONSTRUCTS[function.op].definition is None:
                raise TermError(f"{function}: no function that can be applied")
            term = unfold(function.op, (*function.args, *words))
        elif term.op in CONSTRUCTS and CONSTRUCTS[term.op].derived:
            if CONSTRUCTS[term.op].sort in ("Fun1", "Fun2"):
                raise TermError(f"{term}: a function must be applied: (apply {term} …)")
            term = unfold(term.op, term.args)
        else:
            return Term(term.op, tuple(map(expand, term.args)))
    return term


def unfold(name: str, args: tuple[Arg, ...]) -> Arg:
    """What a derived construct stands for; a function's arguments are followed by the words that it
    is applied to."""
    pattern, slots = definition(name)
    return substitute(pattern, dict(zip(slots, args, strict=True)))
