"""Calls as programs: loops one behind the other, each for as many calls as one loop does for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Final

from bridge.term import Term
from synth.deduction.calls.call import Call
from synth.deduction.calls.fused import folded, sorted_in_place, written
from synth.deduction.calls.memory import Memory
from synth.deduction.calls.ordered import ordered
from synth.deduction.calls.placed import placed, single
from synth.deduction.calls.stream import NotStreamedError, number_word
from synth.deduction.features import statements
from synth.deduction.shown import Shown

__all__ = ["programs"]

MOST: Final = 8
"""Programs of one composition."""
ALIGNED: Final = ("zip", "keep", "order")
"""Calls on two lists, of which one may be made of a copy of the other."""
SIMPLE: Final = ("number", "constant", "variable", "list")


def programs(given: Shown, goal: Call) -> Iterator[tuple[Term, ...]]:
    """Programs that do what the calls do, those of fewer loops first."""
    for marked in (False,) if given.counted else (False, True):
        memory = Memory(given, marked)
        begin = memory.found(_lists(goal))
        for text in islice(_solved(memory, goal, 0), MOST):
            yield statements(f"{begin} {text}")


def _solved(memory: Memory, goal: Call, number: int) -> Iterator[str]:
    """Lists that are used more than once are made first, and numbers that lists say."""
    for part in _parts(goal):
        if _times(goal, part) > 1 and not any(map(_loops, part.walk())) and _keeps(goal, part, 0):
            rest = goal.with_(part, Call("list"))
            for before in _made(memory, part, 0):
                for then in _solved(memory, rest, number):
                    yield f"{before} {then}"
    inner = next((part for part in goal.walk() if _loops(part) and part != goal), None)
    if inner is None:
        yield from _ended(memory, goal)
        return
    name = f"n{number}"
    rest = goal.with_(inner, Call("variable", variable=name))
    for text, gone in _computed(memory, inner, name):
        if not gone & _lists(rest):
            for then in _solved(memory, rest, number + 1):
                yield f"{text} {then}"


def _times(call: Call, part: Call) -> int:
    """How often it is used."""
    return 1 if call == part else sum(_times(arg, part) for arg in call.args)


def _loops(call: Call) -> bool:
    """Whether it is a number that a list says."""
    return not call.is_list and any(arg.is_list for arg in call.args)


def _ended(memory: Memory, goal: Call) -> Iterator[str]:
    if goal.is_list:
        yield from _made(memory, goal, 0)
        return
    for text, _ in _computed(memory, goal, "z"):
        yield f"{text} (store 0 z)"


def _computed(memory: Memory, call: Call, name: str) -> Iterator[tuple[str, frozenset[int]]]:
    """Statements that make the variable that number, and which lists are no more what they were."""
    try:
        yield folded(memory, call, name), frozenset()
    except NotStreamedError:
        for part in _parts(call):
            for place in sorted(_lists(part)):
                now = call.with_(part, Call("list", place=place))
                if _lists(part) != {place} and place:
                    continue
                if _keeps(call, part, place):
                    for before in _made(memory, part, place):
                        for after, gone in _computed(memory, now, name):
                            yield f"{before} {after}", gone | _spent(part, place)


def _made(memory: Memory, goal: Call, place: int) -> Iterator[str]:
    """Statements that write the list where that of the place is."""
    if goal.name == "single":
        yield single(memory, number_word(goal.args[0]))
        return
    if goal.name == "sort":
        for before in _made(memory, goal.args[0], place):
            yield f"{before} {sorted_in_place(memory, place, down=False)}"
        if goal.args[0].name == "map":  # the same where that grows with its element
            yield from _made(memory, _inward(goal), place)
        return
    if goal.name == "reverse" and goal.args[0].name == "sort":
        for before in _made(memory, goal.args[0].args[0], place):
            yield f"{before} {sorted_in_place(memory, place, down=True)}"
        return
    if goal.name == "order":
        yield from _ordered(memory, goal, place)
    if place == 0 and goal.args:
        with suppress(NotStreamedError):
            then = placed(memory, goal)
            for before in _made(memory, goal.args[0], place):
                yield f"{before} {then}"
            return
    with suppress(NotStreamedError):
        yield written(memory, goal, place)
    for part in _parts(goal):
        for other in sorted({place, *_lists(part)}):
            if other != place and _lists(part) != {other}:
                continue  # it may be too long for that place
            if _keeps(goal, part, other):
                now = goal.with_(part, Call("list", place=other))
                for before in _made(memory, part, other):
                    for after in _made(memory, now, place):
                        yield f"{before} {after}"
    if goal.name in ALIGNED and place == 0 and memory.spare is not None:
        one, other = goal.args
        if _lists(one) == _lists(other) == {0}:
            copy = Call("list", place=memory.spare)
            now = replace(goal, args=(one, other.with_(Call("list"), copy)))
            for then in _made(memory, now, place):
                yield f"{memory.copied()} {then}"


def _ordered(memory: Memory, goal: Call, place: int) -> Iterator[str]:
    """What keys bring into their order, which lie in a list of their own."""
    (one, keys), f = goal.args, goal.function
    if f is None or _lists(one) != {place}:
        return
    own = keys.with_(one, Call("list", place=place))
    if _lists(own) == {place}:
        with suppress(NotStreamedError):
            then = ordered(memory, f, place, own)
            for before in _made(memory, one, place):
                yield f"{before} {then}"
    for other in _lists(keys) - {place} if len(_lists(keys)) == 1 else ():
        then = ordered(memory, f, place, Call("list", place=other))
        for before in _made(memory, one, place):
            for after in _made(memory, keys, other):
                yield f"{before} {after} {then}"


def _inward(call: Call) -> Call:
    """A map of what is sorted, for what is sorted of a map."""
    inner = call.args[0]
    if inner.name != "map":
        return call
    first = _inward(Call(call.name, inner.args[:1]))
    return Call(inner.name, (first, *inner.args[1:]), inner.function)


def _parts(call: Call) -> list[Call]:
    """Lists that are made on the way, the largest first."""
    made = [p for p in call.walk() if p.is_list and p.name not in SIMPLE and p != call]
    return made[::-1]


def _lists(call: Call) -> frozenset[int]:
    return frozenset(part.place for part in call.parts if part.name == "list")


def _keeps(call: Call, part: Call, place: int) -> bool:
    """Whether no list is needed besides that is no more what it was when that part is there."""
    return not _spent(part, place) & _lists(call.with_(part, Call("constant")))


def _spent(part: Call, place: int) -> frozenset[int]:
    """Lists that are no more what they were when that part is at that place."""
    return _lists(part) if any(p.name == "order" for p in part.parts) else frozenset({place})
