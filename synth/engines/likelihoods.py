"""The likelihoods that a program is trained with: its own, or those of a program that equals it.

A program that goes over its list twice carries all of it from one pass to the other: what it means
for pictures cannot be summed up. The e-graph knows the same program in one pass. Where it knows
none, lists that are not too long are executed in every reading, once; of longer ones the soft
machine is exact now and then; else only the likeliest words of each picture are considered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from bridge import Program
from bridge.spec import Machine
from bridge.term import Term
from synth.language import LANGUAGE, Language, expand

if TYPE_CHECKING:
    from backend.perception import Likelihood
    from bridge.readings import Group
    from synth.rulesets import Rules

__all__ = ["Trained", "trained_as"]

RULESETS: Final = ("branchless", "passes", "refold")
"""What equals are looked for with, besides the rules that all searches use."""
NODES: Final = 3_000
"""E-nodes of a saturation: a second or two,"""
SECONDS: Final = 60.0
"""far less than this: what is found must not depend on the clock."""
SEEN: Final = 200
"""Terms among which the equals with the fewest loops are looked for."""
TRIED: Final = 12
"""Equals that are tried."""
REFUSED: Final = (
    "it carries too much from picture to picture for an exact likelihood, as does every equal that "
    "was found, the soft machine is not exact on it, and there are too many readings to execute"
)


@dataclass(frozen=True)
class Trained:
    """A program, and its likelihoods."""

    program: Program
    likelihoods: tuple[Likelihood, ...]
    """One for each group."""
    term: Term | None = None
    """The equal that it was lowered from, where it is not the program that was asked for."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """How they are computed, each way once."""
        return tuple(dict.fromkeys(each.kind for each in self.likelihoods))


def trained_as(
    program: Program,
    term: Term | None,
    groups: Sequence[Group],
    machine: Machine,
    *,
    lower: Callable[[Term], Program | None],
    rulesets: Sequence[Rules] = (),
    language: Language = LANGUAGE,
    execute: bool = True,
) -> Trained | str:
    """How to train a program on groups of examples, or why that cannot be done.

    The order: exact likelihoods of the program itself, by what it carries on or by executing all
    readings; those of an equal of its term, for which `lower` gives programs; the soft machine's,
    where it is seen to be exact; a lower bound, unless that takes executing readings at each step
    and this is not to be done. Variables of the term start at 0."""
    from backend.perception import exact_likelihood, exact_likelihoods

    own = [exact_likelihood(program, group, machine) for group in groups]
    if all(one is not None for one in own):
        return Trained(program, tuple(one for one in own if one is not None))
    for equal, other in _equals(term, machine.words, lower, rulesets, language):
        found = exact_likelihoods(other, groups, machine, invert=False)  # the program's were tried
        if found is not None:
            return Trained(other, found, equal)
    mixed: list[Likelihood] = []
    for group, exact in zip(groups, own, strict=True):
        one = exact or _inexact(program, group, machine, execute)
        if one is None:
            return REFUSED
        mixed.append(one)
    return Trained(program, tuple(mixed))


def _inexact(program: Program, group: Group, machine: Machine, execute: bool) -> Likelihood | None:
    from backend.perception import soft_likelihood, top_words

    found = soft_likelihood(program, group, machine)
    return found or top_words(program, group, machine, execute=execute)


def _equals(
    term: Term | None,
    words: int,
    lower: Callable[[Term], Program | None],
    rulesets: Sequence[Rules],
    language: Language,
) -> Iterator[tuple[Term, Program]]:
    """Equals of a term with the fewest loops, as different programs; the cheapest first among
    equals."""
    if term is None:
        return
    from synth.egraph.equivalents import saturate  # with egglog
    from synth.rulesets import DEFAULT, SHIPPED

    rules = *DEFAULT, *(SHIPPED[name] for name in RULESETS), *rulesets
    names = sorted({part for part in term.subterms() if isinstance(part, str)})
    zeros = (Term("assign", (name, 0)) for name in names)  # known to rules only if it is said
    closed = Term("do", (*zeros, *term.args))
    found = saturate(closed, words, rulesets=rules, nodes=NODES, seconds=SECONDS, language=language)
    terms = sorted(islice(found.terms(), SEEN), key=lambda t: _loops(t, language))
    yield from islice(_different(terms, lower), TRIED)


def _different(
    terms: Iterable[Term], lower: Callable[[Term], Program | None]
) -> Iterator[tuple[Term, Program]]:
    seen = set[Program]()
    for term in terms:
        program = lower(term)
        if program is not None and program not in seen:
            seen.add(program)
            yield term, program


def _loops(term: Term, language: Language) -> int:
    """How many loops are in it."""
    core = cast("Term", expand(term, language))
    parts = (part for part in core.subterms() if isinstance(part, Term))
    return sum(part.has_block and part.op != "if-zero" and part.op != "do" for part in parts)
