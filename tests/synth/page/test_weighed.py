"""The sections of the weights and of the soft program, held to the backend and the interpreter."""

from __future__ import annotations

import base64
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from backend import compile_program
from backend.weights import Weights
from bridge import Machine, Spec, parse_program
from bridge.spec import Example, Expect
from synth.page.run import Run
from synth.page.soft import soft, soft_states
from synth.page.told import Told
from synth.page.traces import trace
from synth.page.weighed import MOST_BYTES, softmax, weighed
from synth.problem import resolve

MACHINE = Machine(words=8, registers=3, lines=8, steps=30)
LOOP = parse_program(
    "loop: read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1\njump 3 loop\nend: halt"
)
MEMORY = (3, 1, 7, 0)


def weights_of(machine: Machine = MACHINE, epsilon: float = 1e-5) -> dict[str, np.ndarray]:
    weights = compile_program(LOOP, machine, epsilon=epsilon)
    return {name: np.asarray(a) for name, a in vars(weights).items() if a is not None}


def run_with(weights, machine: Machine = MACHINE, **others) -> Run:
    spec = Spec(machine=machine, examples=(Example(memory=MEMORY, expect=Expect(memory=(4,))),))
    told = Run(spec, resolve(spec), Told(), LOOP, None, True, spec.examples, (), **others)
    return replace(told, weights=weights)


def unpacked(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape) / 255


def test_doubt_is_the_backends():
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(0, 2, array.shape) for name, array in weights_of().items()}
    found = weighed(run_with(weights))
    assert found is not None
    np.testing.assert_allclose(found.rounds[0].doubt, Weights(**weights).entropy(), atol=2e-3)


def test_shades_are_the_probabilities():
    weights = weights_of(epsilon=0.1)
    found = weighed(run_with(weights))
    assert found is not None
    heads = [softmax(weights[head]) for head in weights]
    shown = unpacked(found.rounds[0].shades, MACHINE.lines, sum(h.shape[-1] for h in heads))
    np.testing.assert_allclose(shown, np.concatenate(heads, -1), atol=0.003)
    assert [len(head.places) for head in found.heads] == [h.shape[-1] for h in heads]


def test_the_likeliest_program_is_recognised():
    found = weighed(run_with(weights_of()))
    assert found is not None
    assert found.is_answer
    said = [line.text.split()[0] for line in found.lines]
    assert said == [instruction.opcode for instruction in LOOP.instructions]
    other = weights_of() | {"opcode": np.roll(weights_of()["opcode"], 1, -1)}
    found = weighed(run_with(other))
    assert found is not None
    assert not found.is_answer


@pytest.mark.parametrize("rounds", [1, 2, 100])
def test_the_course_is_shown_some_rounds_of_it(rounds):
    weights = weights_of()
    course = {name: np.stack([array] * rounds) for name, array in weights.items()}
    loss = np.array([np.nan, *np.linspace(2, 1, rounds - 1)])
    course |= {"steps": 20 * np.arange(rounds), "loss": loss}
    found = weighed(run_with(weights, arrays={"course": course}))
    assert found is not None
    assert len(found.rounds) <= 24
    if rounds > 1:
        assert (found.rounds[0].step, found.rounds[-1].step) == (0, 20 * (rounds - 1))
        assert found.rounds[0].loss is None
        assert found.rounds[-1].loss == loss[-1]
    assert sum(len(r.shades) for r in found.rounds) <= MOST_BYTES * 4 / 3
    assert (found.plot is None) == (rounds < 3)


def test_a_large_machine_has_a_small_section():
    machine = Machine(words=128, registers=16, lines=64, steps=30)
    weights = weights_of(machine)
    course = {name: np.stack([array] * 30) for name, array in weights.items()}
    course |= {"steps": np.arange(30), "loss": np.ones(30)}
    run = run_with(weights, machine, arrays={"course": course})
    found = weighed(run)
    assert found is not None
    assert sum(len(r.shades) for r in found.rounds) <= MOST_BYTES * 4 / 3


def test_sharp_weights_do_softly_what_the_program_does():
    states = soft_states(weights_of(), MEMORY, MACHINE.words, 30)
    expected = trace(LOOP, MEMORY, MACHINE)
    state = [*expected.start, *[0] * MACHINE.registers]
    for t, changes in enumerate(((), *expected.changes)):
        for cell, word in changes:
            state[cell] = word
        assert states["memory"][t].argmax(-1).tolist() == state[: MACHINE.words]
        assert states["registers"][t].argmax(-1).tolist() == state[MACHINE.words :]
        if t < len(expected.path):
            assert states["line"][t].argmax() == expected.path[t]
    for bank in states.values():
        np.testing.assert_allclose(bank.sum(-1), 1, atol=1e-4)


def test_the_soft_section_holds_these_states():
    weights = weights_of()
    found = soft(run_with(weights), 5)
    assert found is not None
    (shown,) = found.traces
    states = soft_states(weights, MEMORY, MACHINE.words, shown.steps)
    memory = unpacked(shown.memory, shown.steps + 1, 5, MACHINE.words)
    np.testing.assert_allclose(memory, states["memory"][:, :5], atol=0.003)
    assert unpacked(shown.line, shown.steps + 1, MACHINE.lines + 1).shape == states["line"].shape
    assert len(found.lines) == MACHINE.lines


def test_registers_start_as_the_weights_say():
    machine = msgspec.structs.replace(MACHINE, preload=True)
    program = parse_program("r1 = 2\nr3 = 5\nwrite 1 3\nhalt")
    compiled = vars(compile_program(program, machine, epsilon=1e-5))
    weights = {name: np.asarray(array) for name, array in compiled.items()}
    states = soft_states(weights, MEMORY, machine.words, 2)
    assert states["registers"][0].argmax(-1).tolist() == [2, 0, 5]
    assert states["memory"][2][2].argmax() == 5
    spec = Spec(machine=machine, examples=(Example(memory=MEMORY, expect=Expect(memory=(3,))),))
    run = Run(spec, resolve(spec), Told(), program, None, True, spec.examples, (), weights=weights)
    assert (found := weighed(run)) is not None
    assert found.is_answer
    assert soft(run, 4) is not None


def test_without_weights_there_are_no_such_sections():
    assert weighed(run_with(None)) is None
    assert soft(run_with({"opcode": np.zeros((2, 13))}), 4) is None
