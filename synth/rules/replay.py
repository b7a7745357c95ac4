"""The rules, replayed on two terms alone until these are equal; the proof is the path between them.

egglog gives no proofs, so its rules are matched and applied here, on a small e-graph that keeps the
reasons.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.term import Arg, Term
from synth.egraph.graph import read_rules
from synth.language import LANGUAGE, Language
from synth.language.depends import reads
from synth.language.patterns import Pattern, PatternVar
from synth.language.sorts import MEANT
from synth.rules.conditions import CALLS, CannotTell, hold
from synth.rules.proofs import Kid, Literal, ProofGraph, RuleStep
from synth.rules.rule import Rule
from synth.rulesets import Rules, base

__all__ = ["replay"]

_WORDS = ("Word", "Fun1", "Fun2")
_MATCHES = 2_000  # of a rule in an iteration


def replay(
    source: Arg,
    target: Arg,
    words: int,
    rulesets: Iterable[Rules],
    *,
    nodes: int = 12_000,
    seconds: float = 20.0,
    language: Language = LANGUAGE,
) -> list[RuleStep] | None:
    """The steps from one term to the other, or None if none were found within the caps. Rules with
    conditions that only egglog can evaluate are left out."""
    graph = ProofGraph(words, language)
    replayer = _Replayer(graph)
    one, other = graph.add_term(source), graph.add_term(target)
    rules = [r for ruleset in (base, *rulesets) for r in read_rules(ruleset, language) if r.left]
    end = time.perf_counter() + seconds
    while graph.find(one) != graph.find(other):
        before = graph.version
        if not replayer.step(rules, end) or graph.version == before or len(graph.keys) > nodes:
            if graph.find(one) == graph.find(other):
                break
            return None
    return list(graph.explain(one, other))


@dataclass
class _Replayer:
    """Matches and applies rules; `_depends` tells what each e-class of words and functions depends
    on at most."""

    graph: ProofGraph
    _depends: dict[int, frozenset[str]] = field(default_factory=dict)
    _forms: dict[tuple[int, str], list[tuple[Kid, ...]]] = field(default_factory=dict)
    """Of each e-class and construct, the different canonical children."""

    def step(self, rules: Sequence[Rule], end: float) -> bool:
        """Applies every rule once everywhere; whether there was time for it."""
        self.graph.rebuild()
        self._depends = self._analyse()
        by_op = self._sort_forms()
        found: list[tuple[Rule, bool, dict[str, Any]]] = []
        for rule in rules:
            for forward in (True, False) if rule.both_ways else (True,):
                found += self._matches(rule, forward, by_op)
                if time.perf_counter() > end:
                    return False
        for rule, forward, values in found:
            left, right = self._build(rule.left, values), self._build(rule.right, values)
            if forward:
                self.graph.union(left, right, (rule, True))
            else:
                self.graph.union(right, left, (rule, False))
        self.graph.rebuild()
        return True

    def _sort_forms(self) -> dict[str, list[int]]:
        """Fills `_forms`; the e-classes that have e-nodes of each construct."""
        by_op: dict[str, list[int]] = {}
        self._forms = {}
        for leader, members in self.graph.members.items():
            forms: dict[str, dict[tuple[Kid, ...], None]] = {}
            for member in members:
                op, kids = self.graph.canonical(self.graph.keys[member])
                forms.setdefault(op, {})[kids] = None
            for op, different in forms.items():
                self._forms[leader, op] = [*different]
                by_op.setdefault(op, []).append(leader)
        return by_op

    def _matches(
        self, rule: Rule, forward: bool, by_op: dict[str, list[int]]
    ) -> Iterator[tuple[Rule, bool, dict[str, Any]]]:
        pattern = rule.left if forward else rule.right
        if not isinstance(pattern, Term):
            return
        number = 0
        for leader in by_op.get(pattern.op, ()):
            for values in self._match(pattern, leader, {}):
                try:
                    holds = hold(
                        rule,
                        values,
                        self.graph.words,
                        self._depends_on,
                        self._lookup(values),
                        self.graph.language,
                        lambda sort, one, other: self._same(one, other, sort in MEANT),
                    )
                except CannotTell:
                    return
                if holds:
                    number += 1
                    yield rule, forward, values
                if number >= _MATCHES:
                    return

    def _match(
        self, pattern: Pattern, kid: Kid, values: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        if isinstance(pattern, PatternVar):
            value = self.graph.find(kid) if isinstance(kid, int) else kid.value
            if pattern.name not in values:
                yield values | {pattern.name: value}
            elif self._same(values[pattern.name], value, isinstance(kid, int)):
                yield values
        elif isinstance(kid, Literal):
            if pattern == kid.value:
                yield values
        elif isinstance(pattern, Term):
            for kids in self._forms.get((self.graph.find(kid), pattern.op), ()):
                yield from self._match_all(pattern.args, kids, values)

    def _match_all(
        self, patterns: tuple[Arg, ...], kids: tuple[Kid, ...], values: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        if not patterns:
            yield values
            return
        for more in self._match(patterns[0], kids[0], values):
            yield from self._match_all(patterns[1:], kids[1:], more)

    def _same(self, one: Any, other: Any, classes: bool) -> bool:
        return self.graph.find(one) == self.graph.find(other) if classes else one == other

    def _depends_on(self, node: int) -> Any:
        return self._depends.get(self.graph.find(node), _EVERYTHING)

    def _lookup(self, values: dict[str, Any]) -> Any:
        """A function that finds the class of a pattern of constructs; None if there is none."""

        def lookup(pattern: Pattern) -> Any:
            if isinstance(pattern, PatternVar):
                value = values[pattern.name]
                return value if pattern.sort in ("Name", "Number") else self.graph.find(value)
            if not isinstance(pattern, Term):
                return pattern
            sorts = self.graph.language[pattern.op].sorts
            kids = [
                Literal(_number(a, values)) if s in ("Name", "Number") else lookup(a)
                for a, s in zip(pattern.args, sorts, strict=True)
            ]
            return self.graph.lookup((pattern.op, tuple(kids)))

        return lambda pattern: lookup(pattern) or None

    def _build(self, pattern: Pattern | None, values: dict[str, Any]) -> int:
        """The e-node of a pattern with the values."""
        if isinstance(pattern, PatternVar):
            return values[pattern.name]
        assert isinstance(pattern, Term)
        sorts = self.graph.language[pattern.op].sorts
        kids = (
            Literal(_number(a, values)) if s in ("Name", "Number") else self._build(a, values)
            for a, s in zip(pattern.args, sorts, strict=True)
        )
        return self.graph.add((pattern.op, tuple(kids)))

    def _analyse(self) -> dict[int, frozenset[str]]:
        """What each class of words and functions depends on at most, as rulesets.base derives."""
        found: dict[int, frozenset[str]] = {}
        changed = True
        while changed:
            changed = False
            for node, (op, kids) in enumerate(self.graph.keys[1:], 1):
                own = self._own_depends(op, kids, found)
                leader = self.graph.find(node)
                if own is not None and found.get(leader) != (own := own & found.get(leader, own)):
                    found[leader] = own
                    changed = True
        return found

    def _own_depends(
        self, op: str, kids: tuple[Kid, ...], found: dict[int, frozenset[str]]
    ) -> frozenset[str] | None:
        construct = self.graph.language[op]
        if construct.sort not in _WORDS or construct.hole:
            return None
        names = reads(op, self.graph.language)
        for kid, sort in zip(kids, construct.sorts, strict=True):
            if isinstance(kid, int) and sort in _WORDS:
                part = found.get(self.graph.find(kid))
                if part is None:
                    return None
                names |= part
            elif sort == "Name":
                assert isinstance(kid, Literal)
                names |= {str(kid.value)}
        return names


class _Everything:
    def __contains__(self, name: object) -> bool:
        return True


_EVERYTHING = _Everything()


def _number(pattern: Any, values: dict[str, Any]) -> Any:
    """A number or name, computed from the values."""
    if isinstance(pattern, PatternVar):
        return values[pattern.name]
    if isinstance(pattern, Term):
        return CALLS[pattern.op](*(_number(a, values) for a in pattern.args))
    return pattern
