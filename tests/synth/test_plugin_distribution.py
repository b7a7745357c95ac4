"""The example plug-in, installed as users install it, and used from the command line."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "tests" / "plugin"
LISTS = [[3, 1, 4], [2, 5], [1], [6, 7, 1, 2]]
SHIFTED = {
    "name": "shifted",
    "machine": {"words": 12, "lines": 16},
    "examples": [{"memory": m, "expect": {"memory": [*m[1:], 0, 0]}} for m in LISTS],
    "holdout": [{"memory": [9, 8, 7, 6, 5], "expect": {"memory": [8, 7, 6, 5, 0]}}],
    "search": {"seconds": 60, "seed": 0},
}


def wheel(folder: Path) -> Path:
    """A wheel as the build backend of pyproject.toml makes one, for where that is not installed
    (pip would fetch it from the network)."""
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]
    release = f"{project['name'].replace('-', '_')}-{project['version']}"
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in project["entry-points"].items()
    )
    files = {
        f"skeletune_example/{p.name}": p.read_text()
        for p in sorted((SOURCE / "skeletune_example").glob("*.py"))
    } | {
        f"{release}.dist-info/METADATA": (
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        ),
        f"{release}.dist-info/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
        f"{release}.dist-info/entry_points.txt": points,
    }
    record = f"{release}.dist-info/RECORD"
    files[record] = "".join(f"{name},,\n" for name in [*files, record])
    path = folder / f"{release}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder that the plug-in is installed into."""
    pytest.importorskip("pip")
    target, folder = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("wheel")
    # As pyproject.toml says, where its build backend is installed.
    source = SOURCE if importlib.util.find_spec("hatchling") else wheel(folder)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
         "--no-build-isolation", "--disable-pip-version-check", "--target", target, source],
        check=True, cwd=folder, timeout=600,
    )  # fmt: skip
    return target


@pytest.fixture
def command(site, tmp_path):
    """Runs `python -m …` beside the installed plug-in: (exit code, stdout, stderr)."""
    (tmp_path / "spec.json").write_text(json.dumps(SHIFTED))

    def run(*words, plugin=True):
        path = [str(site), str(ROOT)] if plugin else [str(ROOT)]
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=tmp_path, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)}, timeout=600,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return run


def search(command, *options, **more):
    code, out, err = command("synth.search", "spec.json", "--json", "--quiet", *options, **more)
    assert code == 0, err
    return json.loads(out)


def test_its_rules_are_found_by_name_and_are_sound(command):
    code, out, err = command("synth.rules", "check", "shifting", "--json")
    assert code == 0, err
    assert "max" in out


def test_its_construct_is_enumerated(command):
    found = search(command, "--engine", "enumeration", "--rules", "shifting")
    assert found["result"] == "verified"
    assert found["term"] == "(do (shift p))"


def test_without_its_name_the_construct_is_not_there(command):
    found = search(command, "--engine", "enumeration")
    assert "shift" not in found["term"]


def test_a_spec_may_name_its_rules(command, tmp_path):
    (tmp_path / "spec.json").write_text(json.dumps({**SHIFTED, "rulesets": ["shifting"]}))
    assert search(command, "--engine", "enumeration")["term"] == "(do (shift p))"


def test_its_engine_is_run_by_name(command):
    found = search(command, "--engine", "random_terms")
    assert (found["result"], found["found_by"]) == ("verified", "random_terms")
    assert "(shift p)" in found["term"] or "(shift q)" in found["term"]
    again = search(command, "--engine", "random_terms")
    assert {**found, "stats": 0} == {**again, "stats": 0}


def test_what_is_not_installed_is_said(command):
    code, out, err = command(
        "synth.search", "spec.json", "--quiet", "--rules", "shifting", plugin=False
    )
    assert (code, out) == (2, "")
    assert err.startswith("error: shifting: no such ruleset: there is arith, ")
    code, out, err = command(
        "synth.search", "spec.json", "--quiet", "--engine", "random_terms", plugin=False
    )
    assert (code, out) == (2, "")
    assert err.startswith("error: no engine 'random_terms': there are deduction, ")
