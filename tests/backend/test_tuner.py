"""Tuning: small tasks, one compiled shape for nearly all."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh

from backend import Arm, Tuning, decode, random_skeleton, tune, tune_rounds
from backend.descent import compiled
from backend.ledger import SLICE
from backend.loss import doubt
from backend.runtime import AXIS, prepare
from backend.schedule import waves
from backend.task import make_task
from backend.weights import HEADS
from bridge.errors import AssemblyError
from bridge.interpreter import run
from bridge.program import Program, parse_program
from bridge.spec import Example, Expect, Machine
from bridge.verify import verify

MACHINE = Machine(words=8, registers=4, lines=8, steps=48)
LOOP = "loop: read 1 2\njump 2 end\n{body}\nwrite 1 2\ninc 1 1\njump 3 loop\nend: halt"
MAP_INC, MAP_DEC = (parse_program(LOOP.format(body=op)) for op in ("inc 2 2", "dec 2 2"))


def examples(program: Program, seed: int, count: int = 8) -> list[Example]:
    """What the program does to zero-terminated lists."""
    rng = np.random.default_rng(seed)
    memories = [(*rng.integers(1, 8, rng.integers(1, 5)).tolist(), 0) for _ in range(count)]
    return [
        Example(memory=m, expect=Expect(memory=run(program, m, MACHINE).memory)) for m in memories
    ]


TASK, HELD_OUT = examples(MAP_DEC, 1), examples(MAP_DEC, 2, 40)
SHORT = Tuning(steps=40, decode_every=10, horizon=32, stop_at_first=False, samples=50)


def test_a_wrong_opcode_is_repaired_and_the_repair_holds_on_other_inputs():
    result = tune([MAP_INC], TASK, MACHINE, restarts=16, seed=0)
    assert result.best is result.solutions[0]
    for solved in result.solutions:
        assert verify(solved.program, TASK, MACHINE).correct
        assert verify(solved.program, HELD_OUT, MACHINE).correct
        assert solved.cells == result.cells
        assert solved.weights.lines == MACHINE.lines
        assert solved.weights.registers == MACHINE.registers
        assert solved.sampled or decode(solved.weights) == solved.program
        assert solved.entropy.shape == (MACHINE.lines,)
        course = solved.course
        assert course.steps.tolist() == [*range(0, solved.step + 1, 20)]
        assert len(course.loss) == len(course.steps)
        assert np.isfinite(course.loss[1:]).all()
        for head in HEADS:
            last = getattr(solved.weights, head)
            np.testing.assert_allclose(getattr(course.weights, head)[-1], last, rtol=2e-3)
    assert result.programs > result.gradient_steps / 20
    assert result.compile_seconds >= 0


def test_holes_are_filled_and_what_is_no_hole_stays():
    sketch = parse_program(LOOP.format(body="?"))
    arms = (Arm(focus=True),)
    result = tune([sketch], TASK, MACHINE, restarts=8, seed=0, tuning=Tuning(hole_arms=arms))
    assert result.solutions
    for solved in result.solutions:
        assert verify(solved.program, HELD_OUT, MACHINE).correct
        kept = list(solved.program.instructions)
        del kept[2]
        wanted = list(sketch.instructions)
        del wanted[2]
        assert kept == wanted


def test_the_same_seed_gives_the_same_answer():
    once = tune([MAP_INC], TASK, MACHINE, restarts=4, seed=3, tuning=SHORT)
    again = tune([MAP_INC], TASK, MACHINE, restarts=4, seed=3, tuning=SHORT)
    other = tune([MAP_INC], TASK, MACHINE, restarts=4, seed=4, tuning=SHORT)
    assert once == again
    assert once != other


def test_results_do_not_depend_on_what_runs_beside():
    """Each restart alone finds what it finds among others: other skeletons, other places in the
    wave, other chunks."""
    zero = parse_program(LOOP.format(body="zero 2"))
    together = tune([zero, MAP_INC], TASK, MACHINE, restarts=12, seed=0, tuning=SHORT)
    assert len(together.solutions) > 4
    apart = [
        tune([skeleton], TASK, MACHINE, restarts=12, seed=0, tuning=SHORT, first_skeleton_index=i)
        for i, skeleton in enumerate([zero, MAP_INC])
    ]

    def key(solved):
        return solved.skeleton, solved.restart

    found = sorted((s for result in apart for s in result.solutions), key=key)
    assert sorted(together.solutions, key=key) == found
    few = tune([zero, MAP_INC], TASK, MACHINE, restarts=5, seed=0, tuning=SHORT)
    expected = [s for s in found if s.restart < 5]
    assert sorted(few.solutions, key=key) == expected
    weights = {key(s): s.weights.opcode for s in together.solutions}
    for solved in found:
        np.testing.assert_array_equal(solved.weights.opcode, weights[key(solved)])


def test_a_restart_that_diverges_is_dropped_and_counted():
    wild = dataclasses.replace(SHORT, learning_rate=float("inf"))
    result = tune([MAP_INC], TASK, MACHINE, restarts=8, seed=0, tuning=wild)
    assert result.diverged > 0
    assert result.restarts == 8
    assert result.solutions == ()


def test_soft_successes_are_counted_of_all_restarts_that_go_to_the_end():
    """What is found is the same; restarts that were solved early are soft successes later."""
    early = tune([MAP_INC], TASK, MACHINE, restarts=12, seed=0, tuning=SHORT)
    tuning = dataclasses.replace(SHORT, to_the_end=True)
    late = tune([MAP_INC], TASK, MACHINE, restarts=12, seed=0, tuning=tuning)
    assert early.solutions
    assert late.solutions == early.solutions
    assert late.gradient_steps == 12 * SHORT.steps > early.gradient_steps
    assert late.soft > early.soft


def test_the_other_controller_finds_programs_too():
    tuning = dataclasses.replace(SHORT, controller="softmaxes")
    result = tune([MAP_INC], TASK, MACHINE, restarts=8, seed=0, tuning=tuning)
    assert result.solutions
    assert result.diverged == 0


def test_entropy_pressure_makes_weights_sure():
    """Of the same restarts, after as many gradient steps; where it is annealed, not yet in the
    first."""
    annealing = {"entropy": 1.0, "anneal": True}

    def mean_entropy(steps: int, **pressure) -> np.ndarray:
        tuning = dataclasses.replace(SHORT, steps=steps, decode_every=steps, **pressure)
        task = make_task([MAP_INC], TASK, MACHINE, tuning, seed=0, thrifty=False, first=0)
        mesh = prepare()
        wave = next(waves(task, 8, mesh.size))
        orders, shape = wave.order(wave.begin(task), task, 0, wave.taken), wave.shape
        function = compiled(mesh, shape.registers, shape.horizon, tuning.controller)
        progress = function(orders, task.recipe)
        packed, heads = np.asarray(progress.packed)[wave.taken], wave.shape.heads
        return np.asarray(doubt(jnp.asarray(packed), wave.free[wave.taken], heads))

    without, full, annealed = (
        mean_entropy(40, **pressure) for pressure in ({}, {"entropy": 1.0}, annealing)
    )
    assert (full < without).all()
    assert (annealed < without).all()
    np.testing.assert_allclose(mean_entropy(1, **annealing), mean_entropy(1), rtol=1e-5)
    assert (mean_entropy(1, entropy=1.0) < mean_entropy(1)).all()


def test_entropy_pressure_of_any_weight_is_one_compiled_function():
    function: Any = compiled(prepare(), MACHINE.registers, 32, "logits")
    compilations = []
    for skeleton, weight in ((MAP_INC, 0.1), (MAP_DEC, 0.2)):
        tuning = dataclasses.replace(SHORT, entropy=weight)
        tune([skeleton], TASK, MACHINE, restarts=1, seed=0, tuning=tuning)
        compilations.append(function._cache_size())
    assert compilations[0] == compilations[1] > 0


def test_nothing_is_fatal():
    # Examples that contradict each other.
    twice = [
        Example(memory=(1,), expect=Expect(memory=(2,))),
        Example(memory=(1,), expect=Expect(memory=(3,))),
    ]
    result = tune([MAP_INC], twice, MACHINE, restarts=4, seed=0, tuning=SHORT)
    assert result.solutions == ()
    assert result.best is not None
    assert result.best.cells < result.cells
    # Nothing to do.
    for skeletons, restarts in (([], 4), ([MAP_INC], 0)):
        result = tune(skeletons, TASK, MACHINE, restarts=restarts, seed=0, tuning=SHORT)
        assert (result.best, result.restarts, result.gradient_steps) == (None, 0, 0)
    # A skeleton that is right already, one without an instruction, one that never halts.
    assert tune([MAP_DEC], TASK, MACHINE, restarts=8, seed=0).solutions
    endless = parse_program("loop: jump 1 loop")
    tune([Program(()), endless], TASK, MACHINE, restarts=2, seed=0, tuning=SHORT)


def test_whoever_has_enough_stops_asking():
    rounds = tune_rounds([MAP_INC], TASK, MACHINE, restarts=64, seed=0, tuning=SHORT)
    told = [next(rounds)]
    while not told[-1].programs:
        told.append(next(rounds))
    rounds.close()
    assert told[0].restarts <= 64
    assert 0 < told[-1].gradient_steps < 64 * SHORT.steps
    # Of the round that was under way, little is executed at a time.
    assert told[-1].programs <= SLICE * (1 + SHORT.samples)


def test_what_was_found_stays():
    told = list(tune_rounds([MAP_INC], TASK, MACHINE, restarts=8, seed=0, tuning=SHORT))
    assert told[-1].solutions
    for earlier, later in itertools.pairwise(told):
        assert later.solutions[: len(earlier.solutions)] == earlier.solutions
        assert later.programs >= earlier.programs
        assert later.gradient_steps >= earlier.gradient_steps


def test_random_weights_are_a_skeleton_too():
    """From noise alone, one instruction is found."""
    task = [Example(memory=(x,), expect=Expect(memory=(0,))) for x in range(8)]
    result = tune([random_skeleton(2)], task, MACHINE, restarts=8, seed=0, tuning=SHORT)
    assert result.solutions
    assert 0 <= result.soft <= result.restarts


def test_few_steps_as_the_objective():
    """From a program that is right but slow, one that is right and faster."""
    slow = parse_program("read 1 2\nmove 2 3\nnoop\ninc 2 2\nmove 2 3\nnoop\nwrite 1 2\nhalt")
    task = [Example(memory=(x,), expect=Expect(memory=((x + 1) % 8,))) for x in range(8)]
    tuning = dataclasses.replace(SHORT, stop_at_first=True)
    result = tune([slow], task, MACHINE, restarts=8, seed=0, tuning=tuning, objective="steps")
    assert result.best is not None
    assert result.best.steps < 8 * len(task)
    assert result.best.steps == sum(verify(result.best.program, task, MACHINE).steps)
    assert verify(result.best.program, task, MACHINE).correct


def test_results_do_not_depend_on_the_number_of_devices(monkeypatch):
    both = tune([MAP_INC], TASK, MACHINE, restarts=12, seed=0, tuning=SHORT)
    alone = Mesh(np.array(jax.devices()[:1]), (AXIS,))
    monkeypatch.setattr("backend.tuner.prepare", lambda: alone)
    one = tune([MAP_INC], TASK, MACHINE, restarts=12, seed=0, tuning=SHORT)

    def key(solved):
        return solved.restart

    assert both.solutions
    assert sorted(one.solutions, key=key) == sorted(both.solutions, key=key)


def test_machines_that_need_not_halt():
    machine = Machine(words=8, registers=4, lines=8, steps=30, halt=False)
    listing = parse_program("loop: read 1 2\ninc 2 2\nwrite 1 2\ninc 1 1\njump 3 loop")
    wrong = parse_program("loop: read 1 2\nmove 2 2\nwrite 1 2\ninc 1 1\njump 3 loop")
    rng = np.random.default_rng(0)
    memories = [tuple(rng.integers(0, 8, 8).tolist()) for _ in range(8)]
    task = [
        Example(memory=m, expect=Expect(memory=run(listing, m, machine).memory)) for m in memories
    ]
    result = tune([wrong], task, machine, restarts=8, seed=0)
    assert result.solutions


def test_skeletons_that_do_not_fit_are_refused():
    with pytest.raises(AssemblyError, match="skeleton 7"):
        tune([random_skeleton(9)], TASK, MACHINE, restarts=1, seed=0, first_skeleton_index=7)


def test_every_restart_runs_once():
    task = make_task(
        [MAP_INC, MAP_DEC, random_skeleton(8)], TASK, MACHINE, Tuning(),
        seed=0, thrifty=False, first=5,
    )  # fmt: skip
    keys = [
        tuple(key) for wave in waves(task, 37, devices=2) for key in wave.keys[wave.taken].tolist()
    ]
    assert sorted(keys) == [(i, r) for i in (5, 6, 7) for r in range(37)]
