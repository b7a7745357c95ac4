"""Whether rules are sound: both sides of each are run, on random terms and states.

Rules between words without memory are tried on every value of their variables at small word sizes,
and on some at large ones. For all others the slots are filled with random terms. A rule passes if
memory, variables, and whether and how the run ends agree in all cases that are decided. Two runs
that both go on forever are told apart only by a memory that does not change any more.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

import egglog

from bridge.term import Arg, Term
from synth.egraph.graph import read_rules
from synth.language.constructs import CONSTRUCTS, Pattern, Slot, substitute
from synth.rules.conditions import CALLS, CannotTell, hold
from synth.rules.differ import differ, names
from synth.rules.rule import Rule, show, slots
from synth.rules.samples import Sampler
from synth.rulesets.base import MEMORY

__all__ = [
    "Counterexample",
    "Verdict",
    "check_rule",
    "check_ruleset",
    "first_unsound",
]

_SMALL = (2, 3, 4, 5, 8)  # word sizes to try
_LARGE = (16, 64)  # and those on which rules between words are sampled, too
_SAMPLES = 10  # so many choices of numbers there, with twice as many of words
_STATES = 4  # starting states for each instance of a rule
_MORE = 8  # times as many instances are tried, if most cases are undecided
_ENOUGH = 12  # decided cases without which nothing is said


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
class Verdict:
    """The result for one rule. `sound` is None if nothing can be said; `reason` tells why."""

    rule: Rule
    sound: bool | None
    cases: int
    seconds: float
    counterexample: Counterexample | None = None
    reason: str = ""


def check_ruleset(
    ruleset: egglog.Ruleset, *, trials: int = 250, seed: int = 0
) -> Iterator[Verdict]:
    """A verdict for each rule, one by one."""
    for rule in read_rules(ruleset):
        yield check_rule(rule, trials=trials, seed=seed)


def first_unsound(rulesets: Iterable[egglog.Ruleset], *, trials: int = 100) -> Verdict | None:
    """The verdict on the first rule that is not sound, or None: to refuse rulesets before they are
    used. `python -m synth.rules check` looks closer."""
    for ruleset in rulesets:
        for verdict in check_ruleset(ruleset, trials=trials):
            if verdict.sound is False:
                return verdict
    return None


def check_rule(rule: Rule, *, trials: int = 250, seed: int = 0) -> Verdict:
    """Tries the rule on `trials` instances, or more until as many cases are decided (or on every
    value), reproducibly for a seed."""
    start = time.perf_counter()
    if rule.left is None or rule.right is None:
        reason = rule.problem or "derives facts only: nothing is rewritten"
        return Verdict(rule, None if rule.problem else True, 0, 0.0, reason=reason)
    random = Random(f"{seed} {rule.name}")
    cases, found, reason = 0, None, ""
    try:
        for number, instance in enumerate(_instances(rule, random, trials)):
            if number >= trials and cases >= trials and instance.states is None:
                break
            decided, found = _compare(rule, instance, random)
            cases += decided
            if found is not None:
                found = _shrink(rule, instance, found)
                break
    except CannotTell as error:
        reason = str(error)
    seconds = time.perf_counter() - start
    if found is not None:
        return Verdict(rule, False, cases, seconds, found)
    if reason or cases < _ENOUGH:
        reason = reason or f"only {cases} cases were decided: its conditions hardly ever hold"
        return Verdict(rule, None, cases, seconds, reason=reason)
    return Verdict(rule, True, cases, seconds)


# ------------------------------------------------------------ instances


@dataclass(frozen=True)
class _Instance:
    """Terms for the slots of a rule; `states` are the values of variables to try, if not random."""

    words: int
    values: Mapping[str, Any]
    states: tuple[Mapping[str, int], ...] | None = None


def _instances(rule: Rule, random: Random, trials: int) -> Iterator[_Instance]:
    free = _free_slots(rule)
    if _is_arithmetic(rule):
        yield from _all_values(rule, free)
        yield from _some_values(rule, free, random)
        return
    for trial in range(_MORE * trials):
        words = _SMALL[trial % len(_SMALL)]
        sampler = Sampler(random, words)
        depth = 1 + min(trial * 3 // trials, 2)
        for _ in range(60):  # until the conditions hold
            values = {s.name: sampler.term(s.sort, depth) for s in free}
            if _conditions_hold(rule, values, words):
                yield _Instance(words, values)
                break


def _free_slots(rule: Rule) -> list[Slot]:
    """The slots to fill: those on the left and in terms that conditions speak of, without those
    that a condition defines."""
    sides = [p for pair in rule.conditions for p in pair]
    terms = [p for p in sides if isinstance(p, Term) and p.op in CONSTRUCTS]
    defined = {p.name for pair in rule.conditions if pair[1] is not None for p in _bare(pair)}
    return [s for s in slots(rule.left, *terms) if s.name not in defined]


def _bare(patterns: Iterable[Pattern | None]) -> Iterator[Slot]:
    return (p for p in patterns if isinstance(p, Slot))


def _is_arithmetic(rule: Rule) -> bool:
    """Whether the rule is between words, whose values depend on its slots alone."""
    parts = (
        t for side in (rule.left, rule.right) if isinstance(side, Term) for t in side.subterms()
    )
    ops = {t.op for t in parts if isinstance(t, Term)}
    return (
        rule.sort == "Word"
        and all(s.sort in ("Word", "Number") for s in slots(rule.left, rule.right))
        and all(op in _ARITHMETIC or op.startswith("i64.") for op in ops)
    )


_ARITHMETIC = {"inc", "dec", "add", "sub", "min", "max", "const"}


def _all_values(rule: Rule, free: list[Slot]) -> Iterator[_Instance]:
    words_slots = [s.name for s in free if s.sort == "Word"]
    numbers = [s.name for s in free if s.sort == "Number"]
    for words in _SMALL:
        if words ** len(words_slots) > 5_000:
            continue
        states = tuple(
            dict(zip(words_slots, values, strict=True))
            for values in product(range(words), repeat=len(words_slots))
        )
        for chosen in product(range(-words, 2 * words + 1), repeat=len(numbers)):
            values: dict[str, Any] = {name: name for name in words_slots}
            values |= zip(numbers, chosen, strict=True)
            if _conditions_hold(rule, values, words):
                yield _Instance(words, values, states)


def _some_values(rule: Rule, free: list[Slot], random: Random) -> Iterator[_Instance]:
    words_slots = [s.name for s in free if s.sort == "Word"]
    numbers = [s.name for s in free if s.sort == "Number"]
    for words in _LARGE:
        for _ in range(_SAMPLES):
            values: dict[str, Any] = {name: name for name in words_slots}
            values |= {name: random.randint(-words, 2 * words) for name in numbers}
            states = tuple(
                {name: random.randrange(words) for name in words_slots} for _ in range(2 * _SAMPLES)
            )
            if _conditions_hold(rule, values, words):
                yield _Instance(words, values, states)


# ------------------------------------------------------------ conditions


def _conditions_hold(rule: Rule, values: dict[str, Any], words: int) -> bool:
    """Whether all conditions hold; adds the values of slots that conditions define."""
    return hold(rule, values, words, _depends, lambda p: _instance(p, values))


def _depends(term: Arg) -> set[str]:
    """What the value of a word or function may depend on: the variables in it, and MEMORY."""
    if isinstance(term, str):
        return {term}
    if not isinstance(term, Term):
        return set()
    found = set().union(*map(_depends, term.args))
    return found | {MEMORY} if term.op in ("load", "fetch") else found


def _instance(pattern: Pattern | None, values: Mapping[str, Any]) -> Arg:
    """The term that a side of the rule becomes."""

    def evaluated(part: Pattern) -> Any:
        if isinstance(part, Slot):
            return values[part.name]
        if not isinstance(part, Term):
            return part
        args = tuple(map(evaluated, part.args))
        return CALLS[part.op](*args) if part.op in CALLS else Term(part.op, args)

    def numbers(part: Pattern) -> Any:
        """The pattern with its arithmetic on numbers done, slots of other sorts left."""
        if not isinstance(part, Term):
            return part
        if part.op in CALLS:
            return evaluated(part)
        if part.op not in CONSTRUCTS:
            raise CannotTell(f"{show(part)} is known only inside the e-graph")
        return Term(part.op, tuple(map(numbers, part.args)))

    assert pattern is not None
    return substitute(numbers(pattern), values)


# ------------------------------------------------------------ running both sides


def _compare(rule: Rule, instance: _Instance, random: Random) -> tuple[int, Counterexample | None]:
    """(number of decided cases, the first in which the sides differ)"""
    try:
        left = _instance(rule.left, instance.values)
        right = _instance(rule.right, instance.values)
    except KeyError as error:
        raise CannotTell(f"?{error.args[0]} stands on one side only") from None
    sampler = Sampler(random, instance.words)
    decided = 0
    states: Iterable[Mapping[str, int]] = instance.states or (
        sampler.variables() for _ in range(_STATES)
    )
    for variables in states:
        memory = tuple(sampler.memory())
        found = differ(rule.sort, left, right, instance.words, memory, variables)
        decided += found is not None
        if found:
            return decided, Counterexample(left, right, instance.words, memory, variables, *found)
    return decided, None


# ------------------------------------------------------------ smaller counterexamples

_SIMPLE: dict[str, tuple[Arg, ...]] = {
    "Word": (0, 1, "x", Term("load", ("p",))),
    "Stmt": (Term("noop"), Term("halt"), Term("assign", ("x", 1)), Term("store", (0, 1))),
    "Block": (Term("do"), Term("do", (Term("halt"),)), Term("do", (Term("store", (0, 1)),))),
    "Fun1": (Term("id"), Term("succ")),
    "Fun2": (Term("first"), Term("plus")),
}


def _shrink(rule: Rule, instance: _Instance, found: Counterexample) -> Counterexample:
    """A counterexample in which slots are simpler and cells 0, as far as the sides still differ."""
    values = dict(instance.values)
    for slot in slots(rule.left) if instance.states is None else ():
        for simple in (*_SIMPLE.get(slot.sort, ()), *_parts(values[slot.name], slot.sort)):
            smaller = values | {slot.name: simple}
            if _size(simple) >= _size(values[slot.name]):
                continue
            if not _conditions_hold(rule, smaller, found.words):
                continue
            shorter = _again(rule, smaller, found, found.memory, found.variables)
            if shorter is not None:
                values, found = smaller, shorter
    for i in range(len(found.memory)):
        memory = (*found.memory[:i], 0, *found.memory[i + 1 :])
        found = _again(rule, values, found, memory, found.variables) or found
    used = {t for side in (found.left, found.right) for t in names(side)}
    for name in list(found.variables):
        fewer = {k: v for k, v in found.variables.items() if k != name}
        if name not in used or not found.variables[name]:
            found = _again(rule, values, found, found.memory, fewer) or found
        else:
            zeroed = dict(found.variables) | {name: 0}
            found = _again(rule, values, found, found.memory, zeroed) or found
    return found


def _again(
    rule: Rule, values: Any, found: Counterexample, memory: tuple[int, ...], variables: Any
) -> Counterexample | None:
    left = _instance(rule.left, values)
    right = _instance(rule.right, values)
    results = differ(rule.sort, left, right, found.words, memory, variables)
    if not results:
        return None
    return Counterexample(left, right, found.words, memory, variables, *results)


def _parts(term: Any, sort: str) -> list[Arg]:
    """Parts of a term that can stand for it: for a block, itself without one statement."""
    if sort == "Block":
        statements = term.args
        return [Term("do", statements[:i] + statements[i + 1 :]) for i in range(len(statements))]
    if isinstance(term, Term) and sort == "Word":
        return [a for a in term.args if not isinstance(a, Term) or a.op in _ARITHMETIC]
    return []


def _size(term: Any) -> int:
    return term.size if isinstance(term, Term) else 1
