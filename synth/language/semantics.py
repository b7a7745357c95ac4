"""What a term means: the reference interpreter of terms.

A core construct has a meaning of its own (`meanings`); any other means what it expands to. Slow and
plain on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bridge.errors import TermError
from bridge.term import Arg, Term
from synth.language.expand import expand
from synth.language.language import Language
from synth.language.meanings import STATEMENTS, WORDS, Halt
from synth.language.shipped import LANGUAGE

__all__ = ["TermOutcome", "TermState", "evaluate"]


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
        if (meaning := WORDS.get(term.op)) is not None:
            return meaning(self, *term.args) % self.words
        found = self.language.get(term.op)
        if found is not None and found.applies:  # what a function takes twice is evaluated once
            function, *words = term.args
            term = Term(term.op, (function, *map(self.word, words)))
        return self.word(self._expanded(term, "Word"))

    def execute(self, term: Arg) -> None:
        """Runs a statement or a block."""
        assert isinstance(term, Term)
        if term.op == "do":
            for statement in term.args:
                self.execute(statement)
        elif (meaning := STATEMENTS.get(term.op)) is not None:
            self.spend()
            meaning(self, *term.args)
        else:
            self.execute(self._expanded(term, "Stmt"))

    def _expanded(self, term: Term, sort: str) -> Arg:
        """What a derived construct stands for. Raises TermError if it is none of that sort."""
        found = self.language.get(term.op)
        if found is not None and found.sort == sort and not found.core:
            return _expand(term, self.language)
        if term.has_hole:
            raise TermError(f"{term}: a term with a hole has no meaning yet: fill it first")
        raise TermError(f"{term}: nothing says what it means as a {sort}")

    def run(self, term: Term) -> TermOutcome:
        """Runs a block or a statement to its end, or as far as the fuel goes."""
        fuel, halted, stopped = self.fuel, True, False
        try:
            self.execute(term)
        except Halt:
            stopped = True
        except _OutOfFuel:
            halted = False
        left = {} if stopped else {n: v for n, v in sorted(self.variables.items()) if v}
        quiet = (fuel if self.changed is None else self.changed) - self.fuel
        return TermOutcome(tuple(self.memory), left, halted, stopped, quiet)


_expand = lru_cache(maxsize=4_096)(expand)


def evaluate(
    term: Term,
    memory: Sequence[int],
    words: int,
    *,
    fuel: int = 10_000,
    variables: Mapping[str, int] | None = None,
    language: Language = LANGUAGE,
    state: type[TermState] = TermState,
) -> TermOutcome:
    """Runs a block or a statement on a starting memory; cells and variables that are not given
    are 0. Raises TermError if it meets a hole."""
    cells = [cell % words for cell in memory]
    cells += [0] * (words - len(cells))
    start = {name: value % words for name, value in (variables or {}).items()}
    return state(cells, words, fuel, start, language).run(term)
