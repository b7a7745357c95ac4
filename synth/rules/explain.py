"""The chain of rewrites that leads from one term to another, each step checked on its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from bridge.errors import SkeletuneError, TermError
from bridge.term import Arg, Term
from synth.egraph.equivalents import DEEPEST, depth_of
from synth.language import LANGUAGE, Language
from synth.language.check import check_term, sort_of
from synth.language.patterns import substitute
from synth.rules.differ import differ, random_state
from synth.rules.replay import replay
from synth.rules.rule import Rule
from synth.rulesets import DEFAULT, Rules

__all__ = ["Step", "explain"]

_STATES = 20


@dataclass(frozen=True)
class Step:
    """A term, and the rule by which it came from the one before; `forward` is False if the rule was
    read from right to left."""

    term: Arg
    rule: Rule
    forward: bool


def explain(
    source: Term,
    target: Term,
    words: int,
    *,
    rulesets: Iterable[Rules] = DEFAULT,
    nodes: int = 12_000,
    seconds: float = 20.0,
    language: Language = LANGUAGE,
) -> list[Step] | None:
    """The steps from one term to the other, or None if none were found within the caps.

    Blocks are compared as whole programs, with a `halt` at their end. Each step has been run on
    both sides, on random memories. Raises SkeletuneError if one does not keep the meaning (its rule
    is unsound), TermError if a term is not well sorted, or longer than 200 statements.
    """
    sort = sort_of(source, language)
    check_term(source, sort, language)
    check_term(target, sort, language)
    one, other = (_closed(t) for t in (source, target))
    if max(depth_of(one), depth_of(other)) > DEEPEST:
        raise TermError(f"a program of more than {DEEPEST} statements is not explained")
    steps = replay(one, other, words, rulesets, nodes=nodes, seconds=seconds, language=language)
    if steps is None:
        return None
    found: list[Step] = []
    last: Arg = one
    for step in steps:
        term = substitute(step.whole, {})
        if term == last:  # only a block was put together
            continue
        _check(last, term, step.rule, sort, words, language)
        found.append(Step(term, step.rule, step.forward))
        last = term
    return found


def _closed(term: Term) -> Term:
    return Term("do", (*term.args, Term("halt"))) if term.op == "do" else term


def _check(before: Arg, after: Arg, rule: Rule, sort: str, words: int, language: Language) -> None:
    if any(isinstance(t, Term) and t.has_hole for t in (before, after)):
        return
    random = Random(f"{before} {after}")
    for _ in range(_STATES):
        memory, variables = random_state(random, words, before, after)
        if differ(sort, before, after, words, memory, variables, language):
            raise SkeletuneError(f"{rule.name} is not sound: it turned {before} into {after}")
