"""Compiled kernels look at the extents of what they are given, whoever calls: wrong ones are an
error in Python, not a write into another's memory."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.batch import run_batch, step_machine
from bridge.isa import lookup_table
from bridge.program import encode
from bridge.spec import Machine
from bridge.tests import Tests, encode_examples
from synth.discrete.anneal import anneal, sample
from synth.discrete.behaviours import new_walk
from synth.discrete.chains import new_chain
from synth.discrete.edits import make_family
from synth.discrete.walk import advance
from synth.enumeration.statespace import insert_all
from tests.cases import TABLE1

TASK = TABLE1["inc"]
MACHINE = TASK.spec.machine
TESTS = encode_examples(TASK.spec.examples, MACHINE)
CODE = encode(TASK.program, MACHINE.lines)


def misfits(value, names=None):
    """The named tuple with one of its arrays a row shorter, each in turn; with its name."""
    for name in names or value._fields:
        array = getattr(value, name)
        if isinstance(array, np.ndarray) and len(array):
            yield name, value._replace(**{name: np.ascontiguousarray(array[:-1])})


def refused(name, kernel, *given):
    """Calls it; its error must come, or else the test fails by that name."""
    kernel(*given, 10, 10)
    pytest.fail(name)


@pytest.mark.parametrize("kernel", [anneal, sample])
def test_chains(kernel):
    chain = new_chain(MACHINE, np.uint64(0), TASK.program)
    for name, wrong in misfits(chain, set(chain._fields) - {"open"}):
        with pytest.raises(ValueError, match=r"expected|as they must be"):
            refused(name, kernel, TESTS, wrong)
    for _, wrong in misfits(TESTS):
        with pytest.raises(ValueError, match="expected"):
            kernel(wrong, chain, 10, 10)


def test_walks():
    family = make_family(TASK.program, TESTS, MACHINE, 1)
    walk = new_walk(family)
    for name, wrong in misfits(walk, set(walk._fields) - {"weight", "bound"}):
        with pytest.raises(ValueError, match=r"expected|as the family"):
            refused(name, advance, family, wrong)
    for _, wrong in misfits(TESTS):
        with pytest.raises(ValueError, match="expected"):
            advance(family._replace(tests=wrong), walk, 10, 10)


def test_one_program():
    memory, registers = np.zeros(MACHINE.words, np.uint8), np.zeros(MACHINE.registers, np.uint8)
    for code, words in ((CODE[:, :4], MACHINE.words), (CODE, MACHINE.words - 1)):
        with pytest.raises(ValueError, match="expected"):
            step_machine(np.ascontiguousarray(code), memory, registers, lookup_table(words), 10)


@pytest.mark.parametrize(
    ("code", "memory"),
    [
        (CODE[None, :, :4], TESTS.memory),
        (CODE[None], TESTS.memory[:, :-1]),
        (CODE[None], TESTS.memory + np.uint8(MACHINE.words)),
        (CODE[None] * np.int16(100), TESTS.memory),
        (-1 - CODE[None], TESTS.memory),
    ],
)
@pytest.mark.usefixtures("unchecked_shapes")
def test_many_programs(code, memory):
    with pytest.raises(ValueError, match=r"give|out of range"):
        run_batch(code, memory, MACHINE)


def test_hashes():
    with pytest.raises(ValueError, match="power of two"):
        insert_all(np.zeros(3, np.uint64), np.ones(1, np.uint64))


def test_tests_of_another_machine_are_refused():
    other = encode_examples(TASK.spec.examples, Machine(words=MACHINE.words, registers=3, lines=8))
    assert isinstance(other, Tests)
    with pytest.raises(ValueError, match="registers"):
        anneal(other, new_chain(MACHINE, np.uint64(0), None), 10, 10)
