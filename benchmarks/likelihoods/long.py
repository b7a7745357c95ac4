"""Nets trained for a known program on long lists alone, by each kind of likelihood.

    python -m benchmarks.likelihoods.long [--tasks sum max] [--kinds structure "soft machine"]

Pictures are scikit-learn's digits (the extra `digits`), lists of five to eight in the examples and
of eight among those held out, which are of other pictures: read by the net of the least loss on
examples that are kept back, and executed. Nobody says what a digit is, and no list is short.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table as Show

import synth
from backend.perception import Likelihood, make_structure
from backend.perception.batches import BLOCK
from backend.perception.nets import make_net
from backend.perception.race import Contest, Entry, make_course
from backend.perception.reader import NetReader
from backend.perception.relaxed import make_relaxed
from backend.perception.runners import Runner, train
from backend.perception.training import on_device
from benchmarks.command import Seeds, check_known, check_positive, make_app, run_app, seed_range
from benchmarks.statistics import rate
from benchmarks.suites.digits.generate import Draw, draw_spec, write_images
from benchmarks.suites.digits.tasks import TASKS
from bridge import Program, Spec
from bridge.images import ImageSet
from bridge.pictures import encode_pictures, load_sets
from bridge.readings import Group
from bridge.verify import verify_pictures
from synth.engines.pool import groups_of
from synth.judging import read_all
from synth.problem import Problem, resolve

__all__ = ["main"]

app = make_app("benchmarks.likelihoods.long")
LENGTHS: Final = (5, 6, 7, 8)
NOISE: Final = 0.02
KINDS: Final = {"structure": make_structure, "soft machine": make_relaxed}


Drawn = tuple[Spec, tuple[ImageSet, ...], Problem]
"""A spec, all its pictures, and what an engine sees of both."""


def _draw(task: str, examples: int, held: int, seed: int) -> Drawn:
    how = Draw(examples, seed=seed, held=held, lengths=LENGTHS, held_lengths=(max(LENGTHS),))
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder))
        path = Path(folder) / "spec.json"
        path.write_text(json.dumps(draw_spec(task, how)))
        spec = synth.load_spec(path)
        return spec, load_sets(spec), resolve(spec)


def _trained(program: Program, problem: Problem, kind: str, steps: int, seed: int) -> Runner:
    """The best of eight nets, by the examples that are kept back."""
    groups = groups_of(problem)
    likelihoods = tuple(_likelihood(program, group, problem, kind) for group in groups)
    course = make_course(groups, problem.images, noise=NOISE, seed=seed)
    contest = Contest(course, problem.images, make_net, seed)
    runners = [contest.enter(Entry(0, likelihoods), restart) for restart in range(BLOCK)]
    steps_taken = train(runners, steps, course)
    while True:
        try:
            next(steps_taken)
        except StopIteration as end:
            done: Sequence[Runner] = end.value
            return min(done, key=lambda runner: runner.loss)


def _likelihood(program: Program, group: Group, problem: Problem, kind: str) -> Likelihood:
    found = KINDS[kind](program, group, problem.machine)
    assert found is not None
    return found


def _score(drawn: Drawn, program: Program, runner: Runner) -> tuple[int, int]:
    """How many held-out lists of how many are right, read and executed."""
    spec, sets, _ = drawn
    nets = {
        images.name: on_device(net) for images, net in zip(sets, runner.state.nets, strict=True)
    }
    reader = NetReader(nets, {images.name: images.words for images in sets})
    tests = encode_pictures(spec.holdout, spec.machine, list(spec.images))
    verdict = verify_pictures(program, tests, read_all(reader, sets), spec.machine)
    return verdict.passed, verdict.total


@app.default
def measure(
    *,
    tasks: Annotated[list[str], Parameter(consume_multiple=True)] = ["sum", "max"],  # noqa: B006
    kinds: Annotated[list[str], Parameter(consume_multiple=True)] = [*KINDS],  # noqa: B006
    seeds: Seeds = "0:1",
    examples: int = 1000,
    held: int = 500,
    steps: Annotated[int, Parameter(help="Gradient steps.")] = 400,
) -> int:
    """Nets for known programs, trained on lists of five to eight alone."""
    check_known("tasks", tasks, TASKS)
    check_known("kinds", kinds, KINDS)
    check_positive(examples=examples, held=held, steps=steps)
    show = Show("task", "likelihood", "seed", "right of lists of eight", "loss", "s")
    for task in tasks:
        for seed in seed_range(seeds):
            drawn = _draw(task, examples, held, seed)
            program = TASKS[task].program(max(LENGTHS))
            for kind in kinds:
                start = time.perf_counter()
                best = _trained(program, drawn[2], kind, steps, seed)
                seconds = time.perf_counter() - start
                right = rate(*_score(drawn, program, best))
                show.add_row(task, kind, str(seed), right, f"{best.loss:.2f}", f"{seconds:.0f}")
    Console().print(show)
    return 0


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
