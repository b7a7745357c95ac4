"""The example plug-in, installed, and used from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytest.importorskip("hatchling", reason="the example plug-in is built with hatchling")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a module in a Python where the plug-in is installed."""
    target = tmp_path_factory.mktemp("site")
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    install += ["--disable-pip-version-check", "--target", str(target)]
    subprocess.run([sys.executable, *install, str(ROOT / "tests/plugin")], check=True)

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(target), str(ROOT)])},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_its_ruleset_is_checked_by_name(run):
    done = run("synth.rules", "check", "clearing", "--json")
    verdicts = {r["rule"]: r["sound"] for r in json.loads(done.stdout)["rules"]}
    assert verdicts == {"clearing#1": True, "clearing#2": True}
    assert done.returncode == 0


def test_its_construct_is_part_of_the_language(run):
    done = run(
        "synth.rules", "explain", "--rules", "clearing",
        "(do (clear p))", "(do (while (load p) (do (store p 0) (assign p (inc p)))))",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "(clear ?p)" in done.stdout


def test_its_engine_searches(run, tmp_path):
    done = run(
        "synth.search", "benchmarks/suites/table1/inc.json", "--engine", "patient",
        "--rules", "clearing", "--json", "--quiet", "--out", str(tmp_path / "run"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"] == "verified"


def test_without_it_the_names_are_unknown():
    done = subprocess.run(
        [sys.executable, "-m", "synth.rules", "check", "clearing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: clearing: no such ruleset: there is arith, ")
