"""Damaged specs: each is refused in good time, with a message that says where, or is searched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fuzz
from benchmarks.fuzz import SECONDS, try_spec
from benchmarks.mangle import NAMES, mangled


@settings(
    max_examples=600,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32 - 1), name=st.sampled_from(NAMES))
def test_no_damage_gives_a_traceback_or_a_message_without_a_place(seed, name, tmp_path):
    tried = try_spec(mangled(Random(seed)), name, tmp_path)
    faults = {*tried.faults} - {f"more than {SECONDS:g} s"}  # on a busy machine, and at first
    assert not faults, tried
    assert not [*tmp_path.iterdir()]


def test_the_command_counts(capsys):
    code = fuzz.main(["--n", "40", "--seed", "5"])
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "40 specs, seed 5"
    counts = [int(line.split()[0]) for line in said if " exit code " in line]
    assert sum(counts) == 40
    faults = {line.split(": ")[1]: int(line.split()[0]) for line in said if "with fault" in line}
    assert faults.pop(f"more than {SECONDS:g} s") == 0 or code == 1
    assert set(faults.values()) == {0}


def test_faults_are_seen(tmp_path, monkeypatch):
    def failing(argv):
        raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")

    def vague(argv):
        print(json.dumps({"error": "bad\x1b" * 200, "file": None, "path": None}))
        print("error: bad", file=sys.stderr)
        (tmp_path / "run").mkdir()
        return 2

    monkeypatch.setattr("synth.search.main", failing)
    assert try_spec(b"{}", "spec.json", tmp_path).faults == ("traceback",)
    monkeypatch.setattr("synth.search.main", vague)
    assert {*try_spec(b"{}", "spec.json", tmp_path).faults} == {
        "no file", "no place", "not what --json says", "a folder is left",
    }  # fmt: skip


@pytest.mark.parametrize("number", range(3))
def test_the_real_command_says_the_same(number: int, tmp_path: Path):
    random = Random(f"whole/{number}")
    path = tmp_path / "spec.json"
    path.write_bytes(mangled(random))
    options = ["--json", "--quiet", "--programs=0", "--engine=random", f"--out={tmp_path / 'run'}"]
    done = subprocess.run(
        [sys.executable, "-m", "synth.search", os.fspath(path), *options],
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    tried = try_spec(path.read_bytes(), "spec.json", tmp_path)
    assert (done.returncode, done.stderr) == (tried.code, tried.said)
    assert len(json.loads(done.stdout)) > 3
