"""What derived constructs mean by themselves, without their definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bridge.term import Arg, Term
from synth.language.semantics import TermState

__all__ = ["DERIVED", "Independent"]


def _elements(s: TermState, p: str) -> Iterator[int]:
    """Goes over the list at p, yielding the address of each element; moves p after each."""
    while s.at(p) != 0:
        s.spend()
        yield s.get(p)
        s.set(p, s.get(p) + 1)


def _walk(s: TermState, p: str, body: Arg) -> None:
    for _ in _elements(s, p):
        s.execute(body)


def _map(s: TermState, p: str, f: Arg) -> None:
    for address in _elements(s, p):
        s.put(address, s.fun1(f, s.memory[address]))


def _fold(s: TermState, p: str, a: str, g: Arg) -> None:
    for address in _elements(s, p):
        s.set(a, s.fun2(g, s.get(a), s.memory[address]))


def _scan(s: TermState, p: str, a: str, g: Arg) -> None:
    for address in _elements(s, p):
        s.set(a, s.fun2(g, s.get(a), s.memory[address]))
        s.put(s.get(p), s.get(a))  # not `address`: the accumulator may be p itself


def _zip(s: TermState, p: str, q: str, g: Arg) -> None:
    for address in _elements(s, p):
        s.put(address, s.fun2(g, s.memory[address], s.at(q)))
        if p == q:
            s.set(p, address + 2)
            s.set(p, s.get(p) - 1)  # one of the two steps is taken by _elements
        else:
            s.set(q, s.get(q) + 1)


def _map_to(s: TermState, p: str, q: str, f: Arg) -> None:
    for address in _elements(s, p):
        s.put(s.get(q), s.fun1(f, s.memory[address]))
        s.set(q, s.get(q) + 1)


def _map_down(s: TermState, p: str, q: str, f: Arg) -> None:
    for _ in _elements(s, p):
        s.set(q, s.get(q) - 1)
        s.put(s.get(q), s.fun1(f, s.at(p)))  # not the element's address: q may be p itself


def _filter(s: TermState, p: str, q: str, f: Arg) -> None:
    for address in _elements(s, p):
        if s.fun1(f, s.memory[address]) != 0:
            s.put(s.get(q), s.memory[address])
            s.set(q, s.get(q) + 1)


def _filter_down(s: TermState, p: str, q: str, f: Arg) -> None:
    for address in _elements(s, p):
        if s.fun1(f, s.memory[address]) != 0:
            s.set(q, s.get(q) - 1)
            s.put(s.get(q), s.at(p))


def _find(s: TermState, p: str, f: Arg) -> None:
    while s.fun1(f, s.at(p)) != 0:
        s.spend()
        s.set(p, s.get(p) + 1)


def _find_down(s: TermState, p: str, f: Arg) -> None:
    while s.fun1(f, s.at(p)) != 0:
        s.spend()
        s.set(p, s.get(p) - 1)


def _times(s: TermState, n: str, body: Arg) -> None:
    while s.get(n) > 0:
        s.spend()
        s.execute(body)
        s.set(n, s.get(n) - 1)


def _fill(s: TermState, p: str, n: str, value: Arg) -> None:
    while s.get(n) > 0:
        s.spend()
        s.put(s.get(p), s.word(value))
        s.set(p, s.get(p) + 1)
        s.set(n, s.get(n) - 1)


def _iterate(s: TermState, n: str, x: str, f: Arg) -> None:
    while s.get(n) > 0:
        s.spend()
        s.set(x, s.fun1(f, s.get(x)))
        s.set(n, s.get(n) - 1)


def _generate(s: TermState, p: str, f: Arg) -> None:
    while s.get(p) != s.words - 1:
        s.spend()
        s.put(s.get(p) + 1, s.fun1(f, s.at(p)))
        s.set(p, s.get(p) + 1)


def _recur(s: TermState, p: str, g: Arg) -> None:
    while (here := s.get(p)) != s.words - 2:
        s.spend()
        s.put(here + 2, s.fun2(g, s.at(p), s.memory[(here + 1) % s.words]))
        s.set(p, here + 1)


def _follow(s: TermState, p: str) -> None:
    while s.at(p) != 0:
        s.spend()
        s.set(p, s.at(p))


def _reverse(s: TermState, p: str, q: str) -> None:
    while s.get(q) > s.get(p):
        s.spend()
        a, b = s.get(p), s.get(q)
        content = s.memory[a]
        s.put(a, s.memory[b])
        s.put(b, content)
        s.set(p, a + 1)
        s.set(q, s.get(q) - 1)


def _each_if(s: TermState, p: str, f: Arg, body: Arg) -> None:
    for address in _elements(s, p):
        if s.fun1(f, s.memory[address]) != 0:
            s.execute(body)


def _walk_both(s: TermState, p: str, q: str, body: Arg) -> None:
    for _ in _elements(s, p):
        s.execute(body)
        if p == q:
            s.set(p, s.get(p) + 1)
        else:
            s.set(q, s.get(q) + 1)


def _pairs(s: TermState, p: str, q: str, body: Arg) -> None:
    for address in _elements(s, p):
        s.set(q, address + 1)
        for _ in _elements(s, q):
            s.execute(body)


def _each(s: TermState, p: str, n: str, body: Arg) -> None:
    while s.get(n) > 0:
        s.spend()
        s.execute(body)
        s.set(p, s.get(p) + 1)
        s.set(n, s.get(n) - 1)


def _count(s: TermState, p: str, n: str, f: Arg) -> None:
    for address in _elements(s, p):
        s.set(n, s.get(n) + (s.fun1(f, s.memory[address]) != 0))


def _any(s: TermState, p: str, a: str, f: Arg) -> None:
    for address in _elements(s, p):
        if s.fun1(f, s.memory[address]) and not s.get(a):
            s.set(a, 1)


def _all(s: TermState, p: str, a: str, f: Arg) -> None:
    for address in _elements(s, p):
        s.set(a, min(s.fun1(f, s.memory[address]), s.get(a)))


def _skip(s: TermState, p: str, n: str) -> None:
    while s.get(n) and s.at(p):
        s.spend()
        s.set(p, s.get(p) + 1)
        s.set(n, s.get(n) - 1)


def _map_if(s: TermState, p: str, f: Arg, g: Arg) -> None:
    for address in _elements(s, p):
        if s.fun1(f, s.memory[address]) != 0:
            s.put(address, s.fun1(g, s.memory[address]))


def _copy(s: TermState, p: str, q: str) -> None:
    while True:
        s.spend()
        s.put(s.get(q), s.at(p))
        s.set(p, s.get(p) + 1)
        s.set(q, s.get(q) + 1)
        if s.memory[s.get(p) - 1] == 0:
            return


def _insert(s: TermState, p: str, x: str) -> None:
    while carried := s.get(x):
        s.spend()
        if p == x:  # nonsense, but it means something: three sums, and a step
            s.set(x, carried + s.memory[carried])
            s.put(s.get(x), s.get(x) - s.at(x))
            s.set(x, s.get(x) - s.at(x))
            s.set(x, s.get(x) + 1)
            continue
        at = s.get(p)
        s.set(x, s.memory[at])
        s.put(at, carried)
        s.set(p, at + 1)


def _delete(s: TermState, p: str) -> None:
    for address in _elements(s, p):
        s.put(address, s.memory[(address + 1) % s.words])


def _sort(s: TermState, p: str, q: str, g: Arg) -> None:
    for address in _elements(s, p):
        s.set(q, address + 1)
        for other in _elements(s, q):
            here = s.get(p)
            if s.fun2(g, s.memory[here], s.memory[other]):
                one, two = s.memory[here], s.memory[other]
                s.put(here, two)
                s.put(other, one)


def _unique(s: TermState, p: str, q: str, r: str, start: Arg) -> None:
    for _ in _elements(s, p):
        s.set(q, s.word(start))
        while s.at(q) != s.at(p):
            s.spend()
            s.set(q, s.get(q) + 1)
        if s.get(r) <= s.get(q):
            s.put(s.get(r), s.at(p))
            s.set(r, s.get(r) + 1)


def _range(s: TermState, p: str, n: str, x: str, f: Arg) -> None:
    while s.get(n) > 0:
        s.spend()
        s.put(s.get(p), s.get(x))
        s.set(p, s.get(p) + 1)
        s.set(x, s.fun1(f, s.get(x)))
        s.set(n, s.get(n) - 1)


def _repeat(s: TermState, p: str, q: str, n: str, f: Arg) -> None:
    for address in _elements(s, p):
        s.set(n, s.fun1(f, s.memory[address]))
        _fill(s, q, n, Term("load", (p,)))


def _concat_map(s: TermState, p: str, q: str, f: Arg, g: Arg) -> None:
    for _ in _elements(s, p):
        for each in (f, g):
            s.put(s.get(q), s.fun1(each, s.at(p)))
            s.set(q, s.get(q) + 1)


DERIVED: dict[str, Callable[..., Any]] = {
    "apply": lambda s, f, x: s.fun1(f, s.word(x)),
    "apply2": lambda s, g, x, y: s.fun2(g, s.word(x), s.word(y)),
    "id": lambda s, x: x,
    "succ": lambda s, x: x + 1,
    "pred": lambda s, x: x - 1,
    "fetch": lambda s, x: s.memory[x],
    "is-zero": lambda s, x: int(x == 0),
    "bind": lambda s, x, g, y: s.fun2(g, x, s.word(y)),
    "compose": lambda s, x, f, g: s.fun1(f, s.fun1(g, x)),
    "plus": lambda s, x, y: x + y,
    "minus": lambda s, x, y: x - y,
    "least": lambda s, x, y: min(x, y),
    "greatest": lambda s, x, y: max(x, y),
    "monus": lambda s, x, y: max(x - y, 0),
    "first": lambda s, x, y: x,
    "second": lambda s, x, y: y,
    "flip": lambda s, x, y, g: s.fun2(g, y, x),
    "walk": _walk,
    "map": _map,
    "fold": _fold,
    "scan": _scan,
    "zip": _zip,
    "map-to": _map_to,
    "map-down": _map_down,
    "filter": _filter,
    "filter-down": _filter_down,
    "find": _find,
    "find-down": _find_down,
    "times": _times,
    "fill": _fill,
    "iterate": _iterate,
    "generate": _generate,
    "recur": _recur,
    "follow": _follow,
    "reverse": _reverse,
    "product": lambda s, x, y: x * y,
    "quotient": lambda s, x, y: x // y if y else 0,
    "remainder": lambda s, x, y: x % y if y else x,
    "equal": lambda s, x, y: int(x == y),
    "below": lambda s, x, y: int(x < y),
    "odd": lambda s, x: x % 2,
    "even": lambda s, x: int(x % 2 == 0),
    "multiplied": lambda s, x, y: x * s.word(y),
    "divided": lambda s, x, y: x // y if (y := s.word(y)) else 0,
    "modulo": lambda s, x, y: x % y if (y := s.word(y)) else x,
    "equals": lambda s, x, y: int(x == s.word(y)),
    "under": lambda s, x, y: int(x < s.word(y)),
    "over": lambda s, x, y: int(x > s.word(y)),
    "if": lambda s, c, x, y: s.word(x) if s.word(c) else s.word(y),
    "each-if": _each_if,
    "walk-both": _walk_both,
    "pairs": _pairs,
    "each": _each,
    "count": _count,
    "any": _any,
    "all": _all,
    "skip": _skip,
    "map-if": _map_if,
    "copy": _copy,
    "insert": _insert,
    "delete": _delete,
    "sort": _sort,
    "unique": _unique,
    "range": _range,
    "repeat": _repeat,
    "concat-map": _concat_map,
}
"""By construct. A meaning takes the state, for a function the words that it is applied to, then the
construct's arguments, not yet evaluated."""


class Independent(TermState):
    """Runs derived constructs by these meanings, not by their definitions."""

    def fun1(self, function: Arg, x: int) -> int:
        """The value of a function at x."""
        return DERIVED[function.op](self, x, *function.args) % self.words

    def fun2(self, function: Arg, x: int, y: int) -> int:
        """The value of a function at x and y."""
        return DERIVED[function.op](self, x, y, *function.args) % self.words

    def word(self, term: Arg) -> int:
        if isinstance(term, Term) and term.op in DERIVED:
            return DERIVED[term.op](self, *term.args) % self.words
        return super().word(term)

    def execute(self, term: Arg) -> None:
        if isinstance(term, Term) and term.op in DERIVED:
            self.spend()
            DERIVED[term.op](self, *term.args)
        else:
            super().execute(term)
