"""What the READMEs show runs as printed, and the links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READMES = sorted(p for p in ROOT.glob("**/README.md") if ".venv" not in p.parts)
SNIPPETS = [
    pytest.param(code, id=f"{path.parent.name}-{i}")
    for path in READMES
    for i, code in enumerate(re.findall(r"```python\n(.*?)```", path.read_text(), re.DOTALL))
]


@pytest.mark.parametrize("code", SNIPPETS)
def test_python_in_readmes_runs(code, monkeypatch):
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})


@pytest.mark.parametrize("path", READMES, ids=lambda p: p.parent.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path}: {target}"


@pytest.mark.parametrize("path", READMES, ids=lambda p: p.parent.name)
def test_files_named_exist(path):
    """In the tables, `name.py` is a file of that package."""
    for row in re.findall(r"^\| (`.*?) \|", path.read_text(), re.MULTILINE):
        for name in re.findall(r"`([\w/]+\.py)`", row):
            assert (path.parent / name).exists(), f"{path}: {name}"
