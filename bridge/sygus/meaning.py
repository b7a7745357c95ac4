"""What expressions mean, on many inputs and for many outputs at once.

A value is an array that broadcasts to (inputs, outputs): variables are (inputs, 1), what the
function gives (1, outputs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bridge.counts import counted
from bridge.errors import SpecError
from bridge.sygus.parse import Problem, Sexp, written

__all__ = ["Calls", "hold"]

Array = npt.NDArray[Any]
DEEPEST: Final = 200
"""Expressions in expressions, macros included."""
MOST: Final = 1 << 30
"""Values that all operations together may have: about five seconds."""
EACH: Final = 1 << 10
"""What an operation costs besides, in values."""
LARGEST: Final = 1 << 40


class Calls:
    """The function to find: it gives the same outputs to all, and notes with what it is called."""

    def __init__(self, problem: Problem, inputs: int, outputs: Array) -> None:
        self._problem = problem
        self._inputs = inputs
        self._outputs = outputs.reshape(1, -1)
        self.arguments: tuple[Array, ...] | None = None
        """Those of the first call, each (inputs,)."""
        self.same = True
        """Whether all calls have the same arguments."""

    def __call__(self, *arguments: Array) -> Array:
        name = self._problem.name
        if len(arguments) != len(self._problem.parameters):
            raise SpecError(f"{name} is called with {counted(len(arguments), 'argument')}")
        if any(argument.ndim and argument.shape[-1] > 1 for argument in arguments):
            raise SpecError(f"{name} is called with what it gives itself: not supported")
        flat = tuple(np.broadcast_to(a, (self._inputs, 1))[:, 0] for a in arguments)
        if self.arguments is None:
            self.arguments = flat
        else:
            pairs = zip(self.arguments, flat, strict=True)
            self.same &= all(np.array_equal(one, other) for one, other in pairs)
        return self._outputs


def hold(
    problem: Problem, constraints: Iterable[Sexp], values: Mapping[str, Array], calls: Calls
) -> Array:
    """Where all constraints hold, given the values of variables: booleans that broadcast to
    (inputs, outputs). Raises SpecError."""
    reader = _Reader(problem, calls)
    right = np.array(True)
    for constraint in constraints:
        truth = reader.value(constraint, values, 0)
        if truth.dtype != bool:
            raise SpecError(f"{written(constraint)}: a constraint is a boolean")
        right = right & truth
    return right


def _chain(compare: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    return lambda *xs: reduce(np.logical_and, [compare(a, b) for a, b in pairwise(xs)])


def _fold(operation: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    return lambda *xs: reduce(operation, xs)


def _minus(*xs: Array) -> Array:
    return -xs[0] if len(xs) == 1 else reduce(np.subtract, xs)


def _implies(*xs: Array) -> Array:
    return reduce(lambda later, x: ~x | later, reversed(xs))


def _div(a: Array, b: Array) -> Array:
    """SMT-LIB's, whose remainder is not negative; 0 where b is 0."""
    return np.where(b == 0, 0, (a - _mod(a, b)) // np.where(b == 0, 1, b))


def _mod(a: Array, b: Array) -> Array:
    return np.where(b == 0, a, a % np.where(b == 0, 1, np.abs(b)))


def _distinct(*xs: Array) -> Array:
    return reduce(np.logical_and, [x != y for i, x in enumerate(xs) for y in xs[:i]])


OPERATIONS: Final[dict[str, tuple[int, int, Callable[..., Array]]]] = {
    "+": (1, 99, _fold(np.add)), "-": (1, 99, _minus), "*": (1, 99, _fold(np.multiply)),
    "div": (2, 2, _div), "mod": (2, 2, _mod), "abs": (1, 1, np.abs),
    "<": (2, 99, _chain(np.less)), "<=": (2, 99, _chain(np.less_equal)),
    ">": (2, 99, _chain(np.greater)), ">=": (2, 99, _chain(np.greater_equal)),
    "=": (2, 99, _chain(np.equal)), "distinct": (2, 99, _distinct),
    "and": (1, 999, _fold(np.logical_and)), "or": (1, 999, _fold(np.logical_or)),
    "xor": (2, 99, _fold(np.logical_xor)), "not": (1, 1, np.logical_not),
    "=>": (2, 99, _implies), "ite": (3, 3, np.where),
}  # fmt: skip
"""The fewest and the most arguments, and what it does."""
BOOLEAN: Final = frozenset({"and", "or", "xor", "not", "=>"})
"""Those whose arguments are booleans."""
OF_ALL: Final = frozenset({"=", "distinct", "ite"})
"""Those that take both; others take numbers."""


class _Reader:
    def __init__(self, problem: Problem, calls: Calls) -> None:
        self._problem = problem
        self._calls = calls
        self._spent = 0

    def value(self, sexp: Sexp, scope: Mapping[str, Array], depth: int) -> Array:
        if depth > DEEPEST:
            raise SpecError(f"{written(sexp)}: nested more than {DEEPEST} deep")
        match sexp:
            case int(number):
                if abs(number) >= 2**31:
                    raise SpecError(f"{number}: give a smaller number")
                return np.array(number)
            case "true" | "false":
                return np.array(sexp == "true")
            case str(name):
                if name in scope:
                    return scope[name]
                return self._applied(name, (), scope, depth)
            case ("let", tuple(bindings), body):
                return self.value(body, self._bound(bindings, scope, depth), depth + 1)
            case (str(name), *arguments):
                return self._applied(name, tuple(arguments), scope, depth)
            case _:
                raise SpecError(f"{written(sexp)}: no expression")

    def _bound(
        self, bindings: tuple[Sexp, ...], scope: Mapping[str, Array], depth: int
    ) -> dict[str, Array]:
        found = dict(scope)
        for binding in bindings:
            match binding:
                case (str(name), value):
                    found[name] = self.value(value, scope, depth + 1)
                case _:
                    raise SpecError(f"{written(binding)}: give (NAME VALUE)")
        return found

    def _applied(
        self, name: str, given: tuple[Sexp, ...], scope: Mapping[str, Array], depth: int
    ) -> Array:
        def wrong(why: str) -> SpecError:  # written only then: few calls are wrong
            return SpecError(f"{written((name, *given))}: {why}")

        macro = self._problem.macros.get(name)
        if macro is None and name != self._problem.name and name not in OPERATIONS:
            raise wrong(f"there is no {name}")
        arguments = [self.value(argument, scope, depth + 1) for argument in given]
        if name == self._problem.name:
            return self._calls(*arguments)
        if macro is not None:
            if len(arguments) != len(macro.parameters):
                raise wrong(f"{name} takes {counted(len(macro.parameters), 'argument')}")
            names = (parameter for parameter, _ in macro.parameters)
            return self.value(macro.body, dict(zip(names, arguments, strict=True)), depth + 1)
        fewest, most, operation = OPERATIONS[name]
        if not fewest <= len(arguments) <= most:
            plural = counted(most, "argument")
            takes = plural if fewest == most else f"{fewest} to {plural}"
            raise wrong(f"{name} takes {takes}, not {len(arguments)}")
        wants_bool = arguments if name in BOOLEAN else arguments[:1] if name == "ite" else []
        if any(argument.dtype != bool for argument in wants_bool):
            raise wrong(f"{name} takes booleans")
        if not {name} & (BOOLEAN | OF_ALL) and any(a.dtype == bool for a in arguments):
            raise wrong(f"{name} takes numbers")
        found = operation(*arguments)
        self._spent += found.size + EACH
        if self._spent > MOST:
            raise wrong("too many operations: write shorter constraints, or fewer")
        if found.dtype != bool and np.abs(found).max() > LARGEST:
            raise wrong("its numbers grow too large")
        return found
