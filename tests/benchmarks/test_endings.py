"""Ctrl-C and the end of the time, with cold caches."""

from __future__ import annotations

from benchmarks.endings import draw_spec, end, table
from bridge.loading import convert_spec


def test_specs_differ_by_seed_and_are_valid():
    assert draw_spec(0) == draw_spec(0) != draw_spec(1)
    assert len(convert_spec(draw_spec(0)).examples) == 4


def test_mcmc_ends_while_it_compiles():
    """It takes longer than that to compile: what cannot be interrupted is left behind."""
    interrupted = end("mcmc", 0, 60.0, interrupt=3.0)
    timed = end("mcmc", 0, 0.5)
    assert (interrupted.code, timed.code) == (130, 1)
    assert interrupted.whole
    assert timed.whole
    assert interrupted.late < 20
    assert table({"mcmc": ([interrupted], [timed])}, "").row_count == 1
