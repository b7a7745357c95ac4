"""What the loops of `synth.language.derived` mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bridge.term import Arg
from synth.language.semantics import TermState

__all__ = ["LOOPS", "elements", "fill"]


def elements(s: TermState, p: str) -> Iterator[int]:
    """Goes over the list at p, yielding the address of each element; moves p after each."""
    while s.at(p) != 0:
        s.spend()
        yield s.get(p)
        s.set(p, s.get(p) + 1)


def _walk(s: TermState, p: str, body: Arg) -> None:
    for _ in elements(s, p):
        s.execute(body)


def _map(s: TermState, p: str, f: Arg) -> None:
    for address in elements(s, p):
        s.put(address, s.fun1(f, s.memory[address]))


def _fold(s: TermState, p: str, a: str, g: Arg) -> None:
    for address in elements(s, p):
        s.set(a, s.fun2(g, s.get(a), s.memory[address]))


def _scan(s: TermState, p: str, a: str, g: Arg) -> None:
    for address in elements(s, p):
        s.set(a, s.fun2(g, s.get(a), s.memory[address]))
        s.put(s.get(p), s.get(a))  # not `address`: the accumulator may be p itself


def _zip(s: TermState, p: str, q: str, g: Arg) -> None:
    for address in elements(s, p):
        s.put(address, s.fun2(g, s.memory[address], s.at(q)))
        if p == q:
            s.set(p, address + 2)
            s.set(p, s.get(p) - 1)  # one of the two steps is taken by elements
        else:
            s.set(q, s.get(q) + 1)


def _map_to(s: TermState, p: str, q: str, f: Arg) -> None:
    for address in elements(s, p):
        s.put(s.get(q), s.fun1(f, s.memory[address]))
        s.set(q, s.get(q) + 1)


def _map_down(s: TermState, p: str, q: str, f: Arg) -> None:
    for _ in elements(s, p):
        s.set(q, s.get(q) - 1)
        s.put(s.get(q), s.fun1(f, s.at(p)))  # not the element's address: q may be p itself


def _concat_map(s: TermState, p: str, q: str, f: Arg, g: Arg) -> None:
    for _ in elements(s, p):
        for each in (f, g):
            s.put(s.get(q), s.fun1(each, s.at(p)))
            s.set(q, s.get(q) + 1)


def _filter(s: TermState, p: str, q: str, f: Arg) -> None:
    for address in elements(s, p):
        if s.fun1(f, s.memory[address]) != 0:
            s.put(s.get(q), s.memory[address])
            s.set(q, s.get(q) + 1)


def _filter_down(s: TermState, p: str, q: str, f: Arg) -> None:
    for address in elements(s, p):
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


def fill(s: TermState, p: str, n: str, value: Arg) -> None:
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


LOOPS: dict[str, Callable[..., Any]] = {
    "walk": _walk,
    "map": _map,
    "fold": _fold,
    "scan": _scan,
    "zip": _zip,
    "map-to": _map_to,
    "map-down": _map_down,
    "concat-map": _concat_map,
    "filter": _filter,
    "filter-down": _filter_down,
    "find": _find,
    "find-down": _find_down,
    "times": _times,
    "fill": fill,
    "iterate": _iterate,
    "generate": _generate,
    "recur": _recur,
    "follow": _follow,
    "reverse": _reverse,
}
