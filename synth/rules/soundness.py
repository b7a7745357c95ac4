"""Whether rules are sound: both sides of each are run, on random terms and states.

Rules between words without memory are tried on every value of their variables at small word sizes,
and on some at large ones. For all others the pattern variables are filled with random terms. A rule
passes if memory, variables, and whether and how the run ends agree in all cases that are decided.
Terms that its conditions equate are made equal, or drawn until they are equal on random states.
Two runs that both go on forever are told apart only by a memory that does not change any more.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import Any

from bridge.term import Arg, Term
from synth.egraph.graph import read_rules
from synth.language import LANGUAGE, Language
from synth.language.depends import depends
from synth.language.patterns import Pattern, PatternVar, substitute
from synth.language.sorts import CLASSES, MEANT
from synth.rules.conditions import CALLS, CannotTell, hold, solve
from synth.rules.differ import differ, names, random_state
from synth.rules.rule import Rule, pattern_vars, show
from synth.rules.samples import Sampler, names_in
from synth.rulesets import Rules

__all__ = ["Counterexample", "RuleVerdict", "check_rule", "check_ruleset"]

_SMALL = (2, 3, 4, 5, 8)  # word sizes to try
_LARGE = (16, 64)  # and those on which rules between words are sampled, too
_SAMPLES = 10  # so many choices of numbers there, with twice as many of words
_STATES = 4  # starting states for each instance of a rule
_MORE = 8  # times as many instances are tried, if most cases are undecided
_ENOUGH = 12  # decided cases without which nothing is said
_ALIKE = 40  # states on which terms that a condition equates must be equal
_SURE = 1_000  # and before a counterexample is believed


@dataclass(frozen=True)
class Counterexample:
    """Where the two sides differ: instances of both, the starting state, and what comes out."""

    left: Arg
    right: Arg
    words: int
    memory: tuple[int, ...]
    variables: Mapping[str, int]
    left_result: str
    right_result: str


@dataclass(frozen=True)
class RuleVerdict:
    """The result for one rule. `sound` is None if nothing can be said; `reason` tells why."""

    rule: Rule
    sound: bool | None
    cases: int
    seconds: float
    counterexample: Counterexample | None = None
    reason: str = ""


def check_ruleset(
    ruleset: Rules, *, trials: int = 250, seed: int = 0, language: Language = LANGUAGE,
    seconds: float = float("inf"),
) -> Iterator[RuleVerdict]:  # fmt: skip
    """A verdict for each rule, one by one; after so many seconds, rules are unknown."""
    until = time.perf_counter() + seconds
    for rule in read_rules(ruleset, language):
        yield check_rule(rule, trials=trials, seed=seed, language=language, until=until)


def check_rule(
    rule: Rule, *, trials: int = 250, seed: int = 0, language: Language = LANGUAGE,
    until: float = float("inf"),
) -> RuleVerdict:  # fmt: skip
    """Tries the rule on `trials` instances, or more until as many cases are decided (or on every
    value), reproducibly for a seed; to no end where the clock `time.perf_counter` says so."""
    start = time.perf_counter()
    if rule.left is None or rule.right is None:
        reason = rule.problem or "derives facts only: nothing is rewritten"
        return RuleVerdict(rule, None if rule.problem else True, 0, 0.0, reason=reason)
    random = Random(f"{seed} {rule.name}")
    cases, found, reason = 0, None, ""
    free, equations = solve(rule)
    try:
        for number, instance in enumerate(
            _instances(rule, free, equations, random, trials, language)
        ):
            if time.perf_counter() > until:
                raise CannotTell(f"no time for more than {cases} cases: give more seconds")
            enough = number >= trials and cases >= max(trials, _ENOUGH)
            if enough and instance.states is None:
                break
            decided, found = _compare(rule, instance, random)
            if found is not None and not instance.allowed(rule, _SURE):
                found = None  # what a condition equates is not always equal after all
                continue
            cases += decided
            if found is not None:
                found = _shrink(rule, free, instance, found)
                break
    except CannotTell as error:
        reason = str(error)
    seconds = time.perf_counter() - start
    if found is not None:
        return RuleVerdict(rule, False, cases, seconds, found)
    if reason or cases < _ENOUGH:
        reason = reason or f"only {cases} cases were decided: its conditions hardly ever hold"
        return RuleVerdict(rule, None, cases, seconds, reason=reason)
    return RuleVerdict(rule, True, cases, seconds)


# ------------------------------------------------------------ instances


@dataclass(frozen=True)
class _Instance:
    """Terms for the variables of a rule; `states` are the values to try of the terms' own
    variables, if not random."""

    language: Language
    words: int
    values: dict[str, Any]
    states: tuple[Mapping[str, int], ...] | None = None

    def allowed(self, rule: Rule, states: int = _ALIKE) -> bool:
        """Whether all conditions hold; adds the values of variables that conditions define. Terms
        count as equal if they are on so many random states."""

        def same(sort: str, one: Any, other: Any) -> bool:
            return one == other or (sort in MEANT and self._alike(sort, one, other, states))

        return hold(
            rule,
            self.values,
            self.words,
            lambda term: depends(term, self.language),
            self.term,
            self.language,
            same,
        )

    def _alike(self, sort: str, one: Arg, other: Arg, states: int) -> bool:
        random = Random(f"{one} {other}")
        if sort == "Word" and not any(depends(t, self.language) for t in (one, other)):
            states = 1  # they are constants
        for _ in range(states):
            memory, variables = random_state(random, self.words, one, other)
            if differ(sort, one, other, self.words, memory, variables, self.language) != ():
                return False
        return True

    def term(self, pattern: Pattern | None) -> Arg:
        """The term that a side of the rule becomes."""

        def evaluated(part: Pattern) -> Any:
            if isinstance(part, PatternVar):
                return self.values[part.name]
            if not isinstance(part, Term):
                return part
            args = tuple(map(evaluated, part.args))
            return CALLS[part.op](*args) if part.op in CALLS else Term(part.op, args)

        def numbers(part: Pattern) -> Any:
            """The pattern with its arithmetic on numbers done, variables of other sorts left."""
            if not isinstance(part, Term):
                return part
            if part.op in CALLS:
                return evaluated(part)
            if part.op not in self.language:
                raise CannotTell(f"{show(part)} is known only inside the e-graph")
            return Term(part.op, tuple(map(numbers, part.args)))

        assert pattern is not None
        return substitute(numbers(pattern), self.values)


def _instances(
    rule: Rule,
    free: list[PatternVar],
    equations: list[tuple[Pattern, Pattern]],
    random: Random,
    trials: int,
    language: Language,
) -> Iterator[_Instance]:
    """Terms for the free variables, such that the conditions hold."""
    if _is_arithmetic(rule, free, language):
        yield from _between_words(rule, free, bool(equations), random, language)
        return
    for variable in free:
        if variable.sort not in CLASSES:
            raise CannotTell(f"nothing in the rule says what ?{variable.name} is")
    unified = [pair for one, other in equations for pair in _unify(one, other)]
    for trial in range(_MORE * trials):
        words = _SMALL[trial % len(_SMALL)]
        sampler = Sampler(random, words, language, names_in(rule))
        depth = 1 + min(trial * 3 // trials, 2)
        for attempt in range(60):  # until the conditions hold
            values = {s.name: sampler.term(s.sort, depth) for s in free}
            if attempt % 2:  # every other time the equations hold because both sides are the same
                values |= {
                    one: values[other] for one, other in unified if {one, other} <= {*values}
                }
            instance = _Instance(language, words, values)
            if instance.allowed(rule):
                yield instance
                break


def _unify(one: Pattern, other: Pattern) -> Iterator[tuple[str, str]]:
    """Pairs of variables that, where they are the same, may make both patterns the same."""
    if isinstance(one, PatternVar) and isinstance(other, PatternVar):
        yield one.name, other.name
    elif isinstance(one, Term) and isinstance(other, Term) and one.op == other.op:
        for pair in zip(one.args, other.args, strict=True):
            yield from _unify(*pair)


def _is_arithmetic(rule: Rule, free: list[PatternVar], language: Language) -> bool:
    """Whether the rule is between words, whose values depend on its variables alone."""
    sides = (side for side in (rule.left, rule.right) if isinstance(side, Term))
    ops = {t.op for side in sides for t in side.subterms() if isinstance(t, Term)}
    return (
        rule.sort == "Word"
        and all(s.sort in ("Word", "Number") for s in (*free, *pattern_vars(rule.left, rule.right)))
        and all(_computes(op, language) or op.startswith("i64.") for op in ops)
    )


def _computes(op: str, language: Language) -> bool:
    return op == "const" or (op in language and language[op].arithmetic)


def _between_words(
    rule: Rule, free: list[PatternVar], equations: bool, random: Random, language: Language
) -> Iterator[_Instance]:
    """The words of the rule are variables: on all their values, or on some at large word sizes. If
    there are equations that they must fulfil, they are constants: all that do, or some."""
    names = [s.name for s in free if s.sort == "Word"]
    numbers = [s.name for s in free if s.sort == "Number"]

    def allowed(
        words: int, chosen: Iterable[int], states: Iterable[Iterable[int]]
    ) -> Iterator[_Instance]:
        fixed = dict(zip(numbers, chosen, strict=True))
        starts = tuple(dict(zip(names, state, strict=True)) for state in states)
        if equations:
            every = (_Instance(language, words, fixed | start, ({},)) for start in starts)
        else:
            every = (_Instance(language, words, {n: n for n in names} | fixed, starts),)
        yield from (instance for instance in every if instance.allowed(rule))

    for words in _SMALL:
        if words ** len(names) <= 5_000:
            for chosen in product(range(-words, 2 * words + 1), repeat=len(numbers)):
                yield from allowed(words, chosen, product(range(words), repeat=len(names)))
    for words in _LARGE:
        for _ in range(_SAMPLES):
            chosen = [random.randint(-words, 2 * words) for _ in numbers]
            states = [[random.randrange(words) for _ in names] for _ in range(2 * _SAMPLES)]
            yield from allowed(words, chosen, states)


# ------------------------------------------------------------ running both sides


def _compare(rule: Rule, instance: _Instance, random: Random) -> tuple[int, Counterexample | None]:
    """(number of decided cases, the first in which the sides differ)"""
    sampler = Sampler(random, instance.words, instance.language, names_in(rule))
    decided = 0
    for variables in instance.states or (sampler.variables() for _ in range(_STATES)):
        known, found = _run(rule, instance, tuple(sampler.memory()), variables)
        decided += known
        if found is not None:
            return decided, found
    return decided, None


def _run(
    rule: Rule, instance: _Instance, memory: tuple[int, ...], variables: Mapping[str, int]
) -> tuple[bool, Counterexample | None]:
    """(whether it is decided, where the sides differ, if they do)"""
    try:
        left, right = instance.term(rule.left), instance.term(rule.right)
    except KeyError as error:
        raise CannotTell(f"?{error.args[0]} stands on one side only") from None
    words, language = instance.words, instance.language
    found = differ(rule.sort, left, right, words, memory, variables, language)
    if not found:
        return found is not None, None
    return True, Counterexample(left, right, words, memory, variables, *found)


# ------------------------------------------------------------ smaller counterexamples

_SIMPLE: dict[str, tuple[Arg, ...]] = {
    "Word": (0, 1, "x", Term("load", ("p",))),
    "Stmt": (Term("noop"), Term("halt"), Term("assign", ("x", 1)), Term("store", (0, 1))),
    "Block": (Term("do"), Term("do", (Term("halt"),)), Term("do", (Term("store", (0, 1)),))),
    "Fun1": (Term("id"), Term("succ")),
    "Fun2": (Term("first"), Term("plus")),
}


def _shrink(
    rule: Rule, free: list[PatternVar], instance: _Instance, found: Counterexample
) -> Counterexample:
    """A counterexample in which terms are simpler and cells 0, as far as the sides still differ."""
    for variable in free if instance.states is None else ():
        name, sort = variable.name, variable.sort
        for simple in (*_SIMPLE.get(sort, ()), *_parts(instance, name, sort)):
            chosen = {v.name: instance.values[v.name] for v in free} | {name: simple}
            smaller = replace(instance, values=chosen)  # what conditions define follows anew
            if _size(simple) >= _size(instance.values[name]) or not smaller.allowed(rule, _SURE):
                continue
            shorter = _run(rule, smaller, found.memory, found.variables)[1]
            if shorter is not None:
                instance, found = smaller, shorter
    for i in range(len(found.memory)):
        memory = (*found.memory[:i], 0, *found.memory[i + 1 :])
        found = _run(rule, instance, memory, found.variables)[1] or found
    used = {t for side in (found.left, found.right) for t in names(side)}
    for name in list(found.variables):
        changed = {k: v for k, v in found.variables.items() if k != name}
        if name in used and found.variables[name]:
            changed = dict(found.variables) | {name: 0}
        found = _run(rule, instance, found.memory, changed)[1] or found
    return found


def _parts(instance: _Instance, name: str, sort: str) -> list[Arg]:
    """Parts of a term that can stand for it: for a block, itself without one statement."""
    term = instance.values[name]
    if sort == "Block":
        statements = term.args
        return [Term("do", statements[:i] + statements[i + 1 :]) for i in range(len(statements))]
    if isinstance(term, Term) and sort == "Word":
        parts = ((a, a.op if isinstance(a, Term) else "const") for a in term.args)
        return [a for a, op in parts if _computes(op, instance.language)]
    return []


def _size(term: Any) -> int:
    return term.size if isinstance(term, Term) else 1
