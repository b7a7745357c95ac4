"""Bounded equality saturation with egglog.

`TermGraph` takes terms, saturates them under rulesets, tells which terms have become equal, and
freezes into a plain automaton for `synth.egraph.derivations`. This file and `synth.egraph.pack`
are all that touch egglog's private interfaces.
"""

from __future__ import annotations

import inspect
import time
import traceback
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import egglog
from egglog import bindings
from egglog.egraph_state import span

from bridge.errors import SkeletuneError
from bridge.term import Arg, Term
from synth.egraph.automaton import Automaton, number_holes
from synth.egraph.caps import SaturationReport
from synth.egraph.freeze import freeze
from synth.language import LANGUAGE, Language
from synth.rules.readback import rule_of
from synth.rules.rule import Rule
from synth.rulesets import Rules, base, rulesets_for
from synth.rulesets.base import depends, word_size

__all__ = ["RulesetError", "SaturationError", "TermGraph", "read_rules", "rule_names"]
__all__ += ["ruleset_name"]

_CHUNK = 6  # iterations between two looks at size and clock
_FIRST = 1_000  # matches of a rule that are allowed at first, at most
_FEWEST = 50  # matches of a rule that are always allowed


class RulesetError(SkeletuneError):
    """A ruleset that cannot be used; the message names the ruleset, the rule and the fix."""


class SaturationError(SkeletuneError):
    """A rule failed while it ran: division by zero, a panic of the engine, …"""


@egglog.function(builtin=True, egg_fn="get-size!")
def _size() -> egglog.i64:
    """The number of rows in all tables."""
    ...


class TermGraph:
    """An e-graph of terms for one word size."""

    def __init__(self, words: int, language: Language = LANGUAGE) -> None:
        """An empty e-graph; `words` is b."""
        self.words = words
        self.language = language
        self._egraph = egglog.EGraph()
        self._bindings = self._egraph._egraph
        for construct in language.values():
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
        rulesets: Iterable[Rules],
        *,
        nodes: int = 50_000,
        seconds: float = 10.0,
        iterations: int = 60,
    ) -> SaturationReport:
        """Applies the rules until nothing new comes, or a cap is reached: the last report of
        `steps`."""
        *_, last = self.steps(rulesets, nodes=nodes, seconds=seconds, iterations=iterations)
        return last

    def steps(
        self, rulesets: Iterable[Rules], *, nodes: int, seconds: float, iterations: int = 60
    ) -> Iterator[SaturationReport]:
        """Saturates; a report whenever a few iterations are done, of which the last tells why it
        stopped. The others count e-nodes only, no e-classes.

        The cap on nodes may be exceeded by one iteration, in which rules with so many matches that
        they could double it are left out. The clock is looked at every few iterations, which may
        take long, and much memory: `synth.egraph.worker` holds what must hold. Raises
        SaturationError if a rule fails.
        """
        start = time.perf_counter()
        unique = list({id(r): r for r in rulesets_for(self.language, (base, *rulesets))}.values())
        rules = egglog.unstable_combine_rulesets(*unique)
        matches: dict[object, int] = {}
        done, stopped, stalled = 0, "", 0
        size, limit, now = self._size(), min(nodes // 100, _FIRST), start
        chunk = _CHUNK
        while True:
            chunk, then = min(chunk, iterations - done), now
            report = self._run(rules, nodes, chunk, max(limit, _FEWEST))
            found = report.num_matches_per_rule
            for rule, number in found.items():
                matches[rule] = matches.get(rule, 0) + number
            done += chunk
            before, size = size, self._size()
            stalled = stalled + 1 if size == before else 0
            now = time.perf_counter()
            if not report.updated and not self._is_full(nodes):
                stopped = "saturated"
            elif size >= nodes or stalled > 2 or not report.updated:  # no more within the cap
                stopped = f"stopped at {nodes:,} e-nodes"
            elif now - start > seconds:
                stopped = f"stopped after {seconds:g} s"
            elif done >= iterations:
                stopped = f"stopped after {iterations} iterations"
            if stopped:
                break
            fired = _by_rule(unique, matches)
            yield SaturationReport("", size, 0, done, now - start, fired)
            # What is left, shared between the rules that match, by what a match adds. Half of it,
            # for the size that egglog compares with the cap is that of the iteration before.
            active = sum(number > 0 for number in found.values()) + 2
            adds = max((size - before) / max(sum(found.values()), 1), 0.1)
            limit = min(int((nodes - size) / (2 * active * adds)), 4 * max(limit, _FEWEST))
            if 4 * (now - then) > start + seconds - now:
                chunk = 1
        frozen, fired = self.freeze(), _by_rule(unique, matches)
        spent = time.perf_counter() - start
        yield SaturationReport(stopped, frozen.size, len(frozen.classes), done, spent, fired)

    def _run(
        self, rules: egglog.Schedule, nodes: int, iterations: int, limit: int
    ) -> egglog.RunReport:
        """Runs the rules, except those with more than `limit` matches in an iteration."""
        self._frozen = None
        backoff = egglog.back_off(match_limit=limit, ban_length=_CHUNK)
        step = egglog.run(rules, egglog.i64(nodes) <= _size(), scheduler=backoff)  # type: ignore[arg-type]
        try:
            return self._egraph.run(backoff.scope(step * iterations))
        except BaseException as error:  # panics of the engine are no Exceptions
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            raise SaturationError(f"a rule failed while it ran: {error}") from error
        finally:
            self._let_go()

    def _let_go(self) -> None:
        """Frees the e-graph from the reference cycle, by way of its state, that each run of egglog
        leaves behind. The garbage collector may find that on any thread; an e-graph, which can be
        freed on its own thread only, would then complain to stderr and stay in memory."""
        left = self._egraph._state
        self._egraph._state = replace(left)
        left.egraph = None  # type: ignore[assignment]

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
        construct = self.language[term.op]
        args = [self._expr(a, s) for a, s in zip(term.args, construct.sorts, strict=True)]
        return bindings.Call(span(), construct.egg_name, args)

    def freeze(self) -> Automaton:
        """The e-graph as plain data, e-nodes sorted so that the order never varies."""
        if self._frozen is None:
            self._frozen = freeze(self._bindings, self.words, self.language)
        return self._frozen


# ------------------------------------------------------------ rules, read back


def ruleset_name(ruleset: Rules) -> str:
    """The name that a ruleset was declared with."""
    return ruleset.__egg_ident__.name if isinstance(ruleset, egglog.Ruleset) else ruleset.__name__


def read_rules(rules: Rules, language: Language = LANGUAGE) -> list[Rule]:
    """The rules of a ruleset in order.

    Raises RulesetError, with the rule's number and line, if the ruleset's generator fails.
    """

    def called(ref: Any) -> str:
        if (construct := language.called(ref)) is not None:
            return construct.name
        method = getattr(ref, "method_name", None)
        return f"{ref.ident.name}.{method}" if method else ref.ident.name

    (ruleset,) = rulesets_for(language, [rules])
    name = ruleset_name(ruleset)
    _generate(ruleset, name)
    declared = ruleset.__egg_ruleset__.rules
    return [rule_of(n, r, called) for n, r in zip(rule_names(ruleset), declared, strict=True)]


def rule_names(ruleset: egglog.Ruleset) -> list[str]:
    """The names of a ruleset's rules in order: `arith/add-zero`; by number, `mine/1`, where a rule
    was given none."""
    rules = enumerate(ruleset.__egg_ruleset__.rules, 1)
    name = ruleset_name(ruleset)
    return [f"{name}/{getattr(rule, 'name', None) or i}" for i, rule in rules]


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


def _by_rule(rulesets: Sequence[egglog.Ruleset], matches: dict[object, int]) -> dict[str, int]:
    found = {}
    for ruleset in rulesets:
        for name, rule in zip(rule_names(ruleset), ruleset.__egg_ruleset__.rules, strict=True):
            if rule in matches:
                found[name] = matches[rule]
    return found
