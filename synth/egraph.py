"""Bounded equality saturation with egglog: the one file that touches egglog's internals.

`TermGraph` takes terms, saturates them under rulesets within caps that hold, tells which terms
have become equal, and freezes into a plain automaton for `synth.derivations`.
"""

from __future__ import annotations

import inspect
import time
import traceback
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import egglog
from egglog import bindings, declarations
from egglog.egraph_state import span

from bridge.errors import SkeletuneError, TermError
from bridge.term import Arg, Term
from synth.automaton import HOLES, Automaton, Node, number_holes
from synth.constructs import CONSTRUCTS, Pattern, Slot
from synth.rule import Rule
from synth.rulesets.base import base, depends, word_size

__all__ = [
    "RulesetError",
    "SaturationError",
    "SaturationReport",
    "TermGraph",
    "read_rules",
    "ruleset_name",
]

_CHUNK = 6  # iterations between two looks at size and clock
_FIRST = 1_000  # matches of a rule that are allowed at first, at most
_FEWEST = 50  # matches of a rule that are always allowed


class RulesetError(SkeletuneError):
    """A ruleset that cannot be used; the message names the ruleset, the rule and the fix."""


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

        The cap on nodes may be exceeded by one iteration, in which rules with so many matches that
        they could double it are left out. The clock is looked at every few iterations. Raises
        SaturationError if a rule fails.
        """
        self._frozen = None
        start = time.perf_counter()
        unique = list({id(r): r for r in (base, *rulesets)}.values())
        rules = egglog.unstable_combine_rulesets(*unique)
        matches: dict[object, int] = {}
        done, stopped, stalled = 0, "", 0
        size, limit, now = self._size(), min(nodes // 100, _FIRST), start
        chunk = _CHUNK
        while not stopped:
            chunk, then = min(chunk, iterations - done), now
            report = self._run(rules, nodes, chunk, max(limit, _FEWEST))
            found = report.num_matches_per_rule
            for rule, number in found.items():
                matches[rule] = matches.get(rule, 0) + number
            done += chunk
            before, size = size, self._size()
            stalled = stalled + 1 if size == before else 0
            if not report.updated and not self._is_full(nodes):
                stopped = "saturated"
            elif size >= nodes or stalled > 2 or not report.updated:  # no more within the cap
                stopped = f"stopped at {nodes:,} e-nodes"
            elif (now := time.perf_counter()) - start > seconds:
                stopped = f"stopped after {seconds:g} s"
            elif done >= iterations:
                stopped = f"stopped after {iterations} iterations"
            # What is left, shared between the rules that match, by what a match adds. Half of it,
            # for the size that egglog compares with the cap is that of the iteration before.
            active = sum(number > 0 for number in found.values()) + 2
            adds = max((size - before) / max(sum(found.values()), 1), 0.1)
            limit = min(int((nodes - size) / (2 * active * adds)), 4 * max(limit, _FEWEST))
            if 4 * (now - then) > start + seconds - now:
                chunk = 1
        frozen = self.freeze()
        seconds = time.perf_counter() - start
        fired = _by_rule(unique, matches)
        return SaturationReport(stopped, frozen.size, len(frozen.classes), done, seconds, fired)

    def _run(
        self, rules: egglog.Schedule, nodes: int, iterations: int, limit: int
    ) -> egglog.RunReport:
        """Runs the rules, except those with more than `limit` matches in an iteration."""
        backoff = egglog.back_off(match_limit=limit, ban_length=_CHUNK)
        step = egglog.run(rules, egglog.i64(nodes) <= _size(), scheduler=backoff)  # type: ignore[arg-type]
        try:
            return self._egraph.run(backoff.scope(step * iterations))
        except BaseException as error:  # panics of the engine are no Exceptions
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            raise SaturationError(f"a rule failed while it ran: {error}") from error

    def _is_full(self, nodes: int) -> bool:
        """Whether the condition of `_run` kept the rules from running."""
        return int(self._egraph.extract(_size()).value) >= nodes

    def _size(self) -> int:
        """The number of e-nodes."""
        (output,) = self._bindings.run_program(bindings.PrintSize(span(), None))
        assert isinstance(output, bindings.PrintAllFunctionsSize)
        return sum(number for name, number in output.sizes if name.startswith("@"))

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

    def depends(self, word: Arg) -> set[str]:
        """The names that the word's value is known to depend on at most, after saturation."""
        facts = self._egraph._callable_to_egg(depends)[1]
        _, value = self._bindings.eval_expr(self._expr(number_holes(word)))
        found = self._bindings.lookup_function(facts, [value])
        if found is None:
            return set()
        return {self._bindings.value_to_string(v) for v in self._bindings.value_to_set(found)}

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


def ruleset_name(ruleset: egglog.Ruleset) -> str:
    """The name that a ruleset was declared with."""
    return ruleset.__egg_ident__.name


def read_rules(ruleset: egglog.Ruleset) -> list[Rule]:
    """The rules of a ruleset in order.

    Raises RulesetError, with the rule's number and line, if the ruleset's generator fails.
    """
    name = ruleset_name(ruleset)
    _generate(ruleset, name)
    return [_read(name, i, rule) for i, rule in enumerate(ruleset.__egg_ruleset__.rules, 1)]


def _generate(ruleset: egglog.Ruleset, name: str) -> None:
    """Runs the generators of a ruleset. egglog forgets those that fail: they are put back, so that
    nobody uses a ruleset that has silently become empty."""
    for thunk in list(ruleset.deferred_rule_gens):
        state: Any = thunk.state  # type: ignore[attr-defined]
        done: list[object] = []
        generator, frame = state.args
        thunk.state = replace(state, args=(_counted(generator, done), frame))  # type: ignore[attr-defined]
        try:
            _ = ruleset.__egg_decls__
        except Exception as error:
            thunk.state = state  # type: ignore[attr-defined]
            ruleset.deferred_rule_gens.append(thunk)
            raise RulesetError(_explain(name, generator, error, len(done))) from error


def _counted(generator: Any, done: list[object]) -> Any:
    """The generator, which egglog still takes for the user's, noting each rule that it yields."""

    def counted(*args: object) -> Iterator[object]:
        for rule in generator(*args):
            done.append(rule)
            yield rule

    clone: Any = types.FunctionType(
        counted.__code__, generator.__globals__, generator.__name__, None, counted.__closure__
    )
    clone.__signature__ = inspect.signature(generator)
    clone.__annotations__ = generator.__annotations__
    return clone


def _explain(name: str, generator: Any, error: Exception, done: int) -> str:
    parameters = inspect.signature(generator).parameters
    if isinstance(error, KeyError) and error.args[0] in parameters:
        which = error.args[0]
        return (
            f"ruleset {name}: parameter {which} has no type: write {which}: Word, or another sort"
        )
    frames = traceback.extract_tb(error.__traceback__)
    line = next((f.lineno for f in frames if f.name == generator.__name__), None)
    if line is None:
        return f"ruleset {name}: {type(error).__name__}: {error}"
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, egglog.ConvertError):
        what = f"{error}: an argument is of another sort than the construct takes"
    return f"ruleset {name}, rule {done + 1} (line {line}): {what}"


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
    name: str = tp.ident.name
    return {"String": "Name", "i64": "Number"}.get(name, name)


def _pattern(expr: Any, tp: Any) -> Pattern:
    match expr:
        case declarations.UnboundVarDecl(name):
            return Slot(name, _sort(tp))
        case declarations.LitDecl(str() | int() as value):
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
