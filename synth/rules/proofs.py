"""Why two terms are equal: a small e-graph in Python that remembers the reason of every union.

The union of two e-nodes is an edge of a *proof forest* (Nieuwenhuis and Oliveras 2005), labelled
with the rule, or with congruence; the path between two e-nodes is the proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bridge.term import Arg, Term
from synth.egraph.automaton import number_holes
from synth.language import LANGUAGE, Language
from synth.rules.rule import Rule

__all__ = ["Key", "Kid", "Literal", "ProofGraph", "RuleStep"]


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
class Literal:
    """A name or a number in an e-node."""

    value: str | int


Kid = int | Literal
Key = tuple[str, tuple[Kid, ...]]
Reason = tuple[Rule, bool] | None
"""A rule, and whether it was read from left to right; None for congruence."""


@dataclass
class ProofGraph:
    """E-nodes are numbered from 1. An e-node keeps the children that it was made with, so it stands
    for one term; canonical forms only serve to find congruent ones.

    - `keys`: the e-nodes; `members`: those of each e-class, by its leader.
    - `version` grows with every e-node and union.
    """

    words: int
    language: Language = LANGUAGE
    keys: list[Key] = field(default_factory=lambda: [("", ())])
    version: int = 0
    members: dict[int, list[int]] = field(default_factory=dict)
    _leader: list[int] = field(default_factory=lambda: [0])
    _exact: dict[Key, int] = field(default_factory=dict)
    _memo: dict[Key, int] = field(default_factory=dict)
    _towards: list[int] = field(default_factory=lambda: [0])  # the proof forest
    _reason: list[Reason] = field(default_factory=lambda: [None])

    # -------------------------------------------------------- e-nodes and unions

    def find(self, node: int) -> int:
        """The leader of the e-class."""
        while self._leader[node] != node:
            self._leader[node] = self._leader[self._leader[node]]
            node = self._leader[node]
        return node

    def canonical(self, key: Key) -> Key:
        """The key with its children's leaders."""
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
        self.members[node] = [node]
        self._exact[key] = node
        twin = self._memo.setdefault(self.canonical(key), node)
        self.version += 1
        if twin != node:
            self.union(node, twin, None)
            self.version -= 2  # another form of what was there already
        return node

    def add_term(self, term: Arg) -> int:
        """The e-node of a term."""
        return self._add_arg(number_holes(term), "Word")

    def lookup(self, key: Key) -> int:
        """The e-class of the e-node with these leaders as children; 0 if there is none."""
        return self.find(self._memo.get(key, 0))

    def _add_arg(self, term: Arg, sort: str) -> Any:
        if sort in ("Name", "Number"):
            return Literal(term)  # type: ignore[arg-type]
        if isinstance(term, int):
            return self.add(("const", (Literal(term % self.words),)))
        if isinstance(term, str):
            return self.add(("var", (Literal(term),)))
        if term.op == "do":
            block = self.add(("end", ()))
            for statement in reversed(term.args):
                block = self.add(("seq", (self._add_arg(statement, "Stmt"), block)))
            return block
        sorts = self.language[term.op].sorts
        kids = (self._add_arg(a, s) for a, s in zip(term.args, sorts, strict=True))
        return self.add((term.op, tuple(kids)))

    def union(self, one: int, other: int, reason: Reason) -> None:
        """Unites the e-classes of two e-nodes, by a rule or by congruence."""
        a, b = self.find(one), self.find(other)
        if a == b:
            return
        self.version += 1
        self._reroot(one)
        self._towards[one], self._reason[one] = other, reason
        if len(self.members[a]) > len(self.members[b]):
            a, b = b, a
        self._leader[a] = b
        self.members[b] += self.members.pop(a)

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
                twin = self._memo.setdefault(self.canonical(key), node)
                if twin != node:
                    self.union(node, twin, None)

    # -------------------------------------------------------- explanations

    def term(self, node: int) -> Term:
        """The term that an e-node stands for, with chains of seq and end."""
        op, kids = self.keys[node]
        return Term(op, tuple(k.value if isinstance(k, Literal) else self.term(k) for k in kids))

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
                if isinstance(kid, Literal) or not isinstance(goal, int):
                    continue
                for step in self.explain(kid, goal):
                    parts[i] = step.whole
                    whole = Term(op, tuple(parts))
                    yield RuleStep(step.rule, step.forward, step.before, step.after, whole)

    def _path(self, one: int, other: int) -> list[tuple[int, int, Reason]]:
        """The edges of the proof forest from one e-node to the other."""
        up = self._to_root(one)
        down = self._to_root(other)
        while up and down and up[-1] == down[-1]:
            up.pop()
            down.pop()
        back = [(t, n, r and (r[0], not r[1])) for n, t, r in reversed(down)]
        return up + back

    def _to_root(self, node: int) -> list[tuple[int, int, Reason]]:
        edges = []
        while self._towards[node]:
            edges.append((node, self._towards[node], self._reason[node]))
            node = self._towards[node]
        return edges
