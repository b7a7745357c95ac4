"""Bounded equality saturation with egglog: the one file that touches egglog's internals.

`TermGraph` takes terms, saturates them under rulesets within caps that hold, tells which terms
have become equal, and freezes into a plain automaton for `synth.derivations`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import egglog
from egglog import bindings, declarations
from egglog.egraph_state import span

from bridge.errors import SkeletuneError, TermError
from bridge.term import Arg, Term
from synth.automaton import HOLES, Automaton, Node, number_holes
from synth.constructs import CONSTRUCTS, Pattern, Slot
from synth.rulesets.base import base, word_size

__all__ = ["Rule", "SaturationError", "SaturationReport", "TermGraph", "read_rules", "ruleset_name"]

_MATCHES, _BAN = 1_000, 3  # a rule with more matches in an iteration is banned for some


class SaturationError(SkeletuneError):
    """A rule failed while it ran: division by zero, a panic of the engine, …"""


@dataclass(frozen=True)
class SaturationReport:
    """How far saturation went.

    - `stopped`: why it ended, in words: "saturated", or "stopped at 50,000 e-nodes".
    - `nodes`, `classes`: e-nodes and e-classes at the end.
    - `matches`: how often each rule matched, by (ruleset, number of the rule from 1).
    """

    stopped: str
    nodes: int
    classes: int
    iterations: int
    seconds: float
    matches: dict[tuple[str, int], int]

    @property
    def saturated(self) -> bool:
        """Whether nothing more can be derived."""
        return self.stopped == "saturated"


@egglog.function(builtin=True, egg_fn="get-size!")
def _size() -> egglog.i64:
    """The number of rows in all tables."""
    ...


class TermGraph:
    """An e-graph of terms for one word size."""

    def __init__(self, words: int) -> None:
        """An empty e-graph; `words` is b."""
        self.words = words
        self._egraph = egglog.EGraph()
        self._bindings = self._egraph._egraph
        for construct in CONSTRUCTS.values():
            self._egraph._callable_to_egg(construct.function)
        self._egraph.register(egglog.set_(word_size()).to(egglog.i64(words)))
        self._frozen: Automaton | None = None

    def add(self, term: Arg) -> None:
        """Adds a term of any sort. It must be well sorted (`check_term`)."""
        self._frozen = None
        self._bindings.eval_expr(self._expr(number_holes(term)))

    def union(self, one: Term, other: Term) -> None:
        """Declares two terms equal."""
        self._frozen = None
        command = bindings.Union(
            span(), self._expr(number_holes(one)), self._expr(number_holes(other))
        )
        self._bindings.run_program(bindings.ActionCommand(command))

    def saturate(
        self,
        rulesets: Iterable[egglog.Ruleset],
        *,
        nodes: int = 50_000,
        seconds: float = 10.0,
        iterations: int = 60,
    ) -> SaturationReport:
        """Applies the rules until nothing new comes, or a cap is reached.

        The cap on nodes is looked at after each iteration, in which a rule is applied at most
        1,000 times; the one on seconds every few iterations. Raises SaturationError if a rule
        fails.
        """
        self._frozen = None
        start = time.perf_counter()
        unique = list({id(r): r for r in (base, *rulesets)}.values())
        rules = egglog.unstable_combine_rulesets(*unique)
        matches: dict[object, int] = {}
        done, stopped, chunk = 0, "", 3
        while not stopped:
            before = time.perf_counter()
            chunk = min(chunk, iterations - done)
            updated, ran = self._run(rules, nodes, chunk, matches)
            done += ran
            now = time.perf_counter()
            # The clock is looked at between chunks: keep them short against what is left.
            spare = (start + seconds - now) / max(now - before, 1e-6)
            chunk = max(1, min(2 * chunk, int(chunk * spare / 4)))
            if not updated:
                stopped = "saturated"
            if self._rows() >= nodes:
                stopped = f"stopped at {nodes:,} e-nodes"
            elif not stopped and time.perf_counter() - start > seconds:
                stopped = f"stopped after {seconds:g} s"
            elif not stopped and done >= iterations:
                stopped = f"stopped after {iterations} iterations"
        frozen = self.freeze()
        return SaturationReport(
            stopped,
            frozen.size,
            len(frozen.classes),
            done,
            time.perf_counter() - start,
            _by_rule(unique, matches),
        )

    def _run(
        self, rules: egglog.Schedule, nodes: int, iterations: int, matches: dict[object, int]
    ) -> tuple[bool, int]:
        backoff = egglog.back_off(match_limit=_MATCHES, ban_length=_BAN)
        step = egglog.run(rules, egglog.i64(nodes) <= _size(), scheduler=backoff)  # type: ignore[arg-type]
        try:
            report = self._egraph.run(backoff.scope(step * iterations))
        except BaseException as error:  # panics of the engine are no Exceptions
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            raise SaturationError(f"a rule failed while it ran: {error}") from error
        for rule, number in report.num_matches_per_rule.items():
            matches[rule] = matches.get(rule, 0) + number
        return report.updated, len(report.iterations)

    def _rows(self) -> int:
        return int(self._egraph.extract(_size()).value)

    # -------------------------------------------------------- equality

    def same(self, one: Arg, other: Arg) -> bool:
        """Whether both terms have been added and are known to be equal."""
        frozen = self.freeze()
        found = frozen.find(one)
        return found is not None and found == frozen.find(other)

    def distinct(self, terms: Iterable[Term]) -> list[Term]:
        """The terms without those that are equal to an earlier one. All must have been added."""
        frozen, seen, kept = self.freeze(), set(), []
        for term in terms:
            found = frozen.find(term)
            if found is None or found not in seen:
                seen.add(found)
                kept.append(term)
        return kept

    # -------------------------------------------------------- in and out

    def _expr(self, term: Arg, sort: str = "Word") -> bindings._Expr:
        """egglog's form of a term, without its slow Python expressions."""
        if sort == "Name":
            assert isinstance(term, str)
            return bindings.Lit(span(), bindings.String(term))
        if sort == "Number":
            assert isinstance(term, int)
            return bindings.Lit(span(), bindings.Int(term))
        if isinstance(term, int):
            number = bindings.Lit(span(), bindings.Int(term % self.words))
            return bindings.Call(span(), "@const", [number])
        if isinstance(term, str):
            return bindings.Call(span(), "@var", [self._expr(term, "Name")])
        if term.op == "do":
            block = bindings.Call(span(), "@end", [])
            for statement in reversed(term.args):
                block = bindings.Call(span(), "@seq", [self._expr(statement), block])
            return block
        construct = CONSTRUCTS[term.op]
        args = [self._expr(a, s) for a, s in zip(term.args, construct.sorts, strict=True)]
        return bindings.Call(span(), construct.egg_name, args)

    def freeze(self) -> Automaton:
        """The e-graph as plain data, e-nodes sorted so that the order never varies."""
        if self._frozen is None:
            self._frozen = _freeze(self._bindings, self.words)
        return self._frozen


def _freeze(egraph: bindings.EGraph, words: int) -> Automaton:
    tables = egraph.freeze().functions
    numbers: dict[tuple[str, object], int] = {}
    classes: list[list[Node]] = []

    def number(sort: str, key: object) -> int:
        found = numbers.setdefault((sort, key), len(numbers))
        if found == len(classes):
            classes.append([])
            if sort == "Name":
                assert isinstance(key, str)
                classes[found].append(Node("name", (), 0, key))
        return found

    strings: dict[object, str] = {}

    def name(value: bindings.Value) -> str:
        if value not in strings:
            strings[value] = egraph.value_to_string(value)
        return strings[value]

    for construct in CONSTRUCTS.values():
        table = tables.get(construct.egg_name)
        if table is None or construct.name == "append":
            continue
        sorts = construct.sorts
        for row in table.rows:
            if row.subsumed:
                continue
            own = number(construct.sort, row.output)
            inputs = row.inputs
            node: Node | None
            if construct.name == "const":
                node = _constant(egraph.value_to_i64(inputs[0]), words)
            elif construct.name == "var":
                node = Node("var", (), construct.cost, name(inputs[0]))
            elif construct.name in HOLES:
                hole = Term(construct.name, (egraph.value_to_i64(inputs[0]),))
                node = Node(construct.name, (), construct.cost, hole)
            else:
                children = tuple(
                    number("Name", name(v)) if s == "Name" else number(s, v)
                    for v, s in zip(inputs, sorts, strict=True)
                )
                node = Node(construct.name, children, construct.cost)
            if node is not None:
                classes[own].append(node)
    return Automaton(tuple(map(tuple, classes)), words)


def _constant(value: int, words: int) -> Node | None:
    """A leaf that costs its distance from 0, as its code does; None if it has a normal form."""
    if not 0 <= value < words:
        return None
    return Node("const", (), 1 + min(value, words - value), value)


# ------------------------------------------------------------ rules, read back


@dataclass(frozen=True)
class Rule:
    """A rule of a ruleset as an equation between patterns.

    - `ruleset`, `number`: where it stands, numbered from 1.
    - `left`, `right`: the two sides; None for a rule that derives facts only.
    - `conditions`: pairs of patterns that must be equal, or (pattern, None) that must hold; calls of
      egglog's own functions are named `i64.__add__`, `Set.not_contains` and so on.
    - `problem`: why it cannot be read as an equation, or "".
    """

    ruleset: str
    number: int
    sort: str
    left: Pattern | None
    right: Pattern | None
    conditions: tuple[tuple[Pattern, Pattern | None], ...] = ()
    both_ways: bool = False
    problem: str = ""

    @property
    def name(self) -> str:
        """`ruleset#number`"""
        return f"{self.ruleset}#{self.number}"


def ruleset_name(ruleset: egglog.Ruleset) -> str:
    """The name that a ruleset was declared with."""
    return ruleset.__egg_ident__.name


def read_rules(ruleset: egglog.Ruleset) -> list[Rule]:
    """The rules of a ruleset in order. Errors of a rule generator come through."""
    _ = ruleset.__egg_decls__  # runs the generator
    name = ruleset_name(ruleset)
    return [_read(name, i, rule) for i, rule in enumerate(ruleset.__egg_ruleset__.rules, 1)]


def _read(ruleset: str, number: int, rule: Any) -> Rule:
    match rule:
        case declarations.RewriteDecl(tp, left, right, facts) | declarations.BiRewriteDecl(
            tp, left, right, facts
        ):
            return Rule(
                ruleset,
                number,
                _sort(tp),
                _pattern(left, tp),
                _pattern(right, tp),
                tuple(map(_condition, facts)),
                isinstance(rule, declarations.BiRewriteDecl),
            )
        case declarations.RuleDecl(head, body):
            unions = [a for a in head if isinstance(a, declarations.UnionDecl)]
            conditions = tuple(map(_condition, body))
            if not unions:
                return Rule(ruleset, number, "", None, None, conditions)
            if len(head) == 1:
                tp = unions[0].tp
                left, right = _pattern(unions[0].lhs, tp), _pattern(unions[0].rhs, tp)
                return Rule(ruleset, number, _sort(tp), left, right, conditions)
    return Rule(ruleset, number, "", None, None, problem="no rewrite, and not a single union")


def _condition(fact: Any) -> tuple[Pattern, Pattern | None]:
    if isinstance(fact, declarations.EqDecl):
        return _pattern(fact.left, fact.tp), _pattern(fact.right, fact.tp)
    return _pattern(fact.typed_expr.expr, fact.typed_expr.tp), None


def _sort(tp: Any) -> str:
    return {"String": "Name", "i64": "Number"}.get(tp.ident.name, tp.ident.name)


def _pattern(expr: Any, tp: Any) -> Pattern:
    match expr:
        case declarations.UnboundVarDecl(name):
            return Slot(name, _sort(tp))
        case declarations.LitDecl(value):
            return value
        case declarations.CallDecl(ref, args):
            typed = tuple(_pattern(a.expr, a.tp) for a in args)
            return Term(_called(ref), cast("tuple[Arg, ...]", typed))
    raise TermError(f"{type(expr).__name__}: no part of a pattern")


def _called(ref: Any) -> str:
    for construct in CONSTRUCTS.values():
        if getattr(construct.function, "__egg_ref__", None) == ref:
            return construct.name
    method = getattr(ref, "method_name", None)
    return f"{ref.ident.name}.{method}" if method else ref.ident.name


def _by_rule(
    rulesets: Sequence[egglog.Ruleset], matches: dict[object, int]
) -> dict[tuple[str, int], int]:
    found = {}
    for ruleset in rulesets:
        for i, rule in enumerate(ruleset.__egg_ruleset__.rules, 1):
            if rule in matches:
                found[ruleset_name(ruleset), i] = matches[rule]
    return found
