"""What is measured of enumeration."""

from __future__ import annotations

import pytest

from benchmarks.enumeration.__main__ import main
from benchmarks.enumeration.repeats import repeats
from tests.cases import TABLE1


def test_few_executions_are_repeated():
    """Of programs that differ by the names of variables alone, at most one in twenty."""
    spec = TABLE1["parity"].spec
    executed, repeated = repeats(spec.examples, spec.machine, 6_000)
    assert executed == 6_000
    assert repeated <= 0.05 * executed


def test_two_versions_are_timed(capsys):
    arguments = ["lists", "--tasks", "1", "--terms", "3000", "--counted", "500", "--against", "."]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "repeated: " in said
    assert "times (" in said


@pytest.mark.parametrize("arguments", [["--terms", "0"], ["--against", "/nowhere"]])
def test_what_cannot_be_measured_is_said(arguments, capsys):
    assert main(["lists", "--tasks", "1", "--counted", "10", *arguments]) == 2
    assert capsys.readouterr().err.startswith("error: --")
