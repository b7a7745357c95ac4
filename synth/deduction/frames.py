"""Outputs that are a piece of the first list between other words, or words alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import log2

from bridge.term import Arg, Term
from synth.deduction.features import MARGIN, statements, word_in
from synth.deduction.shown import Shown
from synth.deduction.vectors import bits
from synth.deduction.words import Words

__all__ = ["framed", "numbered"]

MOST_CUT, MOST_ENDING, MOST_WORDS = 8, 3, 10
"""Elements left out in front, and behind; and words written before or behind the piece."""

(STEP,) = statements("(assign p (inc p))")


@dataclass(frozen=True)
class Frame:
    """Which piece, and what stands around it."""

    cut: int
    """Elements left out in front; −1 where no piece is left."""
    ending: int
    """Elements left out behind."""
    front: tuple[tuple[int, ...], ...]
    """The words before the piece, each by examples."""
    back: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        return max(self.cut, 0) + self.ending + 2 * len(self.front) + 2 * len(self.back)


def numbered(words: Words) -> Iterator[tuple[Term, ...]]:
    """A number that is a word of the example."""
    if not words.given.is_number:
        return
    for word in words.fitting([w for (w,) in words.given.wanted]):
        yield (*words.used([word]), Term("store", (0, word)))


def framed(words: Words) -> Iterator[tuple[Term, ...]]:
    """A piece of the list between words, the fewest words first; or words alone."""
    given = words.given
    if given.is_number:
        return
    known_words: dict[tuple[int, ...], Arg | None] = {}

    def word(wanted: tuple[int, ...]) -> Arg | None:
        if wanted not in known_words:
            known_words[wanted] = words.find(wanted)
        return known_words[wanted]

    for frame in sorted(frames(given), key=lambda frame: frame.size):
        stays = _staying(given, frame)
        front = [stays[i] if i in stays else word(own) for i, own in enumerate(frame.front)]
        back = [*map(word, frame.back)]
        known = _elements(given, frame)
        front, back = (
            [known.get(own) if found is None else found for own, found in zip(*pair, strict=True)]
            for pair in ((frame.front, front), (frame.back, back))
        )
        if None not in front and None not in back:
            constant = frame.cut < 0 and all(isinstance(word, int) for word in front)
            if not constant:
                yield tuple(written(words, frame, front, back))
            elif not given.opened:  # else it is no opening's merit
                yield tuple(listed(given, front))
            return


def _staying(given: Shown, frame: Frame) -> dict[int, Arg]:
    """The words before a piece that are there already, by their places: like the piece itself, they
    are no words that were looked for, of which the examples would have to tell."""
    at = given.first
    now = given.memory[:, at : at + len(frame.front)].T.tolist()
    pairs = zip(frame.front, now, strict=False)
    alike = (i for i, (own, there) in enumerate(pairs) if [*own] == there)
    return {i: Term("load", (at + i,)) for i in alike} if frame.cut >= 0 else {}


def _elements(given: Shown, frame: Frame) -> dict[tuple[int, ...], Arg]:
    """The words around a piece that are elements of certain places, if what is wanted tells of them
    all: of each alone it may be too little. None, where lists of one length don't tell places from
    pieces."""
    if frame.cut < 0 or len({*map(len, given.lists)}) < 2:
        return {}
    at, shortest = given.first, min(map(len, given.lists))
    rows = given.memory[:, at : at + shortest].T.tolist()
    places = {tuple(row): i for i, row in reversed([*enumerate(rows)])}
    found = {own: places[own] for own in (*frame.front, *frame.back) if own in places}
    told = sum(map(bits, found)) - given.spent - MARGIN
    if not found or len(found) * log2(1 + shortest) > told:
        return {}
    return {own: Term("load", (at + i,)) for own, i in found.items()}


def frames(given: Shown) -> Iterator[Frame]:
    """All frames that the examples have in common."""
    lists, wanted = given.lists, given.wanted
    if len({*map(len, wanted)}) == 1 and 0 < len(wanted[0]) <= MOST_WORDS:
        yield Frame(-1, 0, tuple(zip(*wanted, strict=True)), ())
    shortest = min(map(len, lists))
    pairs = [*zip(lists, wanted, strict=True)]
    for cut, ending in product(range(MOST_CUT + 1), range(MOST_ENDING + 1)):
        if cut + ending > shortest:
            continue
        pieces = [xs[cut : len(xs) - ending] for xs in lists]
        left = {len(ys) - len(piece) for piece, ys in zip(pieces, wanted, strict=True)}
        if len(left) != 1 or not any(pieces):
            continue
        (around,) = left
        for before in range(min(around, MOST_WORDS) + 1 if around >= 0 else 0):
            ends = [before + len(piece) for piece in pieces]
            alike = all(
                ys[before:end] == piece
                for (_, ys), piece, end in zip(pairs, pieces, ends, strict=True)
            )
            if alike and around - before <= MOST_WORDS:
                front = zip(*(ys[:before] for ys in wanted), strict=True)
                back = zip(*(ys[end:] for ys, end in zip(wanted, ends, strict=True)), strict=True)
                yield Frame(cut, ending, tuple(front), tuple(back))


def written(
    words: Words,
    frame: Frame,
    front: Sequence[Arg | None],
    back: Sequence[Arg | None],
) -> Iterator[Term]:
    """The program: words that are no constants are computed first, then those behind the piece are
    stored, then it is moved, then those before it are stored."""
    given = words.given
    at, before = given.first, len(front)
    old = [tuple(row) for row in given.memory[:, at : at + before].T.tolist()]
    kept = [own == was for own, was in zip(frame.front, old, strict=True)]
    cells = [word for word, same in zip(front, kept, strict=True) if not same]
    computed = list(dict.fromkeys(w for w in (*cells, *back) if isinstance(w, Term | str)))
    yield from words.used(computed)
    names: dict[Arg | None, Arg] = {}
    if frame.cut >= 0 or before > 1:  # else nothing is written before the only word is stored
        names = {word: f"v{i}" for i, word in enumerate(computed) if isinstance(word, Term)}
    for word, name in names.items():
        yield Term("assign", (name, word))  # pyright: ignore[reportArgumentType]
    end = at + max(frame.cut, 0)
    moved_on = before - frame.cut if frame.cut >= 0 else 0
    longer = len(back) - frame.ending
    if frame.cut >= 0 and (back or frame.ending or moved_on > 0):
        yield from statements(given.to_end())
        if frame.ending:
            yield Term("assign", ("p", _before_end(given, frame.ending)))
        for word in back:
            yield from (_store("p", names.get(word, word)), STEP)
        if longer and not given.counted:
            yield _store("p", 0)
    if moved_on > 0:
        lower = (
            _store(_near("p", moved_on), Term("load", ("p",))),
            *statements("(assign p (dec p))"),
        )
        again = _near("p", 1 - end)  # not 0 until p is just before the piece
        yield Term("do-while", (Term("do", lower), again))
    elif moved_on < 0:
        yield from statements(f"(assign p {end}) (assign q {at + before})")
        yield from _moved(given, longer)
    for i, (word, same) in enumerate(zip(front, kept, strict=True)):
        if moved_on > 0 and frame.cut == 0 and not any(kept):  # p is just before
            yield from (STEP, _store("p", names.get(word, word)))
        elif not same:
            yield _store(at + i, names.get(word, word))
    if given.counted and frame.ending and longer and not moved_on:  # p is behind it
        yield from statements(given.closed("p"))
    elif given.counted:
        length = word_in(given.length) if frame.cut >= 0 else before
        size = moved_on + longer
        if size or frame.cut < 0:
            yield _store(at - 1, _near(length, size))
    elif frame.cut < 0:
        yield _store(at + before, 0)


def listed(given: Shown, front: Sequence[Arg | None]) -> Iterator[Term]:
    """The program that stores constants, one behind the other."""
    yield Term("assign", ("p", given.first))
    for i, word in enumerate(front):
        yield from [STEP] if i else []
        yield _store("p", word)
    if given.counted:
        yield _store(given.first - 1, len(front))
    else:
        yield from (STEP, _store("p", 0))


def _moved(given: Shown, longer: int) -> Iterator[Term]:
    """What is at p, up to what stands behind the piece, is moved to q."""
    if not given.counted:
        yield from statements("(copy p q)")
        return
    yield from statements(f"(assign e {given.end})")
    if longer:
        yield Term("assign", ("e", _near("e", longer)))
    yield from statements(
        "(while (sub e p) (do (store q (load p)) (assign p (inc p)) (assign q (inc q))))"
    )


def _before_end(given: Shown, ending: int) -> Arg:
    """So many cells before the end, where p is; the list's start, if it is shorter."""
    left = word_in(given.since("p"))
    return Term("sub", ("p", Term("min", (left, ending))))


def _store(address: Arg, word: Arg | None) -> Term:
    assert word is not None
    return Term("store", (address, word))


def _near(word: Arg, steps: int) -> Arg:
    """So many cells on, or back."""
    if isinstance(word, int):
        return word + steps
    if abs(steps) > 1:
        return Term("add" if steps > 0 else "sub", (word, abs(steps)))
    return Term("inc" if steps > 0 else "dec", (word,)) if steps else word
