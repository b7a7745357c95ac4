"""Why two terms are equal: a small e-graph in Python that remembers the reason of every union.

egglog gives no proofs, so the same rules are replayed here on source and target alone. The union of
two e-nodes is an edge of a *proof forest* (Nieuwenhuis and Oliveras 2005), labelled with the rule,
or with congruence; the path between two e-nodes is the proof.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.term import Arg, Term
from synth.egraph.automaton import number_holes
from synth.egraph.graph import read_rules
from synth.language import LANGUAGE, Language
from synth.language.depends import reads
from synth.language.patterns import Pattern, PatternVar
from synth.rules.conditions import CALLS, CannotTell, hold
from synth.rules.rule import Rule
from synth.rulesets import Rules, base

__all__ = ["ProofGraph", "RuleStep", "replay"]

_WORDS = ("Word", "Fun1", "Fun2")
_MATCHES = 2_000  # of a rule in an iteration


@dataclass(frozen=True)
class RuleStep:
    """One application of a rule somewhere in a term: `whole` is the whole term after it, `before`
    and `after` the part that it replaced (blocks are chains of seq and end)."""

    rule: Rule
    forward: bool
    before: Term
    after: Term
    whole: Term


@dataclass(frozen=True)
class _Literal:
    """A name or a number in an e-node."""

    value: str | int


Kid = int | _Literal
Key = tuple[str, tuple[Kid, ...]]


def replay(
    source: Arg,
    target: Arg,
    words: int,
    rulesets: Iterable[Rules],
    *,
    nodes: int = 4_000,
    seconds: float = 20.0,
    language: Language = LANGUAGE,
) -> list[RuleStep] | None:
    """The steps from one term to the other, or None if none were found within the caps. Rules with
    conditions that only egglog can evaluate are left out."""
    graph = ProofGraph(words, language)
    one, other = graph.add_term(source), graph.add_term(target)
    rules = [r for ruleset in (base, *rulesets) for r in read_rules(ruleset, language) if r.left]
    end = time.perf_counter() + seconds
    while graph.find(one) != graph.find(other):
        before = graph.version
        if not graph.step(rules, end) or graph.version == before or len(graph.keys) > nodes:
            if graph.find(one) == graph.find(other):
                break
            return None
    return list(graph.explain(one, other))


@dataclass
class ProofGraph:
    """E-nodes are numbered from 1. An e-node keeps the children that it was made with, so it stands
    for one term; canonical forms only serve to find congruent ones."""

    words: int
    language: Language = LANGUAGE
    keys: list[Key] = field(default_factory=lambda: [("", ())])
    version: int = 0  # grows with every e-node and union
    _leader: list[int] = field(default_factory=lambda: [0])
    _members: dict[int, list[int]] = field(default_factory=dict)
    _exact: dict[Key, int] = field(default_factory=dict)
    _memo: dict[Key, int] = field(default_factory=dict)
    _towards: list[int] = field(default_factory=lambda: [0])  # the proof forest
    _reason: list[tuple[Rule, bool] | None] = field(default_factory=lambda: [None])
    _depends: dict[int, frozenset[str]] = field(default_factory=dict)

    # -------------------------------------------------------- e-nodes and unions

    def find(self, node: int) -> int:
        """The leader of the e-class."""
        while self._leader[node] != node:
            self._leader[node] = self._leader[self._leader[node]]
            node = self._leader[node]
        return node

    def _canonical(self, key: Key) -> Key:
        return key[0], tuple(self.find(k) if isinstance(k, int) else k for k in key[1])

    def add(self, key: Key) -> int:
        """The e-node with just these children."""
        if key in self._exact:
            return self._exact[key]
        node = len(self.keys)
        self.keys.append(key)
        self._leader.append(node)
        self._towards.append(0)
        self._reason.append(None)
        self._members[node] = [node]
        self._exact[key] = node
        twin = self._memo.setdefault(self._canonical(key), node)
        self.version += 1
        if twin != node:
            self._union(node, twin, None)
            self.version -= 2  # another form of what was there already
        return node

    def add_term(self, term: Arg) -> int:
        """The e-node of a term."""
        return self._add_arg(number_holes(term), "Word")

    def _add_arg(self, term: Arg, sort: str) -> Any:
        if sort in ("Name", "Number"):
            return _Literal(term)  # type: ignore[arg-type]
        if isinstance(term, int):
            return self.add(("const", (_Literal(term % self.words),)))
        if isinstance(term, str):
            return self.add(("var", (_Literal(term),)))
        if term.op == "do":
            block = self.add(("end", ()))
            for statement in reversed(term.args):
                block = self.add(("seq", (self._add_arg(statement, "Stmt"), block)))
            return block
        sorts = self.language[term.op].sorts
        kids = (self._add_arg(a, s) for a, s in zip(term.args, sorts, strict=True))
        return self.add((term.op, tuple(kids)))

    def _union(self, one: int, other: int, reason: tuple[Rule, bool] | None) -> None:
        a, b = self.find(one), self.find(other)
        if a == b:
            return
        self.version += 1
        self._reroot(one)
        self._towards[one], self._reason[one] = other, reason
        if len(self._members[a]) > len(self._members[b]):
            a, b = b, a
        self._leader[a] = b
        self._members[b] += self._members.pop(a)

    def _reroot(self, node: int) -> None:
        """Turns the proof forest's edges above the node round, so that it becomes a root."""
        above, reason = self._towards[node], self._reason[node]
        self._towards[node], self._reason[node] = 0, None
        while above:
            after, its_reason = self._towards[above], self._reason[above]
            self._towards[above] = node
            self._reason[above] = reason and (reason[0], not reason[1])
            node, above, reason = above, after, its_reason

    def rebuild(self) -> None:
        """Unites e-nodes that have become congruent."""
        before = -1
        while before != self.version:
            before = self.version
            self._memo = {}
            for node, key in enumerate(self.keys[1:], 1):
                twin = self._memo.setdefault(self._canonical(key), node)
                if twin != node:
                    self._union(node, twin, None)
        self._depends = self._analyse()

    def _analyse(self) -> dict[int, frozenset[str]]:
        """What each class of words and functions depends on at most, as rulesets.base derives."""
        found: dict[int, frozenset[str]] = {}
        changed = True
        while changed:
            changed = False
            for node, (op, kids) in enumerate(self.keys[1:], 1):
                own = self._own_depends(op, kids, found)
                leader = self.find(node)
                if own is not None and found.get(leader) != (own := own & found.get(leader, own)):
                    found[leader] = own
                    changed = True
        return found

    def _own_depends(
        self, op: str, kids: tuple[Kid, ...], found: dict[int, frozenset[str]]
    ) -> frozenset[str] | None:
        construct = self.language[op]
        if construct.sort not in _WORDS or construct.hole:
            return None
        names = reads(op, self.language)
        for kid, sort in zip(kids, construct.sorts, strict=True):
            if isinstance(kid, int) and sort in _WORDS:
                part = found.get(self.find(kid))
                if part is None:
                    return None
                names |= part
            elif sort == "Name":
                assert isinstance(kid, _Literal)
                names |= {str(kid.value)}
        return names

    # -------------------------------------------------------- rules

    def step(self, rules: Sequence[Rule], end: float) -> bool:
        """Applies every rule once everywhere; whether there was time for it."""
        self.rebuild()
        by_op: dict[str, list[int]] = {}
        for leader, members in self._members.items():
            for op in {self.keys[m][0] for m in members}:
                by_op.setdefault(op, []).append(leader)
        found: list[tuple[Rule, bool, dict[str, Any]]] = []
        for rule in rules:
            for forward in (True, False) if rule.both_ways else (True,):
                found += self._matches(rule, forward, by_op)
                if time.perf_counter() > end:
                    return False
        for rule, forward, values in found:
            left, right = self._build(rule.left, values), self._build(rule.right, values)
            if forward:
                self._union(left, right, (rule, True))
            else:
                self._union(right, left, (rule, False))
        self.rebuild()
        return True

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
                        self.words,
                        self._depends_on,
                        self._lookup(values),
                        self.language,
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
            value = self.find(kid) if isinstance(kid, int) else kid.value
            if pattern.name not in values:
                yield values | {pattern.name: value}
            elif self._same(values[pattern.name], value, isinstance(kid, int)):
                yield values
        elif isinstance(kid, _Literal):
            if pattern == kid.value:
                yield values
        elif isinstance(pattern, Term):
            seen = set()
            for member in self._members[self.find(kid)]:
                op, kids = self._canonical(self.keys[member])
                if op == pattern.op and kids not in seen:
                    seen.add(kids)
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
        return self.find(one) == self.find(other) if classes else one == other

    def _depends_on(self, node: int) -> Any:
        return self._depends.get(self.find(node), _EVERYTHING)

    def _lookup(self, values: dict[str, Any]) -> Any:
        """A function that finds the class of a pattern; 0 if there is none."""

        def lookup(pattern: Pattern) -> Any:
            if isinstance(pattern, PatternVar):
                value = values[pattern.name]
                return value if pattern.sort in ("Name", "Number") else self.find(value)
            if not isinstance(pattern, Term):
                return pattern
            sorts = self.language[pattern.op].sorts
            kids = [
                _Literal(_number(a, values)) if s in ("Name", "Number") else lookup(a)
                for a, s in zip(pattern.args, sorts, strict=True)
            ]
            return self.find(self._memo.get((pattern.op, tuple(kids)), 0))

        return lookup

    def _build(self, pattern: Pattern | None, values: dict[str, Any]) -> int:
        """The e-node of a pattern with the values."""
        if isinstance(pattern, PatternVar):
            return values[pattern.name]
        assert isinstance(pattern, Term)
        sorts = self.language[pattern.op].sorts
        kids = (
            _Literal(_number(a, values)) if s in ("Name", "Number") else self._build(a, values)
            for a, s in zip(pattern.args, sorts, strict=True)
        )
        return self.add((pattern.op, tuple(kids)))

    # -------------------------------------------------------- explanations

    def term(self, node: int) -> Term:
        """The term that an e-node stands for, with chains of seq and end."""
        op, kids = self.keys[node]
        return Term(op, tuple(k.value if isinstance(k, _Literal) else self.term(k) for k in kids))

    def explain(self, one: int, other: int) -> Iterator[RuleStep]:
        """The steps from one e-node's term to that of an equal one."""
        for node, towards, reason in self._path(one, other):
            if reason is not None:
                after = self.term(towards)
                yield RuleStep(reason[0], reason[1], self.term(node), after, after)
                continue
            op, kids = self.keys[node]
            parts = list(self.term(node).args)
            for i, (kid, goal) in enumerate(zip(kids, self.keys[towards][1], strict=True)):
                if isinstance(kid, _Literal) or not isinstance(goal, int):
                    continue
                for step in self.explain(kid, goal):
                    parts[i] = step.whole
                    whole = Term(op, tuple(parts))
                    yield RuleStep(step.rule, step.forward, step.before, step.after, whole)

    def _path(self, one: int, other: int) -> list[tuple[int, int, tuple[Rule, bool] | None]]:
        """The edges of the proof forest from one e-node to the other."""
        up = self._to_root(one)
        down = self._to_root(other)
        while up and down and up[-1] == down[-1]:
            up.pop()
            down.pop()
        back = [(t, n, r and (r[0], not r[1])) for n, t, r in reversed(down)]
        return up + back

    def _to_root(self, node: int) -> list[tuple[int, int, tuple[Rule, bool] | None]]:
        edges = []
        while self._towards[node]:
            edges.append((node, self._towards[node], self._reason[node]))
            node = self._towards[node]
        return edges


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
