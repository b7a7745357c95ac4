"""Near misses in, skeletons out: of each near miss the programs that equal it, padded or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from egglog import Ruleset

from bridge import Program
from bridge.term import Term
from synth.egraph import SaturationReport
from synth.enumerate import saturate, saturate_all
from synth.rulesets import DEFAULT

__all__ = ["Skeleton", "skeletons"]


@dataclass(frozen=True)
class Skeleton:
    """What tuning starts from: a program, the term that it was lowered from, and the near miss
    that this term equals, if any."""

    program: Program
    term: Term | None = None
    near_miss: Term | None = None


def skeletons(
    misses: Sequence[Term],
    words: int,
    lower: Callable[[Term], Program | None],
    *,
    rulesets: Sequence[Ruleset] = (),
    padding: int = 2,
    nodes: int = 3_000,
    report: Callable[[SaturationReport], None] = lambda report: None,
) -> Iterator[Skeleton]:
    """The skeletons of near misses that come best first, as different programs.

    Of misses that prove equal, the first counts. The order is diagonal: variant 0 of miss 0; then 1
    of 0 and 0 of 1; and so on, variants by their cost. `lower` gives a term's program, or None if
    it does not fit the machine; `nodes` caps each miss's e-graph, and `report` is told how far its
    saturation went.
    """
    options = {"rulesets": (*DEFAULT, *rulesets), "core": True, "nodes": nodes}
    together = saturate_all(misses, words, **options)
    firsts = {each.root: miss for each, miss in reversed([*zip(together, misses, strict=True)])}
    waiting = [miss for miss in misses if miss in firsts.values()]
    sources: list[tuple[Term, Iterator[Term]]] = []
    seen: set[Program] = set()
    while waiting or sources:
        if waiting:
            miss = waiting.pop(0)
            equals = saturate(miss, words, **options)
            report(equals.report)
            sources.append((miss, equals.terms(padding)))
        for miss, source in list(sources):
            found = _next_new(source, lower, seen)
            if found is None:
                sources.remove((miss, source))
            else:
                yield Skeleton(*found, near_miss=miss)


def _next_new(
    source: Iterator[Term], lower: Callable[[Term], Program | None], seen: set[Program]
) -> tuple[Program, Term] | None:
    """The next variant whose program was not seen; None if there is none among the next 1,000."""
    for term, _ in zip(source, range(1_000), strict=False):
        program = lower(term)
        if program is not None and program not in seen:
            seen.add(program)
            return program, term
    return None
