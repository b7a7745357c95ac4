"""Terms that solved something -> costs: what occurs often is cheap.

A unigram model: p(c) is the share of the construct c among the uses of its sort in these terms,
with Laplace's one use more for each; for a constant n > 1 it is G^(1−n), as that has the size n. G
is the factor by which the number of terms grows with their size. So c costs

    −ln p(c) / ln G + k,

k of each sort such that the mean over all uses is as it was: what occurs often becomes cheaper,
what never does dearer, and terms like those given stay where they were. Rounded to quarters.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import log
from typing import Final

from bridge.term import Arg, Term
from synth.costs.costs import SMALL, VARIABLE, Costs, size_of_own
from synth.costs.files import LEAST, UNIT, known_names
from synth.language import FULL

__all__ = ["GROWTH", "costs_from", "count_uses", "fit"]

GROWTH: Final = 3.6
"""By how much the number of terms grows with the size, as measured."""
_SEEN: Final = ("store", "swap")
"""What enumeration sees to be the last statement, without trying it: it cost nothing."""


def fit(terms: Iterable[Term]) -> Costs:
    """The costs that terms suggest, of all shipped constructs that are enumerated."""
    return costs_from(count_uses(terms))


def count_uses(terms: Iterable[Term]) -> Counter[str]:
    """How often each name of `known_names` occurs, where the search had to pay for it."""
    known = known_names()
    names = (name for term in terms for name in _paid(term))
    return Counter(name for name in names if name in known)


def costs_from(uses: Mapping[str, float]) -> Costs:
    """The costs that uses suggest, by name; they may be shares of uses."""
    names_by_sort: defaultdict[str, list[str]] = defaultdict(list)
    for name, sort in known_names().items():
        names_by_sort[sort].append(name)
    own: dict[str, int] = {}
    for sort, names in names_by_sort.items():
        used = {name: uses.get(name, 0) for name in names}
        total = sum(used.values())
        if not total:
            continue
        size = {name: size_of_own(name, sort) for name in names}
        least = min(size.values())
        more = {name: GROWTH ** (least - size[name]) for name in names}
        every = total + sum(more.values())
        rarity = {n: -log((used[n] + more[n]) / every) / log(GROWTH) for n in names}
        shift = sum(used[n] * (size[n] - rarity[n]) for n in names) / total
        for name in names:
            own[name] = max(LEAST.get(sort, 1), round(UNIT * (rarity[name] + shift)))
    return Costs(UNIT, own)


def _paid(term: Term) -> Iterator[str]:
    """The names that occur in a program, but for what is seen without being tried."""
    statements = term.args
    if statements and isinstance(last := statements[-1], Term) and last.op in _SEEN:
        statements = statements[:-1]
    for statement in statements:
        yield from _names(statement, "Stmt")


def _names(term: Arg, sort: str) -> Iterator[str]:
    if isinstance(term, int):
        if term <= SMALL:
            yield str(term)
    elif isinstance(term, str):
        if sort == "Word":
            yield VARIABLE
    else:
        yield term.op
        sorts = ["Stmt"] * len(term.args) if term.op == "do" else FULL[term.op].written
        for arg, own in zip(term.args, sorts, strict=True):
            yield from _names(arg, own)
