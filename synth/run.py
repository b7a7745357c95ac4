"""One run of a search: what engines share. Its budget, its clock, its best so far, its log."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np

from bridge import LoweringError, Program, Spec, Verdict, verify
from bridge.lowering.lower import lower
from bridge.term import Term
from synth.language import expand
from synth.runfolder import RunFolder
from synth.sketch import Sketch
from synth.solution import Stats

__all__ = ["Answer", "Budget", "Progress", "Run"]


@dataclass(frozen=True)
class Budget:
    """What a search may spend. Terms and restarts are work: the same budget gives the same
    answer. Seconds only cut it short."""

    seconds: float
    terms: int
    restarts: int
    nodes: int = 3_000
    """The most e-nodes of a near miss's e-graph."""
    memory: float = 2.0
    """The most memory of the process that saturates, in GiB."""


@dataclass(frozen=True)
class Answer:
    """A program that passes all examples, and where it comes from."""

    found_by: str
    program: Program
    term: Term | None = None
    skeleton: Term | Program | None = None
    near_miss: Term | None = None
    weights: dict[str, np.ndarray] | None = None
    entropy: tuple[float, ...] | None = None
    """Nats of doubt in the weights, line by line of the program."""


@dataclass(frozen=True)
class Progress:
    """What a run tells whoever watches it."""

    stage: str
    stats: Stats
    best_cells: int
    cells: int


@dataclass
class Run:
    """A spec on its way. Engines read the spec, ask `stopped()`, and hand programs to `offer`."""

    spec: Spec
    seed: int
    budget: Budget
    rulesets: Sequence[Any] = ()
    sketch: Sketch | None = None
    folder: RunFolder | None = None
    watch: Callable[[Progress], None] = lambda progress: None
    interrupted: Callable[[], bool] = lambda: False
    stats: Stats = field(default_factory=Stats)
    stage: str = "starting"
    notes: list[str] = field(default_factory=list)
    saved: dict[str, Any] = field(default_factory=dict)
    """The checkpoint: what engines need to go on from here."""
    best: tuple[Answer, Verdict] | None = None

    def __post_init__(self) -> None:
        self._start = time.monotonic()
        self._shown = 0.0
        self._stages: dict[str, float] = {}
        self._stage_began = 0.0
        self.cells = sum(1 for example in self.spec.examples for _ in example.cells())

    # ------------------------------------------------------------ budget

    @property
    def seconds(self) -> float:
        """Wall-clock since the run began."""
        return time.monotonic() - self._start

    def stopped(self) -> bool:
        """Whether time is up or the user interrupted."""
        return self.interrupted() or self.seconds >= self.budget.seconds

    def count(self, stage: str | None = None, **counts: Any) -> None:
        """Sets counters of the stats, and shows progress now and then. From the first count of
        a stage on, time is that stage's."""
        if stage is not None and stage != self.stage:
            self._stages, self._stage_began = self._stage_seconds(), self.seconds
            self.stage = stage
        self.stats = replace(self.stats, **counts)
        if self.seconds - self._shown > 0.1:
            self._shown = self.seconds
            cells = self.best[1].cells if self.best else 0
            self.watch(Progress(self.stage, self.timed(), cells, self.cells))

    def timed(self) -> Stats:
        """The stats, with the seconds so far."""
        return replace(self.stats, seconds=self.seconds, stages=self._stage_seconds())

    def _stage_seconds(self) -> dict[str, float]:
        spent = self.seconds - self._stage_began
        return {**self._stages, self.stage: self._stages.get(self.stage, 0.0) + spent}

    # ------------------------------------------------------------ programs

    def lower(self, term: Term, outputs: Mapping[str, int] | None = None) -> Program | None:
        """The term's program, if it fits the machine; see `bridge.lowering.lower.lower`."""
        try:
            return lower(cast("Term", expand(term)), self.spec.machine, outputs)
        except LoweringError:
            return None

    def lowerings(self, term: Term) -> Iterator[Program]:
        """The term's program; or, if the spec expects words in registers, one for each way in
        which the term's variables can end in these."""
        expected = {i + 1 for e in self.spec.examples for b, i, _ in e.cells() if b == "registers"}
        names = sorted({t for t in term.subterms() if isinstance(t, str)})
        for chosen in itertools.permutations(names, len(expected)):
            outputs = dict(zip(chosen, sorted(expected), strict=True))
            if (program := self.lower(term, outputs)) is not None:
                yield program

    def passes(self, program: Program) -> bool:
        """Whether a program is right on every example; it stops at the first that it fails."""
        spec = self.spec
        return all(verify(program, (e,), spec.machine).correct for e in spec.examples)

    def _completes(self, answer: Answer) -> bool:
        """Whether it completes the sketch, if there is one. A term does if it was made from the
        sketch's; its program may have other lines than the sketch's."""
        if self.sketch is None or answer.term is not None:
            return True
        return self.sketch.completed_by(answer.program)

    def offer(self, answer: Answer) -> bool:
        """Executes a program on the examples; keeps it if it is the best so far, in the folder
        too. Whether it passes all of them (and completes the sketch, if there is one)."""
        if not self._completes(answer):
            return False
        verdict = verify(answer.program, self.spec.examples, self.spec.machine)
        if self.best is not None and _rank(verdict) <= _rank(self.best[1]):
            return verdict.correct
        self.best = answer, verdict
        if self.folder is not None:
            self.folder.log(
                found_by=answer.found_by,
                program=str(answer.program),
                term=None if answer.term is None else str(answer.term),
                passed=verdict.passed,
                cells=verdict.cells,
                seconds=round(self.seconds, 3),
            )
        return verdict.correct

    # ------------------------------------------------------------ going on after a kill

    def save(self, **state: Any) -> None:
        """Adds to the checkpoint and writes it."""
        self.saved |= state
        if self.folder is not None:
            counts = {
                name: getattr(self.stats, name)
                for name in ("terms", "states", "skeletons", "restarts", "gradient_steps",
                             "programs", "soft", "solved", "diverged", "compile_seconds")
            }  # fmt: skip
            best = None
            if self.best is not None:
                answer = self.best[0]
                best = {
                    "found_by": answer.found_by,
                    "program": str(answer.program),
                    "term": None if answer.term is None else str(answer.term),
                    "skeleton": None if answer.skeleton is None else str(answer.skeleton),
                    "near_miss": None if answer.near_miss is None else str(answer.near_miss),
                    "entropy": answer.entropy,
                }
            self.folder.checkpoint({**self.saved, "stats": counts, "best": best})


def _rank(verdict: Verdict) -> tuple[bool, int, int]:
    return verdict.correct, verdict.cells, -sum(verdict.steps)
