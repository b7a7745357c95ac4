"""The command: exit codes, JSON, run folders, Ctrl-C, a kill and going on from it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from benchmarks.suites import ROOT
from bridge import load_spec, parse_program, verify
from bridge.loading import encode_spec
from bridge.term import parse_term
from synth.language import check_term
from synth.search import interruptible, main
from tests.commands import run_json

TABLE1 = ROOT / "table1"
EASY = TABLE1 / "map_inc.json"
ENDLESS = {
    "machine": {"words": 16, "steps": 64},
    "examples": [  # no short program does this
        {"memory": [1, 2, 3], "expect": {"memory": [9, 4, 11, 7, 3]}},
        {"memory": [3, 1, 2], "expect": {"memory": [5, 14, 2, 6, 12]}},
        {"memory": [2, 2, 1], "expect": {"memory": [13, 1, 8, 15, 6]}},
        {"memory": [7, 5, 4], "expect": {"memory": [2, 3, 9, 1, 10]}},
    ],
}


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    path = tmp_path / "endless.json"
    path.write_text(json.dumps(ENDLESS))
    return path


def test_an_easy_spec_is_solved_and_verified(capsys, tmp_path):
    code, found = run_json(capsys, EASY, "--out", tmp_path / "run")
    assert code == 0
    assert found["result"] == "verified"
    assert found["found_by"] == "enumeration"
    assert found["examples"] == {"passed": 8, "total": 8, "interval": [0.6756, 1.0]}
    assert found["holdout"] == {"passed": 32, "total": 32, "interval": [0.8928, 1.0]}
    assert found["skeleton"] is None
    assert found["seed"] == 0
    check_term(parse_term(found["term"]))
    spec = load_spec(EASY)
    assert verify(parse_program(found["program"]), spec.holdout, spec.machine).correct


def test_the_run_folder_holds_the_run(capsys, tmp_path):
    folder = tmp_path / "run"
    _, found = run_json(capsys, EASY, "--out", folder)
    assert load_spec(folder / "spec.json") == load_spec(EASY)
    assert json.loads((folder / "solution.json").read_text()) == found
    assert (
        parse_program((folder / "program.asm").read_text()).bare()
        == parse_program(found["program"]).bare()
    )
    assert json.loads((folder / "run.json").read_text())["engine"] == "ladder"
    lines = (folder / "candidates.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["passed"] == 8
    assert not list(folder.glob("*.tmp*"))


def test_a_used_folder_is_not_written_over(capsys, tmp_path):
    assert main([str(EASY), "--out", str(tmp_path), "--json"]) == 0
    before = sorted((p.name, p.read_bytes()) for p in tmp_path.iterdir())
    capsys.readouterr()
    assert main([str(EASY), "--out", str(tmp_path)]) == 2
    assert "holds a run already" in capsys.readouterr().err
    assert sorted((p.name, p.read_bytes()) for p in tmp_path.iterdir()) == before


def test_a_spec_in_the_folder_is_not_written_over(capsys, tmp_path):
    spec = tmp_path / "spec.json"
    spec.write_bytes(EASY.read_bytes())
    assert main([str(spec), "--out", str(tmp_path)]) == 2
    assert "spec.json: there is such a file, which is no run's" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == [spec]
    assert spec.read_bytes() == EASY.read_bytes()
    spec.write_bytes(msgspec.json.format(encode_spec(load_spec(spec))))  # killed at its start
    assert main([str(spec), "--out", str(tmp_path)]) == 0


def test_the_same_seed_gives_the_same_answer(capsys, tmp_path):
    runs = []
    for i in range(2):
        path = TABLE1 / "reduce.json"
        _, found = run_json(capsys, path, "--seed", 3, "--out", tmp_path / str(i))
        stages = found["stats"].pop("stages")
        assert set(stages) == {"starting", "enumeration"}
        assert sum(stages.values()) == pytest.approx(found["stats"].pop("seconds"), abs=0.01)
        runs.append(found)
    assert runs[0] == runs[1]


def test_what_a_person_sees(capsys, tmp_path):
    assert main([str(EASY), "--out", str(tmp_path / "run")]) == 0
    out = capsys.readouterr().out
    assert "verified on all examples and all held-out examples" in out
    assert "8 of 8 examples, 32 of 32 held-out" in out
    assert "by enumeration" in out
    assert "map p (succ)" in out
    assert "read 1 2" in out


def test_nothing_held_out_is_said(capsys, tmp_path):
    spec = json.loads(EASY.read_text())
    del spec["holdout"]
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(spec))
    code, found = run_json(capsys, path, "--out", tmp_path / "run")
    assert code == 0
    assert found["result"] == "fits_examples"
    assert any("nothing was held out" in note for note in found["notes"])


def test_a_program_that_fails_held_out_examples_is_no_success(capsys, tmp_path):
    spec = {
        "machine": {"words": 8},
        "examples": [{"memory": [1], "expect": {"memory": [2]}}],
        "holdout": [{"memory": [5], "expect": {"memory": [0]}}],
    }
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(spec))
    code, found = run_json(capsys, path, "--out", tmp_path / "run")
    assert code == 1
    assert found["result"] == "fits_examples"
    assert found["holdout"] == {"passed": 0, "total": 1, "interval": [0.0, 0.7935]}


def test_a_spent_budget_leaves_the_best_so_far(capsys, endless, tmp_path):
    out = tmp_path / "run"
    code, found = run_json(
        capsys, endless, "--engine", "enumeration", "--terms", 5000, "--out", out
    )
    assert code == 1
    assert found["result"] == "budget_exhausted"
    assert found["found_by"] is None
    assert found["stats"]["terms"] == 5000
    parse_program(found["program"])
    assert (out / "program.asm").exists()


def test_seconds_cut_the_search_short(capsys, endless, tmp_path):
    code, found = run_json(
        capsys, endless, "--engine", "enumeration", "--seconds", 1, "--terms", 10**12,
        "--out", tmp_path / "run",
    )  # fmt: skip
    assert code == 1
    assert found["result"] == "budget_exhausted"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "name one spec file"),
        (["a.json", "--resume", "b"], "SPEC: no effect with --resume, as a run keeps its spec"),
        (["--resume", "b", "--out", "c", "--seed", "1"], "--seed, --out: no effect with --resume"),
        ([str(EASY), "--schema"], "SPEC: no effect with --schema"),
        (["no-such.json"], "no-such.json: cannot be read"),
        ([str(EASY), "--engine", "magic"], "no engine 'magic'"),
        ([str(EASY), "--seconds", "-1"], "--seconds -1"),
        ([str(EASY), "--seconds", "nan"], "--seconds nan"),
        ([str(EASY), "--memory", "0"], "--memory 0: give GiB from 0.25 to 1024"),
        ([str(EASY), "--seed", "-3"], "--seed -3"),
        ([str(EASY), "--terms", "many"], "many"),
        ([str(EASY), "--colour", "red"], "--colour"),
        (["--resume", "no-such-folder"], "no-such-folder: no run folder to go on from"),
        ([str(EASY), "--out", "/proc/nowhere"], "/proc/nowhere: cannot be written"),
    ],
)
def test_bad_usage_is_explained(argv, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(argv) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""
    assert not list(tmp_path.iterdir())


def test_an_oracle_that_fails_an_example_is_refused(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spec = json.loads(EASY.read_text()) | {"oracle": "halt"}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    assert main(["spec.json"]) == 2
    assert "$.oracle: fails $.examples" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_the_schema_is_printed(capsys):
    assert main(["--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    machine = schema["$defs"]["Machine"]["properties"]
    assert all("description" in field for field in machine.values())


# ---------------------------------------------------------------- whole processes


def start(*argv: object, **options) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "synth.search", *map(str, argv)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def wait_for(path: Path, seconds: float = 600) -> None:
    limit = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < limit, f"{path} does not appear"
        time.sleep(0.05)


def test_an_easy_spec_does_without_what_takes_long_to_load(tmp_path):
    code = (
        "import sys; from synth.search import main; "
        f"code = main([{str(EASY)!r}, '--out', {str(tmp_path / 'run')!r}, '--quiet']); "
        "sys.exit(code or 10 * any(name in sys.modules for name in ('jax', 'numba')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_ctrl_c_leaves_the_best_so_far(endless, tmp_path):
    folder = tmp_path / "run"
    process = start(
        endless, "--engine", "enumeration", "--terms", 10**12, "--out", folder, "--json"
    )
    wait_for(folder / "checkpoint.json")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 130, err
    assert json.loads(out)["result"] == "interrupted"
    assert json.loads((folder / "solution.json").read_text())["result"] == "interrupted"
    assert "Traceback" not in err


def test_a_second_wish_to_end_kills_whatever_the_first_was():
    before = signal.getsignal(signal.SIGINT)
    with interruptible() as interrupted:
        os.kill(os.getpid(), signal.SIGTERM)
        assert interrupted()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_killed_run_goes_on(capsys, tmp_path):
    folder = tmp_path / "run"
    path = TABLE1 / "parity.json"
    process = start(path, "--out", folder, "--terms", 10_000, "--restarts", 32)
    wait_for(folder / "checkpoint.json")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    for name in ("spec.json", "run.json"):
        json.loads((folder / name).read_text())
    assert not (folder / "solution.json").exists()
    # With another budget of seconds, for this one is a matter of tuning.
    code, found = run_json(capsys, "--resume", folder, "--seconds", 1000)
    assert code in (0, 1)
    assert found["stats"]["terms"] == 10_000
    assert json.loads((folder / "solution.json").read_text()) == found


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("run.json", '{"engine": "both", "seed": 0, "rules": []}', "run.json: $.seed: unknown key"),
        ("checkpoint.json", '{"stats": {}, "best": null}', "$.stats: unknown key"),
        ("checkpoint.json", '{"work": {"wishes": 3}}', "$.work.wishes: unknown key"),
    ],
)
def test_folders_of_other_versions_are_refused(name, text, message, capsys, tmp_path):
    folder = tmp_path / "run"
    assert main([str(EASY), "--out", str(folder), "--json"]) == 0
    (folder / name).write_text(text)
    capsys.readouterr()
    assert main(["--resume", str(folder)]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert "Traceback" not in captured.err
