"""Near misses in, skeletons out: of each near miss the programs that equal it, padded or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bridge import Program
from bridge.term import Term
from synth.egraph.caps import SaturationReport
from synth.egraph.choose import diverse, look
from synth.egraph.equivalents import Equivalents, saturating, without_noops
from synth.egraph.worker import Worker
from synth.language import LANGUAGE, Language, expand
from synth.rulesets import DEFAULT, Rules

__all__ = ["Skeleton", "skeletons"]

_STALE = 1_000
"""After so many variants in a row whose programs were there already, no more are looked for."""


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
    rulesets: Sequence[Rules] = (),
    padding: int = 2,
    nodes: int = 3_000,
    seconds: float = 10.0,
    memory: float = 2.0,
    worker: Worker | None = None,
    language: Language = LANGUAGE,
    report: Callable[[SaturationReport], None] = lambda report: None,
) -> Iterator[Skeleton | None]:
    """The skeletons of near misses that come best first, as different programs; None now and then,
    while a worker saturates.

    Of misses that prove equal, the first counts. The order is diagonal: variant 0 of miss 0; then 1
    of 0 and 0 of 1; and so on. Variants come by their cost, those that differ in what matters
    first (see `synth.egraph.choose`).

    `lower` gives a term's program, or None if it does not fit the machine; `nodes`, `seconds` and
    `memory` (GiB) cap each miss's e-graph, and `report` is told how far its saturation went. After
    one in which work was lost, the next go without the `rulesets`, which are to blame.
    """
    options: dict[str, Any] = {
        "rulesets": (*DEFAULT, *rulesets),
        "core": True,
        "nodes": nodes,
        "seconds": seconds,
        "memory": memory,
        "worker": worker,
        "language": language,
    }
    together = yield from saturating(misses, words, **options)
    if together and together[0].report.lost:
        report(together[0].report)
    firsts = {each.root: miss for each, miss in reversed([*zip(together, misses, strict=True)])}
    waiting = [miss for miss in misses if miss in firsts.values()]
    seen: set[Program] = set()

    def variants(miss: Term, equals: Equivalents) -> Iterator[Skeleton]:
        stale = 0
        itself = expand(without_noops(miss), language)
        assert isinstance(itself, Term)
        for term in chain([itself], equals.terms(padding)):
            program = lower(term)
            if program is None or program in seen:
                stale += 1
                if stale == _STALE:
                    return
                continue
            stale = 0
            seen.add(program)
            yield Skeleton(program, term, miss)

    sources: list[Iterator[Skeleton]] = []
    while waiting or sources:
        if waiting:
            miss = waiting.pop(0)
            (equals,) = yield from saturating([miss], words, **options)
            report(equals.report)
            if equals.report.lost:
                options["rulesets"] = DEFAULT
            sources.append(diverse(variants(miss, equals), lambda s: look(s.program)))
        for source in list(sources):
            found = next(source, None)
            if found is None:
                sources.remove(source)
            else:
                yield found
