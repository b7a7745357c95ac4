"""The terms that are lowered, and read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from benchmarks.optimise.answers import load_answers
from benchmarks.suites import ROOT, load_solved
from bridge import Machine, Program
from bridge.batch import run_batch
from bridge.lowering.lower import lower
from bridge.program import encode
from bridge.term import Term, parse_term
from synth.egraph.equivalents import saturate
from synth.language import expand

__all__ = ["HANDMADE", "Known", "differing", "load_terms", "programs_of"]

HANDMADE: Final = Path(__file__).parent / "terms.txt"
"""A task's name and its term, one a line."""
EQUALS: Final = 2_000
"""A random equal is one of so many, the cheapest."""
STEPS: Final = 20_000
MORE: Final = 8
"""Neither form of a program takes so many times the steps of the other."""


@dataclass(frozen=True)
class Known:
    """A task, and a term that is right."""

    task: str
    term: Term
    words: int
    written: Program
    """The program that stands beside the task's spec."""

    @property
    def machine(self) -> Machine:
        """The task's, with more room: what is unfolded and peeled is long."""
        return Machine(words=self.words, registers=24, lines=250, steps=STEPS)


def load_terms(path: Path = HANDMADE) -> list[Known]:
    """One for each task: its answer's, or else the handmade one. Raises UsageError if there are no
    answers."""
    rows = (line.split(" ", 1) for line in path.read_text().splitlines() if line[0] != ";")
    handmade = {name: parse_term(text, path.name) for name, text in rows}
    return [
        Known(a.name, a.term or handmade[a.name], a.spec.machine.words, _written(a.name))
        for a in load_answers()
    ]


def _written(task: str) -> Program:
    return load_solved(ROOT / f"{task}.json").program


def programs_of(known: Known, seeds: range) -> Iterator[tuple[str, Program]]:
    """What is to be read: the program of the term; of equals with its loops unfolded, drawn at
    random; and the one beside the spec. Each with what it is."""
    lowering = partial(lower, machine=known.machine)
    yield "term", lowering(_core(known.term))
    found = saturate(known.term, known.words, core=True, nodes=3_000, seconds=5.0)
    equals = list(islice(found.terms(), EQUALS))
    for seed in seeds:
        drawn = Random(f"{known.task}/{seed}").choice(equals)
        yield "equal", lowering(drawn)
    yield "written", known.written


def _core(term: Term) -> Term:
    core = expand(term)
    assert isinstance(core, Term)
    return core


def differing(known: Known, program: Program, reading: Term, memories: int) -> int:
    """On how many random memories the two end differently: with another memory, or only one of
    them, unless that took nearly all steps that there are."""
    machine, rng = known.machine, np.random.default_rng(0)
    starts = rng.integers(0, known.words, (memories, known.words), dtype=np.uint8)
    starts[rng.random(starts.shape) < 0.3] = 0  # where lists end
    ends = [
        run_batch(encode(p, machine.lines)[None], starts, machine)
        for p in (program, lower(_core(reading), machine))
    ]
    (one, _, taken, halted), (other, _, too, ended) = ends
    short = np.minimum(taken, too) <= STEPS // MORE
    wrong = np.where(halted & ended, (one != other).any(-1), (halted != ended) & short)
    return int(wrong.sum())
