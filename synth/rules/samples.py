"""Random terms, memories and variables: what rules are tried on.

Names are few, so that pointers, counters and accumulators coincide; half of the loops count or walk
and so come to an end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from bridge.term import Arg, Term
from synth.language import LANGUAGE, Language
from synth.language.constructs import AnyConstruct
from synth.rules.rule import Rule

__all__ = ["NAMES", "Sampler", "names_in"]

NAMES = ("p", "q", "x")
_STEPS = ("inc", "dec")


def names_in(rule: Rule) -> tuple[str, ...]:
    """What variables are called where the rule is tried: as always, and as in the rule itself."""
    sides = (side for side in (rule.left, rule.right) if isinstance(side, Term))
    own = {t for side in sides for t in side.subterms() if isinstance(t, str)}
    return (*NAMES, *sorted(own.difference(NAMES)))


@dataclass
class Sampler:
    """A source of random terms for one word size."""

    random: Random
    words: int
    language: Language = LANGUAGE
    names: tuple[str, ...] = NAMES
    _by_sort: dict[str, list[AnyConstruct]] = field(default_factory=dict)

    def term(self, sort: str, depth: int) -> Any:
        """A term of the sort (a name, a number) with at most `depth` constructs on top of each
        other."""
        match sort:
            case "Name":
                return self.random.choice(self.names)
            case "Number":
                return self.random.randint(-2, self.words + 1)
            case "Word":
                return self.word(depth)
            case "Block":
                return self.block(depth)
            case _:
                return self._of_sort(sort, depth)

    def word(self, depth: int) -> Arg:
        kind = self.random.random()
        if depth <= 0 or kind < 0.35:
            return self.random.choice([*self.names, 0, 1, self.random.randrange(self.words)])
        if kind < 0.5:
            return Term("load", (self.random.choice(self.names),))
        return self._of_sort("Word", depth)

    def block(self, depth: int) -> Term:
        length = self.random.choice([0, 1, 1, 2, 2, 3])
        statements = [self._of_sort("Stmt", depth - 1) for _ in range(length)]
        if self.random.random() < 0.5:
            statements.append(self.step(self.random.choice(self.names)))
        if self.random.random() < 0.2:
            leave = Term("if-zero", (self.word(1), Term("do", (Term("halt"),)), Term("do")))
            statements.insert(self.random.randint(0, len(statements)), leave)
        return Term("do", tuple(statements))

    def step(self, name: str) -> Term:
        """The variable moves on by one."""
        return Term("assign", (name, Term(self.random.choice(_STEPS), (name,))))

    def _of_sort(self, sort: str, depth: int) -> Term:
        choices = self._choices(sort)
        if depth <= 0:
            simple = [c for c in choices if "Block" not in c.sorts and sort not in c.sorts]
            choices = simple or choices
        found = self.random.choice(choices)
        return Term(found.name, tuple(self.term(s, depth - 1) for s in found.written))

    def _choices(self, sort: str) -> list[AnyConstruct]:
        if sort not in self._by_sort:
            self._by_sort[sort] = [
                c
                for c in self.language.values()
                if c.sort == sort and c.in_terms and not c.hole and not c.endless
            ]
        return self._by_sort[sort]

    def memory(self) -> list[int]:
        """A memory, in which zeros are frequent: lists come to an end."""
        return [
            0 if self.random.random() < 0.3 else self.random.randrange(self.words)
            for _ in range(self.words)
        ]

    def variables(self) -> dict[str, int]:
        return {name: self.random.randrange(self.words) for name in self.names}
