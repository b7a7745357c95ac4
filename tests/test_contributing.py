"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_, *SECTIONS = re.split(r"^### (.*)\n", (ROOT / "CONTRIBUTING.md").read_text(), flags=re.MULTILINE)
RECIPES = dict(zip(SECTIONS[::2], SECTIONS[1::2], strict=True))
STEP = re.compile(r"<!-- (new|add to|run)(?: (\S+))?(?: after (.*?))? -->\n```\w+\n(.*?)```", re.S)


def test_every_block_is_a_step():
    for name, text in RECIPES.items():
        assert len(STEP.findall(text)) == text.count("\n```") / 2 > 1, name


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works_as_written(name: str, tmp_path: Path):
    for package in ("bridge", "backend", "synth", "benchmarks"):
        skipped = shutil.ignore_patterns("__pycache__", "results")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=skipped)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PATH": path}
    for kind, file, after, block in STEP.findall(RECIPES[name]):
        if kind == "new":
            target = tmp_path / file
            assert not target.exists()
            target.parent.mkdir(exist_ok=True)
            target.write_text(block)
        elif kind == "add to":
            lines = (tmp_path / file).read_text().splitlines(keepends=True)
            at = [i + 1 for i, line in enumerate(lines) if after and after in line]
            (end,) = at if after else [len(lines)]
            (tmp_path / file).write_text("".join([*lines[:end], block, *lines[end:]]))
        else:
            done = subprocess.run(
                f"set -e\n{block}",
                shell=True,
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout + done.stderr
