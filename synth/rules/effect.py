"""What a ruleset adds: saturation of a program with it and without it, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bridge.term import Term
from synth.egraph.derivations import Terms
from synth.egraph.equivalents import Equivalents, saturate
from synth.egraph.graph import read_rules
from synth.egraph.worker import Worker
from synth.language import LANGUAGE, Language
from synth.rulesets import DEFAULT, Rules, rulesets_for

__all__ = ["Effect", "measure"]

_LEVELS = 10  # costs of which terms are counted
_LOOK_AT = 20_000  # terms among which new ones are looked for


@dataclass(frozen=True)
class Effect:
    """Saturation without and with the rulesets, and what only the second one finds.

    - `counts`: (cost, distinct terms without, distinct terms with), from the cheapest up.
    - `fired`: how often each rule of the rulesets matched, by name.
    - `new`: the first programs that are equals only with the rulesets, cheapest first.
    """

    without: Equivalents
    with_: Equivalents
    counts: tuple[tuple[int, int, int], ...]
    fired: dict[str, int]
    new: tuple[Term, ...]


def measure(
    program: Term,
    words: int,
    rulesets: Sequence[Rules],
    *,
    first: int = 10,
    nodes: int = 50_000,
    seconds: float = 10.0,
    memory: float = 2.0,
    language: Language = LANGUAGE,
) -> Effect:
    """Saturates the program under the default rulesets, without and with those in question, in a
    process of its own: the caps hold (see `synth.egraph.caps`)."""
    others = [r for r in DEFAULT if all(r is not mine for mine in rulesets)]
    with Worker() as worker:
        options: dict[str, Any] = {
            "nodes": nodes,
            "seconds": seconds,
            "memory": memory,
            "worker": worker,
            "language": language,
        }
        without = saturate(program, words, rulesets=others, **options)
        with_ = saturate(program, words, rulesets=(*others, *rulesets), **options)
    one, other = Terms(without.automaton), Terms(with_.automaton)
    start = int(min(one.cheapest[without.root], other.cheapest[with_.root]))
    counts = tuple(
        (cost, _count(one, without.root, cost), _count(other, with_.root, cost))
        for cost in range(start, start + _LEVELS)
    )
    mine = rulesets_for(language, rulesets)
    names = [rule.name for each in mine for rule in read_rules(each, language)]
    fired = {name: with_.report.matches.get(name, 0) for name in names}
    candidates = islice(with_.terms(), _LOOK_AT)
    new = tuple(islice((t for t in candidates if not without.holds(t)), first))
    return Effect(without, with_, counts, fired, new)


def _count(terms: Terms, root: int, cost: int) -> int:
    slack = cost - int(terms.cheapest[root])
    return terms.count(root, slack) if slack >= 0 else 0
