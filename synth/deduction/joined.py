"""Outputs that are one list behind another, each what a pass over the first list writes: elements
that a test keeps, each second one, the list from its end on, sorted, or words of its elements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, compress, islice, product
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, UInt8

from bridge.term import Term
from synth.deduction.features import MARGIN, SMALL, cheapest, constants, leaves
from synth.deduction.moved import Moved
from synth.deduction.pairs import ElementTests
from synth.deduction.passes import PLACE, UP, Lists, Order, Pass, Sorting, program
from synth.deduction.vectors import Leaf, Vectors, bits
from synth.deduction.words import Words

__all__ = ["joined"]

MOST: Final = 4
"""Programs that are offered; and passes for which a word alone, or a word of all elements, is
sought."""
MOST_WORDS: Final = 2
"""Words alone, before a pass or behind it."""
NODE: Final = 3.0
"""Bits for each part of a word."""

DOWN: Final = Order(down=True)
FORMS: Final[Sequence[tuple[Order, Sorting]]] = (
    (UP, ""), (DOWN, ""), (UP, "up"), (UP, "down"),
)  # fmt: skip
SECOND: Final[Sequence[tuple[Order, Sorting]]] = tuple(
    (Order(down, True, odd), "") for down, odd in product((False, True), repeat=2)
)
"""Forms of passes that keep each element, besides."""


class _Found(NamedTuple):
    cost: float
    """In bits."""
    passes: Sequence[Pass]


class _Known(NamedTuple):
    """Passes that what is wanted begins with, and that it ends with."""

    firsts: list[Pass]
    lasts: list[Pass]


def joined(words: Words, loop: Moved) -> Iterator[tuple[Term, ...]]:
    """Two passes, or one, or one and words, the likeliest first, while less bits choose them than
    the outputs tell."""
    given = words.given
    if given.is_number or not any(given.lists) or not any(given.wanted):
        return
    enough = bits(given.flat) - given.spent - MARGIN
    known = _known(loop)
    found = [
        *_of_two(known, given.wanted),
        *_with_words(known, words),
        *_around_words(known, words),
        *_with_mapped(known, loop, enough),
    ]
    found.sort(key=itemgetter(0))
    for each in found[:MOST]:
        if each.cost <= enough:
            yield program(loop, each.passes)


# ------------------------------------------------------------ which passes there are


def _known(loop: Moved) -> _Known:
    given, seen = loop.given, set[Lists]()
    known = _Known([], [])
    tests = _tests(loop)
    for rank, i, (order, sorting) in _likely(loop, tests):
        kept = None if i is None else _by_example(tests.holds[i].tolist(), loop.counts)
        lists, begins, ends = _made(given.lists, given.wanted, kept, order, sorting)
        if not any(lists) or lists in seen or not (begins or ends):
            continue
        seen.add(lists)
        test, opposite = (None, False) if i is None else (tests.words[i], bool(tests.opposite[i]))
        own = Pass(lists, rank, "x", test, opposite, order, sorting)
        known.firsts.extend([own] * begins)
        known.lasts.extend([own] * ends)
    return known


def _likely(
    loop: Moved, tests: ElementTests
) -> Iterator[tuple[int, int | None, tuple[Order, Sorting]]]:
    """Passes by the ranks, the tests (None: all is kept) and the forms; without those that too few
    elements tell from others, or whose first and last element exclude them."""
    rank = 0
    for rank, form in enumerate((*FORMS, *_second(loop)), 1):
        yield rank, None, form
    ranks = rank + 1 + np.arange(len(tests.words) * len(FORMS)).reshape(-1, len(FORMS))
    told = np.log2(ranks + 1.0) + MARGIN <= tests.bits[:, None]
    may = told & _may(loop, tests.holds)
    for i, form in np.argwhere(may).tolist():
        yield int(ranks[i, form]), i, FORMS[form]
    loop.tally.tried += rank + ranks.size


def _may(loop: Moved, holds: Bool[np.ndarray, "tests n"]) -> Bool[np.ndarray, "tests forms"]:
    """Whether what is wanted may begin with what a test keeps, or end with it, in any of the forms,
    as far as the first and the last element tell."""
    begins = ends = np.ones((len(FORMS), len(holds)), np.bool_)
    ready = np.cumsum(loop.counts)[:-1]
    parts = (np.split(values, ready, -1) for values in (loop.elements, holds))
    for xs, kept, ys in zip(*parts, loop.given.wanted, strict=True):
        if not len(xs):
            continue
        first, last = xs[kept.argmax(1)], xs[len(xs) - 1 - kept[:, ::-1].argmax(1)]
        least, most = np.where(kept, xs, 255).min(1), np.where(kept, xs, 0).max(1)
        number = kept.sum(1)
        none, room = number == 0, number <= len(ys)
        heads, tails = np.array([first, last, least, most]), np.array([last, first, most, least])
        begins = begins & (none | room & (heads == (ys or (0,))[0]))
        ends = ends & (none | room & (tails == (ys or (0,))[-1]))
    return (begins | ends).T


def _cost(rank: int) -> float:
    """Bits that choose what comes at that place."""
    return float(np.log2(rank + 1))


def _second(loop: Moved) -> Sequence[tuple[Order, Sorting]]:
    return SECOND if {"less", "mod"} <= set(loop.given.language) else ()


def _tests(loop: Moved) -> ElementTests:
    """Tests of an element, or of its place."""
    given = loop.given
    if not {"eq", "less"} <= set(given.language):
        return ElementTests.none(len(loop.elements))
    few = dict.fromkeys(range(SMALL + 1), 1)
    others = leaves(given, loop.known, few if given.opened else constants(given), loop.example)
    places = np.array([i % given.words for n in loop.counts for i in range(n)], np.uint8)
    return ElementTests.of([Leaf("x", 1, loop.elements), Leaf(PLACE, 1, places)], others)


def _by_example(holds: Sequence[bool], counts: Iterable[int]) -> Sequence[Sequence[bool]]:
    rest = iter(holds)
    return [[*islice(rest, n)] for n in counts]


def _made(
    lists: Lists,
    wanted: Lists,
    kept: Sequence[Sequence[bool]] | None,
    order: Order,
    sorting: Sorting,
) -> tuple[Lists, bool, bool]:
    """What a pass writes, and whether what is wanted begins with it, and ends with it; as far as
    neither is excluded."""
    made = list[tuple[int, ...]]()
    begins = ends = True
    for i, (xs, ys) in enumerate(zip(lists, wanted, strict=True)):
        own = order.of(xs if kept is None else tuple(compress(xs, kept[i])))
        if sorting:
            own = tuple(sorted(own, reverse=sorting == "down"))
        begins = begins and ys[: len(own)] == own
        ends = ends and ys[max(len(ys) - len(own), 0) :] == own
        if not (begins or ends):
            break
        made.append(own)
    return tuple(made), begins, ends


# ------------------------------------------------------------ what they are joined with


def _left(own: Lists, wanted: Lists) -> tuple[int, ...]:
    """How many elements are wanted besides."""
    return tuple(len(ys) - len(made) for ys, made in zip(wanted, own, strict=True))


def _by_lengths(passes: Iterable[Pass]) -> dict[tuple[int, ...], Pass]:
    """The likeliest for how much is written of each example."""
    found = dict[tuple[int, ...], Pass]()
    for own in passes:
        found.setdefault(tuple(map(len, own.lists)), own)
    return found


def _of_two(known: _Known, wanted: Lists) -> Iterator[_Found]:
    lasts = _by_lengths(known.lasts)
    for first in known.firsts:
        left = _left(first.lists, wanted)
        if not any(left):
            yield _Found(_cost(first.rank), [first])
        elif (last := lasts.get(left)) is not None:
            yield _Found(_cost(first.rank) + _cost(last.rank), [first, last])


def _with_words(known: _Known, words: Words) -> Iterator[_Found]:
    """A pass with a word before it, or behind it, or with two."""
    wanted = words.given.wanted
    for passes, is_last in ((known.firsts, False), (known.lasts, True)):
        for own in [each for each in passes if not each.is_whole or each.sorting][:MOST]:
            number, *others = {*_left(own.lists, wanted)}
            if others or not 0 < number <= MOST_WORDS:
                continue
            more = [ys[:number] if is_last else ys[-number:] for ys in wanted]
            found = [words.find(column) for column in zip(*more, strict=True)]
            alone = [Pass((), 0, word, order=None) for word in found if word is not None]
            if len(alone) == number:
                cost = _cost(own.rank) + sum(map(_size, alone))
                yield _Found(cost, [*alone, own] if is_last else [own, *alone])


def _around_words(known: _Known, words: Words) -> Iterator[_Found]:
    """Two passes with a word between them, or two."""
    wanted = words.given.wanted
    for first, last in islice(_pairs_apart(known, wanted), MOST):
        ends = [*map(len, first.lists)]
        between = [
            ys[n : len(ys) - len(own)] for ys, n, own in zip(wanted, ends, last.lists, strict=True)
        ]
        found = [words.find(column) for column in zip(*between, strict=True)]
        alone = [Pass((), 0, word, order=None) for word in found if word is not None]
        if len(alone) == len(found):
            cost = _cost(first.rank) + _cost(last.rank) + sum(map(_size, alone))
            yield _Found(cost, [first, *alone, last])


def _pairs_apart(known: _Known, wanted: Lists) -> Iterator[tuple[Pass, Pass]]:
    """Passes that leave as many words between them of each example."""
    lasts = _by_lengths(known.lasts)
    for first, number in product(known.firsts, range(1, MOST_WORDS + 1)):
        left = tuple(n - number for n in _left(first.lists, wanted))
        if (last := lasts.get(left)) is not None:
            yield first, last


def _with_mapped(known: _Known, loop: Moved, enough: float) -> Iterator[_Found]:
    """A pass, and before it or behind it a word of each element."""
    wanted = loop.given.wanted
    for passes, is_last in ((known.firsts, False), (known.lasts, True)):
        fit = (own for own in passes if _left(own.lists, wanted) == loop.counts)
        for own in islice(fit, MOST):
            pairs = zip(wanted, loop.counts, strict=True)
            rest = [ys[:n] if is_last else ys[len(ys) - n :] for ys, n in pairs]
            target = np.array([*chain.from_iterable(rest)], np.uint8)
            told = min(bits(target), enough - _cost(own.rank))
            word = cheapest(loop.expressions, partial(_is, target), told)
            if word is not None:
                mapped = Pass(tuple(rest), 0, word)
                cost = _cost(own.rank) + _size(mapped)
                yield _Found(cost, [mapped, own] if is_last else [own, mapped])


def _size(own: Pass) -> float:
    return NODE * (own.word.size if isinstance(own.word, Term) else 1)


def _is(target: UInt8[np.ndarray, " n"], values: Vectors) -> Bool[np.ndarray, " some"]:
    return (values == target).all(1)
