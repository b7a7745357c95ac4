"""Program -> Weights -> Program."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.compiler import compile_program, decode, decode_packed, random_skeleton
from backend.weights import HEADS, unpack
from bridge.errors import AssemblyError
from bridge.isa import slot_mask
from bridge.program import decode_rows, encode, parse_program
from bridge.spec import Machine
from tests.programs import machines, programs


@st.composite
def fitting(draw, holes=False):
    machine = draw(machines())
    return machine, draw(programs(registers=machine.registers, lines=machine.lines, holes=holes))


@given(fitting())
def test_decode_after_compile_is_the_identity(world):
    """On encoded programs; on programs, once trailing halts are as `decode_rows` leaves them."""
    machine, program = world
    rows = encode(program, machine.lines)
    decoded = decode(compile_program(program, machine))
    np.testing.assert_array_equal(encode(decoded, machine.lines), rows)
    canonical = decode_rows(rows)
    assert decode(compile_program(canonical, machine)) == canonical


@given(fitting(), st.floats(0.01, 0.99), st.integers(0, 2**32 - 1))
def test_noise_below_one_leaves_the_program_likeliest(world, gamma, seed):
    machine, program = world
    noisy = compile_program(program, machine, gamma=gamma, rng=np.random.default_rng(seed))
    again = compile_program(program, machine, gamma=gamma, rng=np.random.default_rng(seed))
    np.testing.assert_array_equal(
        encode(decode(noisy), machine.lines), encode(program, machine.lines)
    )
    for head in HEADS:
        np.testing.assert_array_equal(getattr(noisy, head), getattr(again, head))


@given(machines(), st.integers(0, 2**32 - 1), st.sampled_from([1.0, 1e4]))
def test_any_weights_decode_to_a_valid_program(machine, seed, scale):
    size = 13 + 3 * machine.registers + machine.lines + 1
    logits = scale * np.random.default_rng(seed).normal(size=(machine.lines, size))
    program = decode(unpack(logits.astype(np.float32), machine.registers))
    program.check(machine)
    assert not program.has_hole
    assert parse_program(str(program)) == program


@given(fitting(holes=True))
def test_holes_and_unused_slots_are_blank(world):
    machine, program = world
    weights = compile_program(program, machine)
    rows = encode(program, machine.lines)
    for line, (opcode, *slots) in enumerate(rows.tolist()):
        for head, value in zip(HEADS, (opcode, *slots), strict=True):
            used = head == "opcode" or (opcode >= 0 and slot_mask()[opcode, HEADS.index(head) - 1])
            logits = np.asarray(getattr(weights, head)[line])
            if value < 0 or not used:
                assert np.ptp(logits) == 0
            else:
                assert logits.argmax() == value
                assert np.exp(logits).sum() == pytest.approx(1)


def test_eq_3():
    machine = Machine(words=4, registers=2, lines=1)
    weights = compile_program(
        parse_program("inc 2 1"), machine, gamma=0.3, epsilon=0.01, rng=np.random.default_rng(7)
    )
    u = np.random.default_rng(7).random((1, 13 + 2 + 2 + 2 + 2), np.float32)
    np.testing.assert_allclose(weights.opcode[0, 3], np.log(1 + 0.3 * u[0, 3] + 0.01), rtol=1e-5)
    np.testing.assert_allclose(weights.opcode[0, 0], np.log(0.3 * u[0, 0] + 0.01), rtol=1e-5)
    np.testing.assert_allclose(weights.a[0], np.log([0, 1] + 0.3 * u[0, 13:15] + 0.01), rtol=1e-5)


def test_noise_around_a_hole_is_relative_to_uniform():
    machine = Machine(words=4, registers=2, lines=1)
    weights = compile_program(
        parse_program("?"), machine, gamma=0.3, epsilon=0.01, rng=np.random.default_rng(7)
    )
    u = np.random.default_rng(7).random((1, 13 + 2 + 2 + 2 + 2), np.float32)
    np.testing.assert_allclose(
        weights.opcode[0], np.log(1 / 13 + 0.3 * u[0, :13] + 0.01), rtol=1e-5
    )


def test_packed_rows_decode_like_weights():
    packed = np.random.default_rng(0).normal(size=(5, 4, 13 + 9 + 5)).astype(np.float32)
    rows = decode_packed(packed, 3)
    assert (rows[..., 1:][~slot_mask()[rows[..., 0]]] == 0).all()
    for one, row in zip(packed, rows, strict=True):
        assert decode(unpack(one, 3)) == decode_rows(row)


def test_a_random_skeleton_says_nothing():
    machine = Machine(words=4, registers=2, lines=3)
    weights = compile_program(random_skeleton(3), machine)
    assert all(np.ptp(getattr(weights, head), axis=-1).max() == 0 for head in HEADS)
    assert np.ptp(weights.entropy()) < 1e-6


def test_entropy_of_a_sharp_program_is_zero():
    machine = Machine(words=4, registers=2, lines=4)
    weights = compile_program(parse_program("inc 1 1\nadd 1 2 1"), machine)
    assert np.abs(weights.entropy()).max() < 1e-6


def test_programs_that_do_not_fit_are_refused():
    machine = Machine(words=4, registers=2, lines=1)
    with pytest.raises(AssemblyError, match="registers"):
        compile_program(parse_program("inc 3 1"), machine)
    with pytest.raises(AssemblyError, match="lines"):
        compile_program(parse_program("inc 1 1\ninc 1 1"), machine)
    with pytest.raises(ValueError, match="rng"):
        compile_program(parse_program("inc 1 1"), machine, gamma=0.1)
