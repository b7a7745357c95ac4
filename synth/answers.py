"""The cheapest programs that are right, where more than one is asked for."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from bridge import Program, Verdict
from bridge.lowering.tidy import drop_unreachable
from bridge.term import Term
from synth.engines import Candidate

__all__ = ["Answer", "Answers"]


@dataclass(frozen=True)
class Answer:
    """A program that is right on the examples, and what it was verified on."""

    program: Program
    term: Term | None
    found_by: str
    examples: Verdict
    holdout: Verdict

    @property
    def passes(self) -> bool:
        """Whether it passes what is held out, too."""
        return self.holdout.correct


class Answers:
    """The best `most` of the programs that were accepted: the fewest instructions first and, among
    these, the fewest steps; where `quick`, the fewest steps first. No two have the same
    instructions."""

    def __init__(self, most: int, *, quick: bool = False) -> None:
        self.most, self._quick = most, quick
        self._kept: list[tuple[tuple[int, int, str], Candidate]] = []

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Candidate]:
        return iter([candidate for _, candidate in self._kept])

    @property
    def full(self) -> bool:
        """Whether there are as many as were asked for."""
        return len(self) >= self.most

    def add(self, candidate: Candidate, steps: int) -> None:
        """Keeps a program that takes so many steps on the examples, if it is one of the best."""
        bare = drop_unreachable(candidate.program).bare()
        order = (steps, len(bare)) if self._quick else (len(bare), steps)
        key = (*order, str(bare))
        if key not in (known for known, _ in self._kept):
            insort(self._kept, (key, candidate), key=itemgetter(0))
            del self._kept[self.most :]

    def clear(self) -> list[Candidate]:
        """Forgets all; which these were."""
        kept = list(self)
        self._kept.clear()
        return kept
