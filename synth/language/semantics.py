"""What a term means: the reference interpreter of terms.

Every construct has a meaning of its own here; those of derived constructs do not use their
definitions, so that unfolding is a statement to test. Slow and plain on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.errors import TermError
from bridge.term import Arg, Term
from synth.language.constructs import CONSTRUCTS, unfold

__all__ = ["State", "TermOutcome", "evaluate", "execute", "fun1", "fun2", "meaning", "word"]


@dataclass(frozen=True)
class TermOutcome:
    """How a run ended.

    - `memory`: the final memory (or the one reached when the fuel ran out).
    - `variables`: those that are not 0; none after a `halt`, where they do not count.
    - `halted`: whether the run came to an end within the fuel.
    - `stopped`: whether a `halt` statement ended it, rather than the last statement.
    - `quiet`: for how many statements and rounds at the end memory has not changed.
    """

    memory: tuple[int, ...]
    variables: Mapping[str, int]
    halted: bool
    stopped: bool
    quiet: int = field(default=0, compare=False)


class _Halt(Exception):
    pass


class _OutOfFuel(Exception):
    pass


@dataclass
class State:
    """Memory and variables of a running program; `fuel` is how many statements and rounds of loops
    may still be run. Variables that are not there are 0."""

    memory: list[int]
    words: int
    fuel: int = 1_000_000
    variables: dict[str, int] = field(default_factory=dict)
    changed: int | None = None  # the fuel when memory last changed

    def spend(self) -> None:
        """Pays for one statement or one round of a loop."""
        self.fuel -= 1
        if self.fuel < 0:
            raise _OutOfFuel

    def get(self, name: str) -> int:
        return self.variables.get(name, 0)

    def set(self, name: str, value: int) -> None:
        self.variables[name] = value % self.words

    def at(self, pointer: str) -> int:
        """The cell that the variable points to."""
        return self.memory[self.get(pointer)]

    def put(self, address: int, value: int) -> None:
        if self.memory[address % self.words] != value % self.words:
            self.memory[address % self.words] = value % self.words
            self.changed = self.fuel


def evaluate(
    term: Term,
    memory: Sequence[int],
    words: int,
    *,
    fuel: int = 10_000,
    variables: Mapping[str, int] | None = None,
) -> TermOutcome:
    """Runs a block or a statement on a starting memory; cells and variables that are not given
    are 0. Raises TermError if it meets a hole."""
    cells = [cell % words for cell in memory]
    cells += [0] * (words - len(cells))
    start = {name: value % words for name, value in (variables or {}).items()}
    state = State(cells, words, fuel, start)
    halted, stopped = True, False
    try:
        execute(term, state)
    except _Halt:
        stopped = True
    except _OutOfFuel:
        halted = False
    left = {} if stopped else {n: v for n, v in sorted(state.variables.items()) if v}
    quiet = (fuel if state.changed is None else state.changed) - state.fuel
    return TermOutcome(tuple(state.memory), left, halted, stopped, quiet)


def word(term: Arg, state: State) -> int:
    """The value of a word."""
    if isinstance(term, int):
        return term % state.words
    if isinstance(term, str):
        return state.get(term)
    return _meaning(term, "Word")(state, *term.args) % state.words


def fun1(function: Arg, x: int, state: State) -> int:
    """The value of a function at x."""
    return _meaning(function, "Fun1")(state, x, *_args(function)) % state.words


def fun2(function: Arg, x: int, y: int, state: State) -> int:
    """The value of a function at x and y."""
    return _meaning(function, "Fun2")(state, x, y, *_args(function)) % state.words


def execute(term: Arg, state: State) -> None:
    """Runs a statement or a block."""
    if isinstance(term, Term) and term.op == "do":
        for statement in term.args:
            execute(statement, state)
    else:
        state.spend()
        _meaning(term, "Stmt")(state, *_args(term))


Meaning = Callable[..., Any]
_MEANINGS: dict[tuple[str, str], Meaning] = {}


def meaning(name: str, sort: str) -> Callable[[Meaning], Meaning]:
    """Declares the decorated function as the meaning of a construct. It takes the state, for a
    function the words that it is applied to, then the construct's arguments, not yet evaluated."""

    def declare(function: Meaning) -> Meaning:
        _MEANINGS[name, sort] = function
        return function

    return declare


def _meaning(term: Arg, sort: str) -> Meaning:
    if isinstance(term, Term) and (found := _MEANINGS.get((term.op, sort))) is not None:
        return found
    if isinstance(term, Term) and term.op in CONSTRUCTS:
        found = _by_definition(term.op, sort)
        if found is not None:
            return found
    if isinstance(term, Term) and term.has_hole:
        raise TermError(f"{term}: a term with a hole has no meaning yet: fill it first")
    raise TermError(f"{term}: nothing says what it means as a {sort}")


def _by_definition(name: str, sort: str) -> Meaning | None:
    """The meaning of a construct that only has a definition: that of what it unfolds to."""
    if CONSTRUCTS[name].definition is None:
        return None
    match sort:
        case "Word":
            return lambda s, *args: word(unfold(name, args), s)
        case "Stmt":
            return lambda s, *args: execute(unfold(name, args), s)
        case "Fun1":
            return lambda s, x, *args: word(unfold(name, (*args, x)), s)
        case "Fun2":
            return lambda s, x, y, *args: word(unfold(name, (*args, x, y)), s)
    return None


def _args(term: Arg) -> tuple[Arg, ...]:
    assert isinstance(term, Term)
    return term.args


def _load(s: State, address: Arg) -> int:
    return s.memory[word(address, s)]


_MEANINGS |= {
    ("inc", "Word"): lambda s, x: word(x, s) + 1,
    ("dec", "Word"): lambda s, x: word(x, s) - 1,
    ("add", "Word"): lambda s, x, y: word(x, s) + word(y, s),
    ("sub", "Word"): lambda s, x, y: word(x, s) - word(y, s),
    ("min", "Word"): lambda s, x, y: min(word(x, s), word(y, s)),
    ("max", "Word"): lambda s, x, y: max(word(x, s), word(y, s)),
    ("load", "Word"): _load,
    ("apply", "Word"): lambda s, f, x: fun1(f, word(x, s), s),
    ("apply2", "Word"): lambda s, g, x, y: fun2(g, word(x, s), word(y, s), s),
    ("id", "Fun1"): lambda s, x: x,
    ("succ", "Fun1"): lambda s, x: x + 1,
    ("pred", "Fun1"): lambda s, x: x - 1,
    ("fetch", "Fun1"): lambda s, x: s.memory[x],
    ("is-zero", "Fun1"): lambda s, x: int(x == 0),
    ("bind", "Fun1"): lambda s, x, g, y: fun2(g, x, word(y, s), s),
    ("compose", "Fun1"): lambda s, x, f, g: fun1(f, fun1(g, x, s), s),
    ("plus", "Fun2"): lambda s, x, y: x + y,
    ("minus", "Fun2"): lambda s, x, y: x - y,
    ("least", "Fun2"): lambda s, x, y: min(x, y),
    ("greatest", "Fun2"): lambda s, x, y: max(x, y),
    ("monus", "Fun2"): lambda s, x, y: max(x - y, 0),
    ("first", "Fun2"): lambda s, x, y: x,
    ("second", "Fun2"): lambda s, x, y: y,
    ("flip", "Fun2"): lambda s, x, y, g: fun2(g, y, x, s),
    ("assign", "Stmt"): lambda s, x, value: s.set(x, word(value, s)),
    ("store", "Stmt"): lambda s, address, value: s.put(word(address, s), word(value, s)),
    ("noop", "Stmt"): lambda s: None,
}


@meaning("swap", "Stmt")
def _swap(s: State, a: Arg, b: Arg) -> None:
    at_a, at_b = word(a, s), word(b, s)
    content = s.memory[at_a]
    s.put(at_a, s.memory[at_b])
    s.put(at_b, content)


@meaning("halt", "Stmt")
def _halt(s: State) -> None:
    raise _Halt


@meaning("if-zero", "Stmt")
def _if_zero(s: State, condition: Arg, then: Arg, otherwise: Arg) -> None:
    execute(then if word(condition, s) == 0 else otherwise, s)


@meaning("while", "Stmt")
def _while(s: State, condition: Arg, body: Arg) -> None:
    while word(condition, s) != 0:
        s.spend()
        execute(body, s)


@meaning("until", "Stmt")
def _until(s: State, condition: Arg, body: Arg) -> None:
    while word(condition, s) == 0:
        s.spend()
        execute(body, s)


@meaning("do-while", "Stmt")
def _do_while(s: State, body: Arg, condition: Arg) -> None:
    again = True
    while again:
        s.spend()
        execute(body, s)
        again = word(condition, s) != 0


@meaning("do-until", "Stmt")
def _do_until(s: State, body: Arg, condition: Arg) -> None:
    again = True
    while again:
        s.spend()
        execute(body, s)
        again = word(condition, s) == 0


@meaning("forever", "Stmt")
def _forever(s: State, body: Arg) -> None:
    while True:
        s.spend()
        execute(body, s)


# ------------------------------------------------------------ derived statements


def _elements(s: State, p: str) -> Any:
    """Goes over the list at p, yielding the address of each element; moves p after each."""
    while s.at(p) != 0:
        s.spend()
        yield s.get(p)
        s.set(p, s.get(p) + 1)


@meaning("walk", "Stmt")
def _walk(s: State, p: str, body: Arg) -> None:
    for _ in _elements(s, p):
        execute(body, s)


@meaning("map", "Stmt")
def _map(s: State, p: str, f: Arg) -> None:
    for address in _elements(s, p):
        s.put(address, fun1(f, s.memory[address], s))


@meaning("fold", "Stmt")
def _fold(s: State, p: str, a: str, g: Arg) -> None:
    for address in _elements(s, p):
        s.set(a, fun2(g, s.get(a), s.memory[address], s))


@meaning("scan", "Stmt")
def _scan(s: State, p: str, a: str, g: Arg) -> None:
    for address in _elements(s, p):
        s.set(a, fun2(g, s.get(a), s.memory[address], s))
        s.put(s.get(p), s.get(a))  # not `address`: the accumulator may be p itself


@meaning("zip", "Stmt")
def _zip(s: State, p: str, q: str, g: Arg) -> None:
    for address in _elements(s, p):
        s.put(address, fun2(g, s.memory[address], s.at(q), s))
        if p == q:
            s.set(p, address + 2)
            s.set(p, s.get(p) - 1)  # one of the two steps is taken by _elements
        else:
            s.set(q, s.get(q) + 1)


@meaning("map-to", "Stmt")
def _map_to(s: State, p: str, q: str, f: Arg) -> None:
    for address in _elements(s, p):
        s.put(s.get(q), fun1(f, s.memory[address], s))
        s.set(q, s.get(q) + 1)


@meaning("map-down", "Stmt")
def _map_down(s: State, p: str, q: str, f: Arg) -> None:
    for _ in _elements(s, p):
        s.set(q, s.get(q) - 1)
        s.put(s.get(q), fun1(f, s.at(p), s))  # not the element's address: q may be p itself


@meaning("filter", "Stmt")
def _filter(s: State, p: str, q: str, f: Arg) -> None:
    for address in _elements(s, p):
        if fun1(f, s.memory[address], s) != 0:
            s.put(s.get(q), s.memory[address])
            s.set(q, s.get(q) + 1)


@meaning("filter-down", "Stmt")
def _filter_down(s: State, p: str, q: str, f: Arg) -> None:
    for address in _elements(s, p):
        if fun1(f, s.memory[address], s) != 0:
            s.set(q, s.get(q) - 1)
            s.put(s.get(q), s.at(p))


@meaning("find", "Stmt")
def _find(s: State, p: str, f: Arg) -> None:
    while fun1(f, s.at(p), s) != 0:
        s.spend()
        s.set(p, s.get(p) + 1)


@meaning("find-down", "Stmt")
def _find_down(s: State, p: str, f: Arg) -> None:
    while fun1(f, s.at(p), s) != 0:
        s.spend()
        s.set(p, s.get(p) - 1)


@meaning("times", "Stmt")
def _times(s: State, n: str, body: Arg) -> None:
    while s.get(n) > 0:
        s.spend()
        execute(body, s)
        s.set(n, s.get(n) - 1)


@meaning("fill", "Stmt")
def _fill(s: State, p: str, n: str, value: Arg) -> None:
    while s.get(n) > 0:
        s.spend()
        s.put(s.get(p), word(value, s))
        s.set(p, s.get(p) + 1)
        s.set(n, s.get(n) - 1)


@meaning("iterate", "Stmt")
def _iterate(s: State, n: str, x: str, f: Arg) -> None:
    while s.get(n) > 0:
        s.spend()
        s.set(x, fun1(f, s.get(x), s))
        s.set(n, s.get(n) - 1)


@meaning("generate", "Stmt")
def _generate(s: State, p: str, f: Arg) -> None:
    while s.get(p) != s.words - 1:
        s.spend()
        s.put(s.get(p) + 1, fun1(f, s.at(p), s))
        s.set(p, s.get(p) + 1)


@meaning("recur", "Stmt")
def _recur(s: State, p: str, g: Arg) -> None:
    while (here := s.get(p)) != s.words - 2:
        s.spend()
        s.put(here + 2, fun2(g, s.at(p), s.memory[(here + 1) % s.words], s))
        s.set(p, here + 1)


@meaning("follow", "Stmt")
def _follow(s: State, p: str) -> None:
    while s.at(p) != 0:
        s.spend()
        s.set(p, s.at(p))


@meaning("reverse", "Stmt")
def _reverse(s: State, p: str, q: str) -> None:
    while s.get(q) > s.get(p):
        s.spend()
        a, b = s.get(p), s.get(q)
        content = s.memory[a]
        s.put(a, s.memory[b])
        s.put(b, content)
        s.set(p, a + 1)
        s.set(q, s.get(q) - 1)
