"""What the constructs of `synth.language.lists` mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bridge.term import Arg, Term
from synth.language.semantics import TermState
from tests.meanings.loops import elements, fill

__all__ = ["LISTS"]


def _each_if(s: TermState, p: str, f: Arg, body: Arg) -> None:
    for address in elements(s, p):
        if s.fun1(f, s.memory[address]) != 0:
            s.execute(body)


def _walk_both(s: TermState, p: str, q: str, body: Arg) -> None:
    for _ in elements(s, p):
        s.execute(body)
        if p == q:
            s.set(p, s.get(p) + 1)
        else:
            s.set(q, s.get(q) + 1)


def _pairs(s: TermState, p: str, q: str, body: Arg) -> None:
    for address in elements(s, p):
        s.set(q, address + 1)
        for _ in elements(s, q):
            s.execute(body)


def _each(s: TermState, p: str, n: str, body: Arg) -> None:
    while s.get(n) > 0:
        s.spend()
        s.execute(body)
        s.set(p, s.get(p) + 1)
        s.set(n, s.get(n) - 1)


def _count(s: TermState, p: str, n: str, f: Arg) -> None:
    for address in elements(s, p):
        s.set(n, s.get(n) + (s.fun1(f, s.memory[address]) != 0))


def _any(s: TermState, p: str, a: str, f: Arg) -> None:
    for address in elements(s, p):
        if s.fun1(f, s.memory[address]) and not s.get(a):
            s.set(a, 1)


def _all(s: TermState, p: str, a: str, f: Arg) -> None:
    for address in elements(s, p):
        s.set(a, min(s.fun1(f, s.memory[address]), s.get(a)))


def _skip(s: TermState, p: str, n: str) -> None:
    while s.get(n) and s.at(p):
        s.spend()
        s.set(p, s.get(p) + 1)
        s.set(n, s.get(n) - 1)


def _map_if(s: TermState, p: str, f: Arg, g: Arg) -> None:
    for address in elements(s, p):
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
    for address in elements(s, p):
        s.put(address, s.memory[(address + 1) % s.words])


def _sort(s: TermState, p: str, q: str, g: Arg) -> None:
    for address in elements(s, p):
        s.set(q, address + 1)
        for other in elements(s, q):
            here = s.get(p)
            if s.fun2(g, s.memory[here], s.memory[other]):
                one, two = s.memory[here], s.memory[other]
                s.put(here, two)
                s.put(other, one)


def _unique(s: TermState, p: str, q: str, r: str, start: Arg) -> None:
    for _ in elements(s, p):
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
    for address in elements(s, p):
        s.set(n, s.fun1(f, s.memory[address]))
        fill(s, q, n, Term("load", (p,)))


LISTS: dict[str, Callable[..., Any]] = {
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
}
