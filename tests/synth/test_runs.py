"""The run folder: one run at a time, checked like a spec, compared by content."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import synth
from bridge import Example, Machine, SkeletuneError, Spec, parse_program
from bridge.spec import Expect
from synth.runs.files import RunFolderError
from synth.runs.lock import FolderLock
from synth.search import main

SPEC = Spec(
    machine=Machine(words=8),
    examples=tuple(Example(memory=(i,), expect=Expect(memory=(3 * i % 8,))) for i in range(8)),
)
"""Too hard for a few terms."""
HARD = Spec(
    machine=Machine(words=16),
    examples=(
        Example(memory=(3, 1, 4), expect=Expect(memory=(5, 9, 2))),
        Example(memory=(7, 2), expect=Expect(memory=(1, 12, 3))),
        Example(memory=(2, 2, 9, 8), expect=Expect(memory=(11, 3, 3, 7))),
    ),
)
"""No short program does this."""


def solve(path, **search):
    return synth.solve(SPEC, engine="enumeration", out=path, terms=100, **search)


@pytest.fixture
def ended(tmp_path):
    solve(tmp_path / "run")
    return tmp_path / "run"


# ---------------------------------------------------------------- one run at a time


def test_a_folder_in_use_is_refused_and_its_holder_named(ended):
    lock = FolderLock(ended)
    message = rf"{ended}: in use by process {os.getpid()} on .* since 20.*: wait for its end"
    with pytest.raises(RunFolderError, match=message):
        synth.resume(ended)
    with pytest.raises(RunFolderError, match=message):
        solve(ended)
    lock.release()
    synth.resume(ended)
    assert not (ended / "lock").exists()


def test_nobody_waits_for_the_dead(ended):
    code = f"""
import os, pathlib, synth.runs.lock
lock = synth.runs.lock.FolderLock(pathlib.Path({str(ended)!r}))
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", code])
    assert (ended / "lock").exists()
    synth.resume(ended)
    assert not (ended / "lock").exists()


def test_the_lock_is_let_go_of_when_the_search_fails(tmp_path):
    def engine(problem, budget, seed):
        raise SkeletuneError("no luck")
        yield

    with pytest.raises(SkeletuneError, match="no luck"):
        synth.solve(SPEC, engine=engine, out=tmp_path / "run")
    FolderLock(tmp_path / "run").release()


def test_what_a_kill_left_half_written_is_removed(ended):
    (ended / "checkpoint.json.tmp").write_text("{")
    synth.resume(ended)
    assert not list(ended.glob("*.tmp*"))


def test_no_folder_where_none_is_wanted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.json").write_bytes(msgspec.json.encode(SPEC))
    assert main(["s.json", "--terms", "9", "--engine", "enumeration", "--out", "none"]) == 1
    assert "files" not in capsys.readouterr().out
    assert [p.name for p in tmp_path.iterdir()] == ["s.json"]


# ---------------------------------------------------------------- checked like a spec

DAMAGES = [
    ("run.json", {}, r"\$\.engine: missing: add it"),
    ("run.json", ("search", "seed", "zero"), r"\$\.search\.seed: expected an integer"),
    ("run.json", ("search", "sed", 1), r"\$\.search\.sed: unknown key: did you mean 'seed'"),
    ("spec.json", {"machine": 3}, r"\$\.examples: missing"),
    ("checkpoint.json", [], r"\$: expected an object"),
    ("checkpoint.json", ("work", "terms", -1), r"\$\.work\.terms: expected an integer"),
    ("checkpoint.json", ("best", "program", "frob 1"), r"\$\.best\.program: "),
    ("checkpoint.json", ("best", "program", "inc 99 1"), r"\$\.best\.program: uses register 99"),
    ("checkpoint.json", ("best", "program", "?"), r"\$\.best\.program: "),
    ("checkpoint.json", ("best", "term", "(do (frob p))"), r"\$\.best\.term: "),
    (
        "checkpoint.json",
        {"counterexamples": [{"memory": [9], "expect": {"memory": [1]}}]},
        r"\$\.counterexamples\[0\]\.memory\[0\]: ",
    ),
]


@pytest.mark.parametrize(("name", "change", "message"), DAMAGES)
def test_damage_is_said_with_file_and_path(name, change, message, ended):
    file = ended / name
    raw = json.loads(file.read_text())
    if isinstance(change, tuple):
        part, key, value = change
        assert raw[part], raw
        raw[part][key] = value
    else:
        raw = change
    file.write_text(json.dumps(raw))
    with pytest.raises(RunFolderError, match=re.escape(str(file)) + ": (" + message + ")"):
        synth.resume(ended)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"rung": "x"}, r"\$\.engine\.rung: expected an integer"),
        ({"starts": ["(do (frobnicate p))"]}, r"\$\.engine\.starts\[0\]: "),
        ({"starts": ["inc 99 1"]}, r"\$\.engine\.starts\[0\]: "),
        (
            {"rung": 5, "own": {"tuning": {"skeletons": -1}}},
            r"\$\.engine\.own\.tuning\.skeletons: ",
        ),
    ],
)
def test_damage_of_an_engines_state(state, message, tmp_path):
    synth.solve(SPEC, engine="ladder", out=tmp_path, terms=20, programs=0, restarts=0)
    (tmp_path / "checkpoint.json").write_text(json.dumps({"engine": state}))
    with pytest.raises(RunFolderError, match=rf"checkpoint\.json: {message}.*begins anew"):
        synth.resume(tmp_path)


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=4), st.just([]), st.just({})
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_mangled_file_gives_anything_but_an_error(ended, data):
    """Any part of any file replaced by anything: it goes on, or a line says what is wrong."""
    whole = {file.name: file.read_text() for file in ended.glob("*.json")}
    name = data.draw(st.sampled_from(["run.json", "checkpoint.json", "spec.json"]))
    raw = json.loads(whole[name])
    node = raw
    while isinstance(node, dict | list) and node:
        key = data.draw(
            st.sampled_from(sorted(node) if isinstance(node, dict) else [*range(len(node))])
        )
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            node[key] = data.draw(
                st.none()
                | st.booleans()
                | st.integers()
                | st.text(max_size=4)
                | st.just([])
                | st.just({})
            )
            break
        node = node[key]
    try:
        (ended / name).write_text(json.dumps(raw))
        synth.resume(ended, seconds=0.01)
    except SkeletuneError as e:
        said = str(e)
    else:
        said = str(ended)
    for file, text in whole.items():
        (ended / file).write_text(text)
    assert str(ended) in said


# ---------------------------------------------------------------- loading what was found


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    inc = [Example(memory=(i,), expect=Expect(memory=(i + 1,))) for i in range(5)]
    spec = Spec(machine=Machine(words=8), examples=tuple(inc[:3]), holdout=tuple(inc[3:]))
    folder = tmp_path_factory.mktemp("once")
    return synth.solve(spec, engine="enumeration", out=folder, answers=2, terms=5_000), folder


@pytest.fixture
def found(once, tmp_path):
    solution, folder = once
    return solution, shutil.copytree(folder, tmp_path / "found")


def test_a_solution_is_loaded_as_it_was(found):
    solution, folder = found
    loaded = synth.load_solution(folder)
    assert (
        loaded.to_json() == solution.to_json() == json.loads((folder / "solution.json").read_text())
    )
    assert loaded.result is synth.Result.VERIFIED
    assert loaded.program == solution.program
    assert loaded.answers == solution.answers


def test_without_an_answer_there_is_one_to_load(ended):
    loaded = synth.load_solution(ended)
    assert loaded.result is synth.Result.BUDGET_EXHAUSTED
    assert not loaded.solved


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("program", "halt", r"\$\.examples: says that 3 of 3 pass, but 0 of 3 do"),
        ("program", "frob", r"\$\.program: "),
        ("result", "splendid", r"\$\.result: expected "),
        (
            "answers",
            [{"program": "?", "term": None, "found_by": "x"}],
            r"\$\.answers\[0\]\.program: ",
        ),
    ],
)
def test_what_a_changed_folder_says_is_not_believed(key, value, message, found):
    _, folder = found
    file = folder / "solution.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {key: value}))
    with pytest.raises(RunFolderError, match=re.escape(str(file)) + ": " + message):
        synth.load_solution(folder)


def test_a_run_that_has_not_ended_has_no_solution(ended):
    (ended / "solution.json").unlink()
    with pytest.raises(RunFolderError, match="no solution yet"):
        synth.load_solution(ended)
    with pytest.raises(RunFolderError, match="no run folder"):
        synth.load_solution(ended / "other")


# ---------------------------------------------------------------- interrupted


def wait_for(path, seconds=600):
    limit = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < limit:
        time.sleep(0.05)


@pytest.mark.parametrize("engine", ["enumeration", "mcmc"])
def test_an_interrupted_solve_hands_back_what_there_is(engine, tmp_path):
    """As in a notebook: nobody asks whether to end, the interruption is raised."""

    def interrupt():  # once something is found
        wait_for(tmp_path / "run" / "checkpoint.json")
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    solution = synth.solve(HARD, engine=engine, seconds=1_000, terms=10**9, out=tmp_path / "run")
    assert solution.result is synth.Result.INTERRUPTED
    assert solution.program is not None
    assert synth.load_solution(tmp_path / "run").result is synth.Result.INTERRUPTED


@pytest.mark.parametrize(("number", "code"), [("SIGHUP", 130), ("SIGTERM", 130), ("SIGKILL", -9)])
def test_a_signal_leaves_something_to_go_on_from(number, code, tmp_path):
    """Its best so far is saved, whatever ends it."""
    spec, folder = tmp_path / "s.json", tmp_path / "run"
    spec.write_bytes(msgspec.json.encode(HARD))
    command = [sys.executable, "-m", "synth.search", spec, "--engine", "enumeration"]
    command += ["--terms", "1000000000", "--out", folder]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(folder / "checkpoint.json")
    process.send_signal(getattr(signal, number))
    process.communicate(timeout=600)
    assert process.returncode == code
    saved = json.loads((folder / "checkpoint.json").read_text())
    parse_program(saved["best"]["program"])
    assert (folder / "solution.json").exists() == (code == 130)


# ---------------------------------------------------------------- going on with more


def test_larger_budgets_are_honoured(ended):
    _, solution = synth.resume(ended, terms=300)
    assert solution.stats.terms == 300
    assert json.loads((ended / "run.json").read_text())["search"]["terms"] == 300
    _, again = synth.resume(ended)  # it is the run's from now on
    assert again.stats.terms == 300
    fresh = synth.solve(SPEC, engine="enumeration", terms=300)
    assert solution.program == fresh.program


def test_what_a_run_keeps_is_refused(ended):
    with pytest.raises(RunFolderError, match="has the seed 0, not 7"):
        synth.resume(ended, seed=7)
    with pytest.raises(SkeletuneError, match=r"^second: unknown key: did you mean"):
        synth.resume(ended, second=7)


RULES = """
from collections.abc import Iterable
from egglog import RewriteOrRule, rewrite, ruleset
from synth.language import Word, inc, dec

@ruleset
def mine(x: Word) -> Iterable[RewriteOrRule]:
    yield rewrite(dec({}(x))).to(x)
"""


def test_rulesets_are_compared_by_content(tmp_path, monkeypatch):
    for folder, construct in (("one", "inc"), ("two", "inc"), ("three", "inc")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "r.py").write_text(RULES.format(construct))
    run = tmp_path / "run"
    monkeypatch.chdir(tmp_path / "one")
    solve(run, rulesets=["r.py"])
    monkeypatch.chdir(tmp_path)
    synth.resume(run, rulesets=["two/r.py:mine"])
    more = "    yield rewrite(inc(dec(x))).to(x)\n"
    (tmp_path / "three" / "r.py").write_text(RULES.format("inc") + more)
    with pytest.raises(RunFolderError, match="other rules in mine: give the same again"):
        synth.resume(run, rulesets=["three/r.py:mine"])
    with pytest.raises(RunFolderError, match="used the rulesets mine, not none"):
        synth.resume(run)
