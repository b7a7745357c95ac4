"""Engines that are commands: what they print is executed, whatever they say."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

import synth
from benchmarks.suites import ROOT
from bridge import load_spec, parse_program
from synth.engines.external import CommandError

SPEC = load_spec(ROOT / "table1" / "inc.json")
RIGHT = "read 2 1\\ninc 1 1\\nwrite 2 1"


def solve(tmp_path: Path, code: str, **more) -> synth.Solution:
    tool = tmp_path / "a tool.py"
    tool.write_text(code)
    engine = f"cmd:{sys.executable} '{tool}' --flag"
    return synth.solve(SPEC, engine=engine, **more)


def test_a_right_program_is_verified(tmp_path):
    solution = solve(tmp_path, f"""print('{{"program": "{RIGHT}"}}')""".replace("\\n", "\\\\n"))
    assert solution.result is synth.Result.VERIFIED
    assert solution.program == parse_program("read 2 1\ninc 1 1\nwrite 2 1")
    assert str(solution.found_by).startswith("cmd:")


def test_it_sees_the_spec_but_not_what_is_held_out(tmp_path):
    code = f"""
import json, sys
assert sys.argv[1] == "--flag"
spec = json.load(open(sys.argv[2]))
assert len(spec["examples"]) == 8 and not spec.get("holdout")
assert 0 < spec["search"]["seconds"] <= 7 and spec["search"]["seed"] == 5
print(json.dumps({{"program": "{RIGHT}"}}))
"""
    assert solve(tmp_path, code, seconds=7, seed=5).result is synth.Result.VERIFIED


@pytest.mark.parametrize("program", ['"halt"', "null"])
def test_wrong_programs_are_no_answer(tmp_path, program):
    solution = solve(tmp_path, f"""print('{{"program": {program}, "result": "verified"}}')""")
    assert solution.result is synth.Result.BUDGET_EXHAUSTED
    assert solution.found_by is None


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print('hello')", "printed 'hello', no solution"),
        ("", "printed 'nothing', no solution"),
        ("print('{}')", "no solution"),
        ("""print('{"program": 3}')""", "no solution"),
        ("""print('{"program": "fly 1"}')""", "no instruction 'fly'"),
        ("""print('{"program": "inc ? 1"}')""", "has a hole"),
        ("""print('{"program": "inc 7 1"}')""", "uses register 7"),
        ("raise ValueError('so sad')", "exit code 1|no solution"),
        ("import sys; sys.exit('so sad' and 3)", "exit code 3"),
    ],
)
def test_bad_output_is_explained(tmp_path, code, message):
    with pytest.raises(CommandError, match=message):
        solve(tmp_path, code)


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("cmd:/no/such/tool", "cannot be started"),
        ("cmd:", "names no command"),
        ("cmd:'open", r"no command line \(No closing quotation\): quote"),
    ],
)
def test_bad_commands_are_explained(engine, message):
    with pytest.raises(CommandError, match=message):
        synth.solve(SPEC, engine=engine)


def test_time_is_up(tmp_path):
    began = time.monotonic()
    solution = solve(tmp_path, "import time; time.sleep(60)", seconds=1)
    assert solution.result is synth.Result.BUDGET_EXHAUSTED
    assert any(n.startswith("time was up in external: cmd:") for n in solution.notes)
    assert time.monotonic() - began < 50
