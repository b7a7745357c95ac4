"""What each element becomes, where others count: no word or one, several, or a word several times;
or what is added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Final

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import MARGIN, cheapest, fitting
from synth.deduction.kept import UNCLEAR
from synth.deduction.loops import totals
from synth.deduction.moved import Moved
from synth.deduction.vectors import Vectors, bits

__all__ = ["added", "kept_and_mapped", "mapped_among_others", "repeated", "severally"]

TESTS: Final = 100
"""Tests that keep as many elements as are wanted, for which a word is looked for."""
MOST_TIMES: Final = 3
"""Words that an element becomes."""


def mapped_among_others(loop: Moved) -> Iterator[tuple[Term, ...]]:
    """Each element becomes a word of it and of how it stands to the others."""
    given = loop.given
    if given.is_number or tuple(map(len, given.wanted)) != loop.counts:
        return
    target = np.array([*chain.from_iterable(given.wanted)], np.uint8)
    for word in fitting(loop.expressions, partial(_is, target), evidence(given, target)):
        yield loop.program([word], loop.emit(word), shrinks=True)


def severally(loop: Moved) -> Iterator[tuple[Term, ...]]:
    """Each element becomes two words, or three."""
    given = loop.given
    if given.is_number or not any(loop.counts):
        return
    for times in range(2, MOST_TIMES + 1):
        if all(len(ys) == times * n for ys, n in zip(given.wanted, loop.counts, strict=True)):
            rows = ([y for ys in given.wanted for y in ys[k::times]] for k in range(times))
            words = [word for row in rows if (word := _word(loop, row)) is not None]
            if len(words) == times:
                yield loop.program(words, [s for word in words for s in loop.emit(word)])


def _word(loop: Moved, wanted: Sequence[int]) -> Arg | None:
    target = np.array(wanted, np.uint8)
    return cheapest(loop.expressions, partial(_is, target), evidence(loop.given, target))


def _is(target: UInt8[np.ndarray, " n"], values: Vectors) -> Bool[np.ndarray, " some"]:
    return (values == target).all(1)


def kept_and_mapped(loop: Moved) -> Iterator[tuple[Term, ...]]:
    """Where a word is not 0, or where it is 0, the element becomes another word, or several;
    elsewhere it is left out. The test must keep as many as are wanted of each example, which few
    do."""
    given = loop.given
    lengths = np.array([*map(len, given.wanted)])
    counts = np.array(loop.counts)
    if given.is_number:
        return
    for times in range(1, MOST_TIMES + 1):
        number = lengths // times
        if (lengths % times).any() or (number > counts).any() or (number == counts).all():
            continue
        rows = [[y for ys in given.wanted for y in ys[k::times]] for k in range(times)]
        if (found := _kept_and(loop, number, rows)) is not None:
            yield from found
            return


def _kept_and(
    loop: Moved, number: Int64[np.ndarray, " examples"], rows: Sequence[Sequence[int]]
) -> Iterator[tuple[Term, ...]] | None:
    """The programs that keep so many and write for each of them a word that is so in each row."""
    told = bits(number)
    for keeps, test, tried in _tests(loop, number):
        if np.log2(tried) + MARGIN > bits(keeps):
            continue
        words = list[Arg]()
        for row in rows:
            target, spent = np.array(row, np.uint8), float(np.log2(tried))
            word = cheapest(
                loop.expressions,
                lambda values, keeps=keeps, target=target: (values[:, keeps] == target).all(1),
                evidence(loop.given, target) + told - spent,
            )
            if word is None:
                break
            words.append(word)
        else:
            return _keeping(loop, test, words)
    return None


def _keeping(loop: Moved, test: Arg, words: Sequence[Arg]) -> Iterator[tuple[Term, ...]]:
    """The programs that write words where it is not 0, or where it is."""
    emit, nothing = Term("do", tuple(s for word in words for s in loop.emit(word))), Term("do")
    for bodies in ((nothing, emit), (emit, nothing)):
        keep = Term("if-zero", (test, *bodies))
        yield loop.program([*words, test], [keep], shrinks=len(words) == 1)


def _tests(
    loop: Moved, lengths: Int64[np.ndarray, " examples"]
) -> Iterator[tuple[Bool[np.ndarray, " n"], Arg, int]]:
    """Which elements are kept by words that keep as many of each example, the word, and how many
    were tried."""
    left = np.array(loop.counts) - lengths
    seen = set[bytes]()
    for low, values, tried in loop.expressions.parts():
        holds = values != 0
        kept = _by_example(loop, holds)
        for wanted, want in ((lengths, True), (left, False)):
            for i in np.flatnonzero((kept == wanted).all(1)).tolist():
                keeps = holds[i] == want
                if (key := keeps.tobytes()) in seen:
                    continue
                seen.add(key)
                yield keeps, loop.expressions.term(low + i), tried
                if len(seen) >= TESTS:
                    return


def _by_example(loop: Moved, values: np.ndarray) -> Int64[np.ndarray, "some examples"]:
    """Sums over the elements of each example."""
    member = loop.example[:, None] == np.arange(len(loop.counts))
    return (values.astype(np.float32) @ member.astype(np.float32)).astype(np.int64)


def repeated(loop: Moved) -> Iterator[tuple[Term, ...]]:
    """Each element is written as often as a word says."""
    given = loop.given
    if given.is_number or not any(loop.counts):
        return
    times: list[int] = []
    for xs, ys in zip(given.lists, given.wanted, strict=True):
        own = _times(xs, ys)
        if own is None:
            return
        times += own
    counts = np.array(times, np.int64)
    clear = counts != UNCLEAR
    target = counts[clear].astype(np.uint8)
    if not clear.any() or target.max() < 2:
        return
    lengths = np.array([*map(len, given.wanted)])

    def goal(values: Vectors) -> Bool[np.ndarray, " some"]:
        fits = (_by_example(loop, values) == lengths).all(1)
        for i in np.flatnonzero(fits):
            fits[i] = np.repeat(loop.elements, values[i]).tolist() == given.flat
        return fits

    enough, found = evidence(given, target), False
    for expressions in (loop.expressions, loop.every):
        for word in fitting(expressions, goal, enough):
            found = True
            write = Term("times", ("k", Term("do", loop.emit("x"))))
            yield loop.program([word, "x"], [Term("assign", ("k", word)), write])
        if found:
            return


def _times(xs: Sequence[int], ys: Sequence[int]) -> list[int] | None:
    """How often each element is written, as far as it shows: it isn't clear where equal ones stand
    side by side. None where that is not what is wanted."""
    times, at = list[int](), 0
    for i, x in enumerate(xs):
        begin = at
        while at < len(ys) and ys[at] == x:
            at += 1
        beside = (*xs[max(i - 1, 0) : i], *xs[i + 1 : i + 2])
        times.append(UNCLEAR if x in beside else at - begin)
    return times if at == len(ys) else None


def added(loop: Moved) -> Iterator[tuple[Term, ...]]:
    """A number is the sum, or the greatest, or the least one of the values of a word that says how
    an element stands to the others."""
    given = loop.given
    if any(len(words) != 1 for words in given.wanted) or not any(loop.counts):
        return
    for op, first, word in totals(given, loop.counts, loop.expressions):
        yield loop.total([word], first, Term("assign", ("z", Term(op, ("z", word)))))
