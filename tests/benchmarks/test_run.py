"""The harness: what it records, what it runs again, what a crash or a kill costs."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.environment import describe, engine_source
from benchmarks.jobs import Job, Limits, draw_up
from benchmarks.measure import measure
from benchmarks.run import main
from benchmarks.store import is_solved, read_records
from benchmarks.suites import ROOT, Suite, load_suite
from benchmarks.suites.halves import half_of
from bridge import SkeletuneError, load_spec, parse_program, verify
from tests.synth.engines.test_perception import write_spec

EASY = ["inc", "map_inc"]
WORK = ["--terms", "1500", "--seconds", "1000"]


@pytest.fixture(scope="module")
def suite(tmp_path_factory) -> Path:
    """A user's own suite: a folder of specs."""
    folder = tmp_path_factory.mktemp("suites") / "mine"
    folder.mkdir()
    for name in EASY:
        (folder / f"{name}.json").write_text((ROOT / "table1" / f"{name}.json").read_text())
    return folder


def job(name: str, engine: str, **changes: Any) -> Job:
    limits = Limits(**{"seconds": 1_000, "grace": 30, "memory": 4, "cores": 1, **changes})
    text = (ROOT / "table1" / f"{name}.json").read_text()
    return Job("table1", name, text, engine, 0, limits, engine_source(engine))


def outcome(record: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on the clock."""
    clock = ("search_seconds", "wall_seconds", "stages", "started", "peak_memory_mib")
    return {k: v for k, v in record.items() if k not in clock}


def test_a_record():
    record = measure(job("map_inc", "enumeration"))
    assert record is not None
    assert (record["state"], record["result"]) == ("finished", "verified")
    assert record["found_by"] == "enumeration"
    spec = load_spec(ROOT / "table1" / "map_inc.json")
    verdict = verify(parse_program(record["program"]), spec.holdout, spec.machine)
    assert verdict.correct
    assert record["holdout"] == {"passed": 32, "total": 32}
    assert record["work"]["terms"] > 0
    assert 0 < record["search_seconds"] < record["wall_seconds"]
    assert record["stages"]["enumeration"] > 0
    assert record["peak_memory_mib"] > 10
    assert record["environment"] == describe()
    assert json.loads(json.dumps(record)) == record


QUICK = """
from synth.engines.perception import PerceptionEngine
quick = PerceptionEngine("quick", first=1_500, rounds=(40, 40), polish=40)
"""


def test_pictures_are_read_once_more(tmp_path, monkeypatch):
    write_spec(tmp_path, sum, accuracy=0.7)
    (tmp_path / "quick.py").write_text(QUICK)
    monkeypatch.chdir(tmp_path)
    limits = Limits(seconds=1_000, grace=30, memory=6, cores=2, terms=1_500)
    (some,) = draw_up([Suite("looks", (tmp_path / "looks.json",))], ["quick.py:quick"], [0], limits)
    record = measure(some)
    assert record is not None
    assert (record["state"], record["result"]) == ("finished", "generalises")
    assert record["found_by"] == "quick"
    assert record["holdout"]["passed"] > 48
    assert is_solved(record)


def test_the_budget_of_work_is_kept():
    """Told to the engine, and recorded."""
    record = measure(job("parity", "mcmc", programs=2000))
    assert record is not None
    assert record["state"] == "finished"
    assert 0 < record["work"]["programs"] <= 2000
    assert record["budget"]["programs"] == 2000
    assert "terms" not in record["budget"]


def test_a_run_that_overstays_is_killed():
    record = measure(job("parity", "tuning", seconds=0.01, grace=0.2))
    assert record is not None
    assert (record["state"], record["result"]) == ("timeout", "not_found")
    assert "killed after" in record["reason"]


def test_a_run_that_takes_too_much_memory_is_killed():
    record = measure(job("inc", "enumeration", memory=0.03))
    assert record is not None
    assert record["state"] == "out_of_memory"


def test_an_unknown_engine_is_refused():
    record = measure(job("inc", "none-such"))
    assert record is not None
    assert record["state"] == "refused"
    assert "none-such" in record["reason"]


def test_keys_tell_runs_apart():
    one = job("inc", "ladder")
    others = [job("inc", "mcmc"), job("map_inc", "ladder")]
    others += [job("inc", "ladder", **{name: 5}) for name in ("terms", "programs", "restarts")]
    assert len({j.key("here") for j in (one, *others)}) == 6
    assert one.key("here") != one.key("there")
    assert one.key("here") == job("inc", "ladder").key("here")


def test_engines_of_others_have_versions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "failing").mkdir()
    (tmp_path / "failing" / "__init__.py").write_text("1 / 0")
    tool, mine = tmp_path / "tool", tmp_path / "mine.py"
    names = ["mine.py:Engine", "mine.py", "cmd:./tool --flag", "cmd:sh tool"]
    seen = []
    for text in ("# one", "# two"):
        tool.write_text(text)
        tool.chmod(0o700)
        mine.write_text(text)
        seen.append([engine_source(name) for name in names])
        assert seen[-1] == [engine_source(name) for name in names]
    assert all(one != other for one, other in zip(*seen, strict=True))
    assert [engine_source(name) for name in ("ladder", "both", "mcmc")] == [None] * 3
    for name in (
        "none.py:Engine",
        "no.such.module:Engine",
        "cmd:none",
        "cmd:'",
        "failing.module",
        "none-such",
    ):
        assert engine_source(name) is not None
    keys = {
        replace(job("inc", names[0]), engine_source=source).key("here")
        for source in (None, seen[0][0], seen[1][0])
    }
    assert len(keys) == 3


def test_code_that_changes_under_a_run_is_noticed():
    with pytest.raises(SkeletuneError, match=r"none\.py:Engine: the code changed"):
        measure(replace(job("inc", "none.py:Engine"), engine_source="another"))


def test_runs_have_pages(suite, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "results" / "r.jsonl"
    argv = [str(suite), "--engines", "enumeration", "none.py:such", "--seeds", "0:1", *WORK]
    assert main([*argv, "--out", str(out), "--pages", str(tmp_path / "pages")]) == 0
    records = read_records(out)
    pages = [(out.parent / r["page"]).read_text() for r in records if r.get("page")]
    assert len(pages) == len(records) / 2
    assert all("<!doctype html>" in page for page in pages)
    assert len(list((tmp_path / "pages").iterdir())) == len(pages)


def test_jobs_are_all_combinations():
    jobs = list(draw_up([load_suite("table1")], ["a", "b"], [0, 1], Limits(1, 1, 1, 1)))
    assert len({j.key("here") for j in jobs}) == len(jobs) == 9 * 2 * 2


def command(suite: Path, out: Path) -> list[str]:
    return [
        str(suite), "--engines", "enumeration", "none.py:such", "--seeds", "0:2", *WORK,
        "--jobs", "2", "--out", str(out),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def whole(suite, tmp_path_factory) -> Path:
    """The results of a run that nobody interrupts."""
    out = tmp_path_factory.mktemp("whole") / "results.jsonl"
    assert main(command(suite, out)) == 0
    return out


def test_a_folder_of_specs_is_run_and_skipped_on_restart(suite, whole, tmp_path, capsys):
    out = tmp_path / "results.jsonl"
    shutil.copy(whole, out)
    records = read_records(out)
    assert len(records) == 2 * 2 * 2
    assert {r["suite"] for r in records} == {"mine"}
    states = {(r["engine"], r["state"]) for r in records}
    assert states == {("enumeration", "finished"), ("none.py:such", "refused")}
    before = out.read_bytes()
    assert main(command(suite, out)) == 0
    assert out.read_bytes() == before
    assert "4/4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["none-such"], "no such suite"),
        (["table1", "--engines", "ladder", "enumerate"], "no engine 'enumerate': there are"),
        (["table1", "--seeds", "3:3"], "--seeds 3:3"),
        (["table1", "--seeds", "x"], "--seeds x"),
        (["table1", "--tasks", "none-such"], "no such task"),
        (["table1", "--seconds", "0"], "--seconds 0"),
        (["table1", "--address", "auto"], "--executor ray"),
        (["{empty}"], "no specs"),
    ],
)
def test_bad_input(argv, message, tmp_path, capsys):
    argv = [a.replace("{empty}", str(tmp_path)) for a in argv]
    assert main([*argv, "--out", str(tmp_path / "r.jsonl")]) == 2
    assert message in capsys.readouterr().err


def test_a_half_of_the_tasks_is_run_by_their_names(tmp_path, capsys):
    out, tasks = tmp_path / "results.jsonl", tmp_path / "tasks"
    tasks.mkdir()
    spec = json.loads((ROOT / "table1" / "inc.json").read_text())
    for name in "abc":  # in both halves
        (tasks / f"{name}.json").write_text(json.dumps(spec | {"name": name}))
    argv = [str(tasks), "--engines", "none.py:such", "--seeds", "0", "--out", str(out)]
    assert main([*argv, "--half", "dev"]) == 0
    dev = {r["task"] for r in read_records(out)}
    assert main([*argv, "--half", "test"]) == 0
    every = {r["task"] for r in read_records(out)}
    assert dev == {task for task in every if half_of(task) == "dev"}
    assert len(every) == 3 > len(dev) > 0


def start(suite: Path, out: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.run", *command(suite, out)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def test_an_interrupted_run_goes_on(suite, tmp_path):
    out = tmp_path / "results.jsonl"
    process = start(suite, out)
    limit = time.monotonic() + 600
    while not (out.exists() and out.stat().st_size):
        assert time.monotonic() < limit
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(600) == 130
    some = read_records(out)
    assert 0 < len(some) < 8
    assert main(command(suite, out)) == 0
    assert read_records(out)[: len(some)] == some
    assert len(read_records(out)) == 8


def test_kills_at_random_moments_change_nothing(suite, whole, tmp_path):
    killed = tmp_path / "killed.jsonl"
    moments = random.Random(0)
    for _ in range(8):
        process = start(suite, killed)
        try:
            process.wait(moments.uniform(0.1, 2.5))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert main(command(suite, killed)) == 0
    records = [{r["key"]: outcome(r) for r in read_records(p)} for p in (whole, killed)]
    assert records[0] == records[1]
    assert len(records[0]) == len(read_records(killed)) == 8
