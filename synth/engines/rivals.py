"""Inputs on which programs that are right on the examples do different things."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from random import Random
from typing import Final, TypeAlias

import numpy as np

from bridge import Example, run
from synth.counterexamples import draw_inputs, draw_lists, draw_widely
from synth.engines.base import AMBIGUOUS, Candidate, Event, Note
from synth.problem import Problem

__all__ = ["Outputs", "as_value", "doubt", "drawn", "offered", "rivals", "tentative"]

DRAWN: Final = 24
"""Inputs on which a few programs are compared."""

Outputs: TypeAlias = tuple[object, ...]
"""What a program does, input by input."""


def drawn(problem: Problem, most: int, *, widely: bool = True) -> Iterator[Example]:
    """So many inputs like the examples, and, if `widely`, as many others, with longer and shorter
    lists; the same ones for the same examples."""
    random = Random(0)
    given, lists = problem.examples, problem.lists
    if lists is not None:
        alike = draw_lists(lists, given, random)
        other = draw_lists(lists, given, random, lengths=True)
    else:
        alike, other = draw_inputs(given, random), draw_widely(given, problem.machine, random)
    return chain(islice(alike, most), islice(other, most if widely else 0))


def tentative(problem: Problem, fit: Candidate) -> Iterator[Event]:
    """Offers the first that fits, in case time is up before others are found; not where an oracle
    judges, which takes its time for each."""
    if problem.oracle is None:
        yield replace(fit, tentative=True)


def offered(problem: Problem, fits: Sequence[Candidate]) -> Generator[Event, bool, bool]:
    """Offers a few programs that are right on the examples, the first before others, and says where
    these do something else; whether the driver has enough."""
    if len(fits) > 1 and problem.oracle is None and (told := rivals(fits, problem)):
        yield Note(told)
    for fit in fits:
        if (yield fit):
            return True
    return False


def rivals(fits: Sequence[Candidate], problem: Problem) -> str:
    """On which input, like those of the examples, others do something else than the first of these
    programs; empty where none does. For a few programs: the reference interpreter executes them,
    since the compiled one takes a second to load."""
    inputs = [*drawn(problem, DRAWN, widely=False)]
    first, *others = (tuple(_outputs(fit, inputs, problem)) for fit in fits)
    apart = [other for other in dict.fromkeys(others) if other != first]
    return doubt(first, apart, inputs, problem) if apart else ""


def _outputs(fit: Candidate, inputs: Iterable[Example], problem: Problem) -> Iterator[object]:
    machine, lists = problem.machine, problem.lists
    checked = np.flatnonzero(problem.tests.mask_memory.any(0)).tolist()
    for example in inputs:
        outcome = run(fit.program, example.words, machine)
        if machine.halt and not outcome.halted:
            yield None
        elif lists is None:
            yield tuple(outcome.memory[cell] for cell in checked)
        else:
            own = lists.inputs_in(example.words) or ()
            yield as_value(lists.output_in(outcome.memory, own))


def as_value(output: object) -> object:
    """The output as what can be compared, and told from others."""
    return tuple(output) if isinstance(output, list) else output


def doubt(
    chosen: Outputs, rivals: Sequence[Outputs], inputs: Sequence[Example], problem: Problem
) -> str:
    """Of other behaviours, and an input that tells most of them from the chosen one."""
    apart = [sum(rival[i] != out for rival in rivals) for i, out in enumerate(chosen)]
    i = apart.index(max(apart))
    other = next(rival[i] for rival in rivals if rival[i] != chosen[i])
    words = inputs[i].words
    if problem.lists is not None:
        given = f"inputs {list(problem.lists.inputs_in(words) or ())}"
    else:
        given = f"memory {list(words)}"
    return (
        f"{len(rivals) + 1} {AMBIGUOUS}, about as likely: from {given} this "
        f"program makes {_said(chosen[i])}, another {_said(other)}; an example of it would tell"
    )


def _said(output: object) -> str:
    if output is None:
        return "nothing (it does not end)"
    return str(list(output)) if isinstance(output, tuple) else str(output)
