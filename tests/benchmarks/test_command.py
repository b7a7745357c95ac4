"""The commands of the benchmarks: bad arguments give a line on stderr and exit code 2."""

from __future__ import annotations

from importlib import import_module

import pytest

from benchmarks.command import UsageError, run_app, seed_range


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        ("repair", ["--seeds", "x"], "--seeds x: expected FROM:TO, such as 0:10"),
        ("repair", ["--tasks", "sort"], "--tasks sort: choose from "),
        ("repair", ["--wrong", "0"], "--wrong 0: give a number above 0"),
        ("repair", ["--engines", "magic"], "no engine 'magic': there are "),
        ("repair", ["--engines", "mcmc", "magic"], "no engine 'magic': there are "),
        ("adaptation", ["--seeds", "3:1"], "--seeds 3:1: expected FROM:TO, such as 0:10"),
        ("adaptation", ["--tasks", "sort"], "--tasks sort: choose from access_biased, "),
        ("adaptation", ["--seconds", "0"], "--seconds 0: give a number above 0"),
        ("saturation.__main__", ["--arms", "all"], "--arms all: choose from miss, padded, equals"),
        ("saturation.__main__", ["--seeds", "-1"], "'-1': expected numbers such as 0:8 or 1,4,7"),
        ("table1.__main__", ["--seeds", "a:b"], "--seeds a:b: expected FROM:TO, such as 0:10"),
        ("report.__main__", [], "name a file of results, or two with --compare"),
        ("run", ["table1", "--seeds", ":"], "--seeds :: expected FROM:TO, such as 0:10"),
    ],
)
def test_bad_arguments(module, arguments, message, capsys):
    assert run_app(import_module(f"benchmarks.{module}").app, arguments) == 2
    assert capsys.readouterr().err.startswith(f"error: {message}")


def test_seeds():
    assert seed_range("0:10") == range(10)
    assert seed_range("7") == range(7, 8)
    with pytest.raises(UsageError):
        seed_range("-1:3")
    with pytest.raises(UsageError, match="0:1000000000: give at most 100,000"):
        seed_range("0:1000000000")
