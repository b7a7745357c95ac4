"""Users' engines in processes of their own: ended in time, their errors told, their events kept."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

import synth
from benchmarks.suites import ROOT
from bridge import load_spec, parse_program
from synth.engines.base import EngineFailed
from synth.search import main
from tests.synth.test_plugins import CONSTRUCT, HEAD

EASY = ROOT / "table1" / "inc.json"
SPEC = load_spec(EASY)
ENGINE = """
import os, sys, time
from bridge import parse_program
from synth.engines import Candidate, Checkpoint, Note, Spent, Work

RIGHT = parse_program("read 2 1\\ninc 1 1\\nwrite 2 1")
WRONG = parse_program("halt")
RUNS = len(sys.argv)

class More(Note):
    pass

def mine(problem, budget, seed):
    yield Spent("thinking", Work(programs=1))
    {body}
"""


@pytest.fixture
def engine(tmp_path: Path):
    def write(body: str, head: str = "") -> str:
        path = tmp_path / "engine.py"
        path.write_text(head + ENGINE.replace("{body}", body.replace("\n", "\n    ")))
        return str(path)

    return write


def test_all_its_events_count(engine):
    source = engine(
        "yield Note(str(os.getpid()))\n"
        "yield More(f'not accepted: {(yield Candidate(WRONG))}')\n"
        "yield Checkpoint({'seed': seed, 'programs': budget.programs})\n"
        "yield Candidate(RIGHT)"
    )
    solution = synth.solve(SPEC, engine=source, seed=7, programs=99)
    assert solution.result is synth.Result.VERIFIED
    assert solution.found_by == "mine"
    assert solution.program == parse_program("read 2 1\ninc 1 1\nwrite 2 1")
    assert solution.stats.programs == 1
    assert {"mine", "thinking"} <= {*solution.stats.stages}
    pid, reply = solution.notes[:2]
    assert not Path(f"/proc/{pid}").exists()
    assert reply == "not accepted: False"


def test_what_it_prints_goes_to_stderr_and_json_stays_one_object(engine, tmp_path, capfd):
    source = engine(
        "print('hello from it', flush=True)\nos.system('echo and from its child')\n"
        "yield Candidate(RIGHT)"
    )
    out = str(tmp_path / "run")
    assert main([str(EASY), "--engine", source, "--json", "--quiet", "--out", out]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["found_by"] == "mine"
    assert "hello from it" in err
    assert "and from its child" in err


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise ValueError('so\\nsad')", "engine mine: line 15: ValueError: so sad"),
        ("import json; json.loads('x')", "engine mine: line 15: JSONDecodeError: Expecting value: "
                                         "line 1 column 1 (char 0)"),
        ("sys.exit(0)", "engine mine: line 15: SystemExit: 0"),
        ("os._exit(0)", "engine mine: its process ended by itself, with exit code 0"),
        ("yield Note(lambda: 0)", "engine mine: an event cannot be sent: "),
    ],
)  # fmt: skip
def test_where_it_fails_the_users_line_is_told(engine, body, message):
    source = engine(body)
    with pytest.raises(EngineFailed) as error:
        synth.solve(SPEC, engine=source)
    assert str(error.value).startswith(f"{source}: {message}")


def test_one_that_sleeps_is_ended(engine, tmp_path):
    source = engine("yield Note(str(os.getpid()))\ntime.sleep(60)")
    began = time.monotonic()
    solution = synth.solve(SPEC, engine=source, seconds=8)
    assert time.monotonic() - began < 50
    assert solution.result is synth.Result.BUDGET_EXHAUSTED
    assert any("time was up in thinking: nothing came for" in note for note in solution.notes)
    assert not Path(f"/proc/{solution.notes[0]}").exists()


def test_what_is_no_event_is_said(engine):
    solution = synth.solve(SPEC, engine=engine("yield 3\nyield Candidate(RIGHT)"))
    assert "mine yielded a int: yield an event of synth.engines" in solution.notes
    assert not solution.solved


def test_constructs_and_rulesets_are_known_to_it(engine, tmp_path):
    rules = tmp_path / "rules.py"
    rules.write_text(HEAD + CONSTRUCT)
    source = engine(
        "yield Note(str('clear' in problem.language))\n"
        "yield Note(str([r.ident.name for r in problem.rulesets]))\nyield Note(str(RUNS))"
    )
    solution = synth.solve(SPEC, engine=source, rulesets=[str(rules), "arith"])
    assert [*solution.notes[:3]] == ["True", "['mine', 'arith']", "1"]


def test_a_function_that_fails_in_the_same_process_is_told_with_its_line():
    def failing(problem, budget, seed):
        yield from ()
        raise ValueError("no")

    with pytest.raises(EngineFailed, match=r"engine failing: .*line \d+: ValueError: no"):
        synth.solve(SPEC, engine=failing)
