"""Kernels have room for the longest statement."""

from __future__ import annotations

import numpy as np

from bridge.isa import INDEX
from bridge.spec import Example, Expect, Machine
from bridge.term import Term
from bridge.tests import encode_examples
from synth.enumeration.expand import Box, expand
from synth.enumeration.judge import GOAL
from synth.enumeration.making.batch import BLANK, Batch
from synth.enumeration.making.codes import codes_of
from synth.enumeration.renamed import Renamed, as_arrays
from synth.enumeration.sizes import MAX_LINES, MAX_PART
from synth.enumeration.statespace import make_scratch, new_store

EXAMPLES = (Example(memory=(1,), expect=Expect(memory=(2,))),)


def noops(code: np.ndarray) -> Batch:
    """A template of that code."""
    return Batch(
        0, codes_of([code]), np.zeros(1, bool), np.ones((1, 1), bool), lambda _: Term("noop")
    )


def test_a_body_of_two_of_the_longest_in_the_longest_fits():
    noop = INDEX["noop"]
    code = np.zeros((MAX_PART, 5), np.int16)
    code[:, 0] = noop
    around = code.copy()
    around[7, 0] = -1
    statements, shells = Renamed(), Renamed()
    statements.add([noops(code)], 1)
    shells.add([BLANK, noops(around)], 1)
    tests = encode_examples(EXAMPLES, Machine(words=8, steps=512))
    scratch, store = make_scratch(tests), new_store(64)
    scratch.code[:, 0] = -1
    box = Box(0, 1, (0, 1), (1, 2), (0, 1), (0, 1))
    goals = np.empty((8, GOAL), np.int64)
    _, executed = expand(
        tests, as_arrays(statements, shells), store, box, box.cursor(0), 10, scratch, 0, goals
    )
    assert executed == 1
    assert len(scratch.code) == MAX_LINES
    assert (scratch.code[: MAX_LINES - 1, 0] == noop).all()  # but for the blank line
    assert scratch.code[-1, 0] == -1
