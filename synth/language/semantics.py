"""What a term means: the reference interpreter of terms.

Every shipped construct has a meaning of its own (`meanings`, `derived_meanings`); those of derived
constructs do not use their definitions, so that unfolding is a statement to test. A user's
construct means what it unfolds to. Slow and plain on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bridge.errors import TermError
from bridge.term import Arg, Term
from synth.language.derived_meanings import DERIVED
from synth.language.language import Language
from synth.language.meanings import CORE, Halt
from synth.language.shipped import LANGUAGE

__all__ = ["TermOutcome", "TermState", "evaluate"]

_MEANINGS: Final = CORE | DERIVED


@dataclass(frozen=True)
class TermOutcome:
    """How a run ended.

    - `memory`: the final memory (or the one reached when the fuel ran out).
    - `variables`: those that are not 0; none after a `halt`, where they do not count.
    - `halted`: whether the run came to an end within the fuel.
    - `stopped`: whether a `halt` statement ended it, rather than the last statement.
    - `quiet`: for how many statements and rounds at the end memory has not changed.
    """

    memory: tuple[int, ...]
    variables: Mapping[str, int]
    halted: bool
    stopped: bool
    quiet: int = field(default=0, compare=False)


class _OutOfFuel(Exception):
    pass


@dataclass
class TermState:
    """Memory and variables of a running program; `fuel` is how many statements and rounds of loops
    may still be run. Variables that are not there are 0."""

    memory: list[int]
    words: int
    fuel: int = 1_000_000
    variables: dict[str, int] = field(default_factory=dict)
    language: Language = LANGUAGE
    changed: int | None = None  # the fuel when memory last changed

    def spend(self) -> None:
        """Pays for one statement or one round of a loop."""
        self.fuel -= 1
        if self.fuel < 0:
            raise _OutOfFuel

    def get(self, name: str) -> int:
        return self.variables.get(name, 0)

    def set(self, name: str, value: int) -> None:
        self.variables[name] = value % self.words

    def at(self, pointer: str) -> int:
        """The cell that the variable points to."""
        return self.memory[self.get(pointer)]

    def put(self, address: int, value: int) -> None:
        if self.memory[address % self.words] != value % self.words:
            self.memory[address % self.words] = value % self.words
            self.changed = self.fuel

    # -------------------------------------------------------- terms

    def word(self, term: Arg) -> int:
        """The value of a word."""
        if isinstance(term, int):
            return term % self.words
        if isinstance(term, str):
            return self.get(term)
        return self._meaning(term, "Word")(self, *term.args) % self.words

    def fun1(self, function: Arg, x: int) -> int:
        """The value of a function at x."""
        return self._meaning(function, "Fun1")(self, x, *_args(function)) % self.words

    def fun2(self, function: Arg, x: int, y: int) -> int:
        """The value of a function at x and y."""
        return self._meaning(function, "Fun2")(self, x, y, *_args(function)) % self.words

    def execute(self, term: Arg) -> None:
        """Runs a statement or a block."""
        if isinstance(term, Term) and term.op == "do":
            for statement in term.args:
                self.execute(statement)
        else:
            self.spend()
            self._meaning(term, "Stmt")(self, *_args(term))

    def _meaning(self, term: Arg, sort: str) -> Callable[..., Any]:
        if isinstance(term, Term):
            found = self.language.get(term.op)
            if found is not None and found.sort == sort:
                if (meaning := _MEANINGS.get(term.op)) is not None:
                    return meaning
                if found.definition is not None:
                    return _by_definition(term.op, sort)
            if term.has_hole:
                raise TermError(f"{term}: a term with a hole has no meaning yet: fill it first")
        raise TermError(f"{term}: nothing says what it means as a {sort}")


def _by_definition(name: str, sort: str) -> Callable[..., Any]:
    """The meaning of a construct that only has a definition: that of what it unfolds to."""
    if sort == "Stmt":
        return lambda s, *args: s.execute(s.language.unfold(name, args))
    applied = {"Word": 0, "Fun1": 1, "Fun2": 2}[sort]
    return lambda s, *args: s.word(s.language.unfold(name, (*args[applied:], *args[:applied])))


def _args(term: Arg) -> tuple[Arg, ...]:
    assert isinstance(term, Term)
    return term.args


def evaluate(
    term: Term,
    memory: Sequence[int],
    words: int,
    *,
    fuel: int = 10_000,
    variables: Mapping[str, int] | None = None,
    language: Language = LANGUAGE,
) -> TermOutcome:
    """Runs a block or a statement on a starting memory; cells and variables that are not given
    are 0. Raises TermError if it meets a hole."""
    cells = [cell % words for cell in memory]
    cells += [0] * (words - len(cells))
    start = {name: value % words for name, value in (variables or {}).items()}
    state = TermState(cells, words, fuel, start, language)
    halted, stopped = True, False
    try:
        state.execute(term)
    except Halt:
        stopped = True
    except _OutOfFuel:
        halted = False
    left = {} if stopped else {n: v for n, v in sorted(state.variables.items()) if v}
    quiet = (fuel if state.changed is None else state.changed) - state.fuel
    return TermOutcome(tuple(state.memory), left, halted, stopped, quiet)
