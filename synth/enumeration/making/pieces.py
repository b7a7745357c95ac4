"""Codes of terms, put together from those of their words: each word's is made once, and each
statement's once for all words that it may be of."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from jaxtyping import Bool, Int32, Int64

from bridge.errors import LoweringError
from bridge.lowering.fragment import BLANK_ROW, lower_fragment
from bridge.term import Arg, Term
from synth.enumeration.making.codes import Codes, Pool, codes_of
from synth.enumeration.making.joining import join
from synth.enumeration.making.shapes import Shapes

__all__ = ["NO_PATTERN", "Pieces"]

NO_PATTERN = -1
"""Stands for a pattern that cannot be lowered."""


class Pieces:
    """Patterns, with holes for words, and words, by number."""

    def __init__(self, variables: Sequence[str], words: int, expand: Callable[[Arg], Arg]) -> None:
        """A word's code computes it into the last of the variables. `expand` makes core terms of
        others."""
        self._variables, self._words, self._expand = variables, words, expand
        self._pool = Pool()
        self._held = np.zeros(0, np.int16)
        self._patterns: dict[Hashable, int] = {}
        self.shapes = Shapes()

    @property
    def codes(self) -> Codes:
        """All of them."""
        return self._pool.codes

    def add(self, codes: Codes, held: Int64[np.ndarray, " n"] | None = None) -> int:
        """Adds words' code, and the registers that they are in where no code is needed, −1
        elsewhere; the first one's number."""
        low, n = len(self._pool), len(codes.offset) - 1
        self._pool.add(codes)
        more = np.full(n, -1) if held is None else held
        self._held = np.concatenate([self._held, more.astype(np.int16)])
        return low

    def pattern(self, key: Hashable, term: Callable[[], Term]) -> int:
        """The number of the pattern of that key, a statement with holes that are numbered for its
        words; NO_PATTERN where it can't be lowered."""
        if (number := self._patterns.get(key)) is None:
            number = self._patterns[key] = self._lowered(term())
        return number

    def _lowered(self, statement: Term) -> int:
        try:
            block = self._expand(Term("do", (statement,)))
            assert isinstance(block, Term)
            rows = lower_fragment(block, self._variables, self._words)
        except LoweringError:
            return NO_PATTERN
        return self.add(codes_of([rows]))

    def has_blank(self, pattern: int) -> bool:
        """Whether one line of the pattern is blank."""
        rows = self.codes.piece(pattern)
        return int((rows[:, 0] == BLANK_ROW).sum()) == 1

    def leaf(self, word: str | int) -> int:
        """The number of a variable or a constant."""
        out = len(self._variables) - 1
        number = self._lowered(Term("assign", (self._variables[out], word)))
        if isinstance(word, str):
            self._held[number] = self._variables.index(word)
        elif word % self._words == 0:
            self._held[number] = out + 1
        return number

    def join(
        self, pattern: Int64[np.ndarray, " n"], words: Int32[np.ndarray, "n holes"]
    ) -> tuple[Codes, Bool[np.ndarray, " n"]]:
        """The code of each pattern with these words; and which there are (see `joining.join`)."""
        return join(self.codes, self._held, pattern, words, len(self._variables) - 1)
