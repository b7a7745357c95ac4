"""Same spec, same seed: same answer."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

import synth
from backend import Tuning, tune
from bridge import Machine
from bridge.loading import convert_spec
from tests.programs import programs

WORDS = 4
memories = st.lists(st.integers(0, WORDS - 1), min_size=WORDS, max_size=WORDS)


@st.composite
def specs(draw):
    """Any examples of a small machine; most of them no short program explains."""
    inputs = draw(st.lists(memories, min_size=2, max_size=3, unique_by=tuple))
    return convert_spec(
        {
            "machine": {"words": WORDS, "registers": 4, "lines": 6, "steps": 16},
            "examples": [{"memory": m, "expect": {"memory": draw(memories)}} for m in inputs],
        }
    )


@settings(max_examples=60)
@given(specs(), st.integers(20, 300))
def test_enumeration(spec, terms):
    one, other = (synth.solve(spec, engine="enumeration", terms=terms) for _ in range(2))
    seconds = one.stats.seconds
    assert replace(other, stats=replace(other.stats, seconds=seconds)) == one


@settings(max_examples=60)
@given(specs(), programs(registers=4, lines=6, holes=True), st.integers(0, 2**32 - 1))
def test_tuning(spec, skeleton, seed):
    recipe = Tuning(steps=10, decode_every=5, samples=20, horizon=16)
    machine: Machine = spec.machine
    runs = [
        tune([skeleton], spec.examples, machine, restarts=2, seed=seed, tuning=recipe)
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
