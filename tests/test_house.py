"""The project's own shape: sizes of files, floors of imports, commands, and the lock file."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import statistics
import sys
import tomllib
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PACKAGES = ("bridge", "backend", "synth", "benchmarks")
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
FOLDERS = sorted({path.parent for path in FILES})
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def each(paths: list[Path]) -> list[ParameterSet]:
    """Each path as a case, named by where it stands."""
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in paths]


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


# ---------------------------------------------------------------- sizes


def test_files_are_short():
    assert statistics.median(map(lines, FILES)) <= 120


@pytest.mark.parametrize("path", each(FILES))
def test_no_file_is_long(path: Path):
    assert lines(path) <= 350


# ---------------------------------------------------------------- imports


@functools.cache
def neighbours(path: Path) -> set[Path]:
    """The files of the same folder that it imports, wherever the import stands; what only types
    need doesn't count."""
    package = ".".join(path.parent.relative_to(ROOT).parts)
    names = set[str]()
    tree = ast.parse(path.read_text())
    for block in ast.walk(tree):
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
            block.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    found = {
        path.parent / f"{name.removeprefix(package + '.')}.py"
        for name in names
        if name.startswith(package + ".")
    }
    return {other for other in found if other.exists() and other != path}


@functools.cache
def floors(path: Path, above: frozenset[Path] = frozenset()) -> int:
    """The length of the longest chain of imports that begins at the file."""
    assert path not in above, f"{path.name} imports itself by way of others"
    below = neighbours(path)
    return 1 + max((floors(other, above | {path}) for other in below), default=0)


@pytest.mark.parametrize("folder", each(FOLDERS))
def test_a_folder_has_at_most_ten_floors(folder: Path):
    files = [path for path in folder.glob("*.py") if path.stem != "__init__"]
    assert max(map(floors, files), default=0) <= 10


# ---------------------------------------------------------------- how it is shipped


@pytest.mark.parametrize("package", PACKAGES)
def test_types_are_there_for_users(package: str):
    assert (ROOT / package / "py.typed").exists()


@pytest.mark.parametrize("name", PROJECT["scripts"])
def test_a_console_script_ends_with_the_code_of_its_command(name: str, capsys):
    module, _, function = PROJECT["scripts"][name].partition(":")
    main = getattr(importlib.import_module(module), function)
    for argument, code in (("--help", 0), ("--no-such-option", 2)):
        with pytest.raises(SystemExit) as end:
            sys.exit(main([argument]))  # as an installed script does
        assert (end.value.code or 0) == code
    assert "Traceback" not in capsys.readouterr().err


def test_the_lock_file_is_in_step():
    """Each dependency is locked, at a version that pyproject.toml allows; no registry is named."""
    text = (ROOT / "requirements-dev.txt").read_text()
    assert "://" not in text
    locked = dict(re.findall(r"^([A-Za-z0-9_.\-]+)(?:\[.*?\])?==([^\s;]+)", text, re.MULTILINE))
    extras = PROJECT["optional-dependencies"]
    wanted = [
        *PROJECT["dependencies"],
        *(extra for e in ("bench", "dev", "docs", "report", "sat", "test") for extra in extras[e]),
    ]
    for requirement in map(Requirement, wanted):
        if requirement.name != PROJECT["name"]:
            version = locked[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version, prereleases=True), requirement
