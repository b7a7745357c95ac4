"""The equals of a program: one saturation, then its distinct terms, padded with no-ops.

The program is saturated with a `halt` at its end, before which variables are dead; the `halt` is
taken off again. No-ops are taken out first and put in at the end, a bounded number, since a
program with no-ops anywhere has no end of equals.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, TypeVar

from bridge.errors import TermError
from bridge.term import Arg, Term
from synth.egraph.automaton import Automaton
from synth.egraph.caps import Caps, SaturationReport
from synth.egraph.derivations import Terms
from synth.egraph.graph import TermGraph
from synth.egraph.worker import Worker
from synth.language import LANGUAGE, Language
from synth.rulesets import DEFAULT, Rules

__all__ = ["DEEPEST", "Equivalents", "depth_of", "finish", "padded", "saturate", "saturate_all"]
__all__ += ["saturating"]

T = TypeVar("T")

_HALT, _NOOP = Term("halt"), Term("noop")
_KNOWN = 100_000
DEEPEST = 200  # Python's recursion limit is not far


@dataclass(frozen=True)
class Equivalents:
    """All that saturation found equal to a program."""

    automaton: Automaton
    root: int
    report: SaturationReport
    has_holes: bool

    def terms(self, padding: int = 0) -> Iterator[Term]:
        """Different programs in order of cost, without end if there are infinitely many. A no-op
        costs 1."""
        seen: set[Term] = set()
        for base, extra in self._with_padding(padding):
            for term in padded(base, extra) if extra else (base,):
                if self.has_holes:  # they are told apart inside, not in terms
                    if term in seen:
                        continue
                    seen.add(term)
                yield term

    def holds(self, term: Term) -> bool:
        """Whether the program, without no-ops, is among them."""
        bare = without_noops(term)
        closed = Term("do", (*bare.args, _HALT))
        return self.root in (self.automaton.find(bare), self.automaton.find(closed))

    def _with_padding(self, padding: int) -> Iterator[tuple[Term, int]]:
        """(program without no-ops, number of no-ops), by their cost together."""
        terms = Terms(self.automaton)
        known: dict[int, tuple[Arg, int | None]] = {}
        last = terms.dearest(self.root)
        cost = terms.cheapest[self.root]
        while cost < inf and (last is None or cost <= last + padding):
            for extra in range(padding + 1):
                for term in terms.of_cost(self.root, int(cost) - extra):
                    assert isinstance(term, Term)
                    if (program := self._program(term, known)) is not None:
                        yield program, extra
            cost += 1

    def _program(self, term: Term, known: dict[int, tuple[Arg, int | None]]) -> Term | None:
        """The term without the `halt` at its end; None if that gives a term that comes anyway."""
        if term.args and term.args[-1] == _HALT:
            return Term("do", term.args[:-1])
        if self.has_holes:
            return term
        classes = []
        for statement in term.args:  # shared between terms: each is looked up once
            found = known.get(id(statement))
            if found is None:
                found = known[id(statement)] = (statement, self.automaton.find(statement))
            classes.append(found[1])
        closed = self.automaton.find_block([*classes, self.automaton.find(_HALT)])
        if len(known) > _KNOWN:
            known.clear()
        return None if closed == self.root else term


def saturate(term: Term, words: int, **options: Any) -> Equivalents:
    """Saturates a program. Options as for `saturating`."""
    return saturate_all([term], words, **options)[0]


def saturate_all(terms: Sequence[Term], words: int, **options: Any) -> list[Equivalents]:
    """Saturates several programs together. Options as for `saturating`."""
    return finish(saturating(terms, words, **options))


def finish(waiting: Generator[object, None, T]) -> T:
    """Waits for what a generator returns."""
    while True:
        try:
            next(waiting)
        except StopIteration as end:
            return end.value


def saturating(
    terms: Sequence[Term],
    words: int,
    *,
    rulesets: Iterable[Rules] = DEFAULT,
    core: bool = False,
    nodes: int = 50_000,
    seconds: float = 10.0,
    memory: float = 2.0,
    iterations: int = 60,
    worker: Worker | None = None,
    language: Language = LANGUAGE,
) -> Generator[None, None, list[Equivalents]]:
    """Saturates several programs together, within the caps (see `synth.egraph.caps`); returns each
    one's equals. Setting up the rules takes most of the time for a small program, so together is
    faster than one by one. `core` leaves out what the lowering does not take (derived statements
    and functions).

    With a `worker`, the caps hold whatever the rules do, and it yields while it waits. Without, in
    this process, one iteration may exceed them, memory is not looked at, and a rule that fails
    raises SaturationError. Raises TermError if a program is longer than 200 statements."""
    closed = [Term("do", (*without_noops(t).args, _HALT)) for t in terms]
    for term in closed:
        if depth_of(term) > DEEPEST:
            raise TermError(f"a program of more than {DEEPEST} statements is not saturated")
    if worker is not None:
        caps = Caps(nodes, seconds, memory, iterations)
        whole, report = yield from worker.saturate(closed, words, rulesets, caps, language)
    else:
        graph = TermGraph(words, language)
        for term in closed:
            graph.add(term)
        report = graph.saturate(rulesets, nodes=nodes, seconds=seconds, iterations=iterations)
        whole = graph.freeze()
    left_out = [_NOOP.op]
    if core:
        left_out += [c.name for c in language.values() if not c.core]
    roots = [root for term in closed if (root := whole.find(term)) is not None]
    automaton = whole.without(left_out).without_detours(roots)
    return [
        Equivalents(automaton, root, report, term.has_hole)
        for term, root in zip(terms, roots, strict=True)
    ]


def depth_of(term: Arg) -> int:
    """How deep the term is when blocks are chains."""
    if not isinstance(term, Term):
        return 0
    chain = term.op == "do"
    return 1 + max((depth_of(a) + i * chain for i, a in enumerate(term.args)), default=0)


def without_noops(term: Term) -> Term:
    """The term without its no-ops."""
    args = (without_noops(a) if isinstance(a, Term) else a for a in term.args if a != _NOOP)
    return Term(term.op, tuple(args))


def padded(term: Term, number: int) -> Iterator[Term]:
    """The program with `number` no-ops more, in all different ways. It must hold none yet."""
    if term.op == "do":
        for statements in _padded_block(term.args, number):
            yield Term("do", statements)
    elif term.has_block:
        for args in _padded_args(term.args, number):
            yield Term(term.op, args)
    elif number == 0:
        yield term


def _padded_block(statements: tuple[Arg, ...], number: int) -> Iterator[tuple[Arg, ...]]:
    if not statements:
        yield (_NOOP,) * number
        return
    first, rest = statements[0], statements[1:]
    assert isinstance(first, Term)
    for before in range(number + 1):
        for inside in range(number - before + 1):
            for head in padded(first, inside):
                for tail in _padded_block(rest, number - before - inside):
                    yield (*[_NOOP] * before, head, *tail)


def _padded_args(args: tuple[Arg, ...], number: int) -> Iterator[tuple[Arg, ...]]:
    if not args:
        if number == 0:
            yield ()
        return
    first, rest = args[0], args[1:]
    block = first if isinstance(first, Term) and first.op == "do" else None
    for inside in range(number + 1 if block else 1):
        for tail in _padded_args(rest, number - inside):
            for head in padded(block, inside) if block else (first,):
                yield (head, *tail)
