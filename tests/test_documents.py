"""What the documents show happens as shown; the links lead somewhere; the site is built without a
warning and asks nothing of a network."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from cyclopts import MissingArgumentError

from synth.skeletune import COMMANDS as CONSOLE
from tests.documents import PACKAGES, ROOT, Block, Reader, blocks_of, clone

READMES = sorted(p for p in ROOT.glob("**/README.md") if not {".venv", "runs"} & {*p.parts})
PAGES = sorted((ROOT / "docs").rglob("*.md"))
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
EVERY = [*READMES, *PAGES, CONTRIBUTING, ROOT / "CHANGELOG.md"]


def named(paths: list[Path]):
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in paths]


def parts_of(path: Path) -> list[tuple[str, list[Block]]]:
    """The parts of a document that are followed one by one: of CONTRIBUTING.md, its recipes."""
    text = path.read_text()
    pieces = re.split(r"^### ", text, flags=re.MULTILINE) if path == CONTRIBUTING else [text]
    found = [(piece.split("\n")[0], [*blocks_of(piece)]) for piece in pieces]
    name = str(path.relative_to(ROOT))
    return [(f"{name} {t}" if path == CONTRIBUTING else name, b) for t, b in found if b]


PARTS = [part for path in [*READMES, *PAGES, CONTRIBUTING] for part in parts_of(path)]


@pytest.mark.parametrize("blocks", [pytest.param(b, id=name) for name, b in PARTS])
def test_a_document_is_true(blocks: list[Block], tmp_path: Path, monkeypatch):
    files = [b.what for b in blocks if b.kind in ("new", "add to")]
    clone(tmp_path, changed=any(name.split("/")[0] in PACKAGES for name in files))
    monkeypatch.chdir(tmp_path)
    reader = Reader(tmp_path)
    for block in blocks:
        reader.follow(block)


# ---------------------------------------------------------------- commands that are only shown

COMMAND = re.compile(r"(?:python -m (?P<module>(?:synth|benchmarks)[\w.]*)|skeletune(?=[ ]))")


def commands_in(text: str) -> list[str]:
    """Our commands in code, fenced, indented or within a line."""
    inline = re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))
    fenced = re.findall(r"^```(?:sh|text|)\n(.*?)^```", text, re.S | re.M)
    indented = re.findall(r"^    (\S.*)$", text.replace("\\\n", " "), re.M)
    lines = [line for code in fenced for line in code.replace("\\\n", " ").split("\n")]
    every = [line.split("  #")[0].strip() for line in (*inline, *indented, *lines)]
    wanted = re.compile(rf"^(\$ )?(\.venv/bin/)?{COMMAND.pattern}")
    return [" ".join(line.split()) for line in every if wanted.match(line) and "…" not in line]


COMMANDS = sorted(
    {
        command
        for path in [*READMES, *PAGES, CONTRIBUTING]
        for command in commands_in(path.read_text())
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_shown_is_one(command: str):
    """Its options are there, and take what is given."""
    found = COMMAND.search(command)
    assert found is not None
    given = shlex.split(command[found.end() :].split(" > ")[0])
    name = found["module"]
    if name is None:  # the console script, whose first word may name a command
        name, _ = CONSOLE.get(given[0], ("synth.search", ""))
        given = given[given[0] in CONSOLE :]
    module = importlib.import_module(name)
    if hasattr(module, "__path__"):
        module = importlib.import_module(f"{name}.__main__")
    if not hasattr(module, "app") and hasattr(module, "main"):
        module = sys.modules[module.main.__module__]
    if not hasattr(module, "app"):  # it takes no arguments
        assert not given
        return
    with contextlib.suppress(MissingArgumentError):  # where it is only named
        module.app.parse_args(given, exit_on_error=False, print_error=False)


# ---------------------------------------------------------------- links


@pytest.mark.parametrize("path", named(EVERY))
def test_links_lead_somewhere(path: Path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path}: {target}"


@pytest.mark.parametrize("path", named(READMES))
def test_files_named_exist(path: Path):
    """In the tables, `name.py` is a file of that package."""
    for row in re.findall(r"^\| (`.*?) \|", path.read_text(), re.MULTILINE):
        for name in re.findall(r"`([\w/]+\.py)`", row):
            assert (path.parent / name).exists(), f"{path}: {name}"


# ---------------------------------------------------------------- the site


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # of what is to come after it
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr
    return folder


ASKS = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object|image|use)\b[^>]*?
        (?:src|srcset|data|href)=["']?(?P<source>[^"'\s>]+)
      | <link\b[^>]*?href=["']?(?P<link>[^"'\s>]+)
      | @import\s+["']?(?P<sheet>[^"'\s;]+) | url\(["']?(?P<url>[^"')]+)""",
    re.VERBOSE,
)
"""What makes a browser ask for a file: the forms that pages and style sheets of the site use."""


def test_the_site_asks_nothing_of_a_network(site: Path):
    pages = [p for p in site.rglob("*") if p.suffix in (".html", ".css")]
    assert len([p for p in pages if p.suffix == ".html"]) > len(PAGES)  # and 404.html
    for page in pages:
        for found in ASKS.finditer(page.read_text()):
            (asked,) = filter(None, found.groups())
            assert not re.match(r"(https?:)?//", asked), f"{page.name}: {found[0]}"


def test_formulas_are_drawn_without_scripts(site: Path):
    text = (site / "machine.html").read_text()
    assert text.count("<math") > 10
    assert "arithmatex" not in text
    assert r"\(" not in text


def test_the_reference_holds_what_is_public(site: Path):
    """Every class and function by name, with what its docstring says."""
    pages = {"synth": "synth", "bridge": "bridge", "backend": "backend"}
    for module, page in (pages | {"synth.engines.base": "engines"}).items():
        text = (site / "reference" / f"{page}.html").read_text()
        values = importlib.import_module(module)
        for name in values.__all__:
            value = getattr(values, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                places = (f'id="{place}.{name}"' for place in (module, value.__module__))
                assert any(place in text for place in places), name
