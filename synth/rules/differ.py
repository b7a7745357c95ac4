"""What two terms come to from the same state, where that differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random

from bridge.term import Arg, Term
from synth.language import LANGUAGE, Language
from synth.language.semantics import TermOutcome, TermState, evaluate
from synth.rules.conditions import CannotTell
from synth.rules.samples import Sampler

__all__ = ["differ", "names", "random_state"]

_FUEL = 150
_PATIENCE = 8  # how much more fuel the second side gets before it counts as endless


def random_state(random: Random, words: int, *terms: Arg) -> tuple[tuple[int, ...], dict[str, int]]:
    """A starting memory, and values for the variables in the terms."""
    used = sorted({name for term in terms for name in names(term)})
    memory = tuple(Sampler(random, words).memory())
    return memory, {name: random.randrange(words) for name in used}


def differ(
    sort: str,
    left: Arg,
    right: Arg,
    words: int,
    memory: tuple[int, ...],
    variables: Mapping[str, int],
    language: Language = LANGUAGE,
) -> tuple[str, str] | tuple[()] | None:
    """What comes out on both sides, if that differs; () if not; None if undecided."""
    if sort in ("Stmt", "Block"):
        assert isinstance(left, Term)
        assert isinstance(right, Term)

        def run(term: Term, fuel: int) -> TermOutcome:
            return evaluate(term, memory, words, fuel=fuel, variables=variables, language=language)

        return _differ_run(left, right, run)
    state = TermState(list(memory), words, variables=dict(variables), language=language)
    one, other = _results(sort, left, state), _results(sort, right, state)
    return (str(one), str(other)) if one != other else ()


def _results(sort: str, term: Arg, state: TermState) -> object:
    every = range(state.words)
    if sort == "Word":
        return state.word(term)
    if sort == "Fun1":
        return [state.word(Term("apply", (term, x))) for x in every]
    if sort == "Fun2":
        return [[state.word(Term("apply2", (term, x, y))) for y in every] for x in every]
    raise CannotTell(f"no meaning of terms of sort {sort}")


def _differ_run(
    left: Term, right: Term, run: Callable[[Term, int], TermOutcome]
) -> tuple[str, str] | tuple[()] | None:
    one, other = run(left, _FUEL), run(right, _FUEL)
    if one.halted != other.halted:  # slow, or endless?
        one = one if one.halted else run(left, _FUEL * _PATIENCE)
        other = other if other.halted else run(right, _FUEL * _PATIENCE)
    if not one.halted and not other.halted:
        if min(one.quiet, other.quiet) < _FUEL // 2 or one.memory == other.memory:
            return None
        return f"never ends, memory {one.memory}", f"never ends, memory {other.memory}"
    return () if one == other else (_describe(one), _describe(other))


def _describe(outcome: TermOutcome) -> str:
    if not outcome.halted:
        return f"never ends, memory {outcome.memory}"
    ended = " (halt)" if outcome.stopped else ""
    return f"memory {outcome.memory} {dict(outcome.variables)}{ended}"


def names(term: Arg) -> Iterator[str]:
    """The names of variables in the term, each as often as it stands there."""
    for part in term.subterms() if isinstance(term, Term) else (term,):
        if isinstance(part, str):
            yield part
