"""What a document shows, executed: the one mechanism behind README.md, CONTRIBUTING.md and docs/.

A fenced block says by the comment above it what it is:

    <!-- new FILE -->               the file, as the reader makes it
    <!-- add to FILE [after X] -->  lines for a file that is there; X is what the line before holds
    <!-- run [CODE] -->             commands, which end with that code (0)
    <!-- output -->                 what the block before printed, word by word; `…` stands for
                                    anything
    <!-- from FILE -->              lines of a file that is there
    <!-- setup:NAME -->             a command that `.ci/run` runs in a fresh environment; here, of
                                    `setup:solve` what stands behind the set-up
    <!-- shown: WHY -->             not executed, for a reason; what is a command of ours is parsed

Python without a comment is executed, all of a document's in one namespace. All of it happens in a
folder of the document's own, that looks like a clone in which the project is installed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

__all__ = ["PACKAGES", "ROOT", "Block", "Reader", "blocks_of", "clone"]

ROOT = Path(__file__).parent.parent
BIN = ".installed"
"""The folder of the commands that installing the project would add."""
PACKAGES = ("bridge", "backend", "synth", "benchmarks")
FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*?) -->\n+)?^```(?P<lang>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.S
)
MARK = re.compile(
    r"(?P<kind>new|add to|run|output|from|shown:|setup:)(?: ?(?P<what>.*?))?"
    r"(?: after (?P<after>.*))?"
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, what the kind is said of, and what it holds."""

    kind: str
    what: str
    after: str | None
    text: str
    line: int


def blocks_of(text: str) -> Iterator[Block]:
    """The document's fenced blocks, in order. Raises ValueError at one that does not say what it
    is."""
    for found in FENCE.finditer(text):
        line = text[: found.start("text")].count("\n")
        if found["mark"] is None and found["lang"] == "python":
            yield Block("python", "", None, found["text"], line)
        elif (mark := MARK.fullmatch(found["mark"] or "")) is None:
            raise ValueError(f"line {line}: a block must say what it is (see tests/documents.py)")
        else:
            yield Block(mark["kind"], mark["what"] or "", mark["after"], found["text"], line)


def clone(folder: Path, *, changed: bool) -> None:
    """Makes the folder look like a clone. Its packages are copies if the document changes them,
    else links, which keep what was compiled."""
    for package in PACKAGES:
        if changed:
            skipped = shutil.ignore_patterns("__pycache__", "results")
            shutil.copytree(ROOT / package, folder / package, ignore=skipped)
        else:
            (folder / package).symlink_to(ROOT / package)
    script = folder / BIN / "skeletune"
    script.parent.mkdir()
    script.write_text(f"#!{sys.executable}\nfrom synth.skeletune import console\n\nconsole()\n")
    script.chmod(0o755)


@dataclass
class Reader:
    """Who follows a document, block by block, in a folder."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "document"})
    printed: str = ""

    def follow(self, block: Block) -> None:
        """Does what the block says. Raises AssertionError where that doesn't come out as shown."""
        match block.kind:
            case "python":
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    exec(compile(block.text, f"line {block.line}", "exec"), self.names)
                self.printed = out.getvalue()
            case "new":
                target = self._owned(block.what)
                assert not target.exists(), f"line {block.line}: {block.what} is there already"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(block.text)
            case "add to":
                self._add(block)
            case "run":
                self._run(block)
            case "setup:" if block.what == "solve":
                command = block.text.rsplit("&& ", 1)[-1].replace(".venv/bin/", "")
                self._run(replace(block, text=command, what=""))
            case "output":
                assert_shown(block, self.printed)
            case "from":
                held = (self.folder / block.what).read_text()
                assert block.text in held, f"line {block.line}: {block.what} holds other lines"

    def _owned(self, name: str) -> Path:
        """The file of that name, none of those that are only linked to."""
        target = self.folder / name
        assert target.resolve().is_relative_to(self.folder.resolve()), f"{name} is not a copy"
        return target

    def _add(self, block: Block) -> None:
        target = self._owned(block.what)
        lines = target.read_text().splitlines(keepends=True)
        after = block.after
        ends = [i + 1 for i, line in enumerate(lines) if after in line] if after else [len(lines)]
        assert len(ends) == 1, f"line {block.line}: {len(ends)} lines hold {after!r}"
        target.write_text("".join([*lines[: ends[0]], block.text, *lines[ends[0] :]]))

    def _run(self, block: Block) -> None:
        places = (self.folder / BIN, Path(sys.executable).parent, os.environ["PATH"])
        path = os.pathsep.join(map(str, places))
        given = {**os.environ, "PYTHONPATH": str(self.folder), "PATH": path, "COLUMNS": "100"}
        script = re.sub(r"^\$ ", "", block.text, flags=re.MULTILINE)
        done = subprocess.run(
            ["bash", "-ec", script],
            cwd=self.folder, env=given, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        wanted = int(block.what or 0)
        said = f"line {block.line} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        assert done.returncode == wanted, said
        self.printed = done.stdout or done.stderr  # progress is told there, too


def assert_shown(block: Block, printed: str) -> None:
    """Whether what was printed is what is shown, word by word: terminals differ in where they break
    lines."""
    shown, said = (" ".join(text.split()) for text in (block.text, printed))
    pattern = ".*?".join(re.escape(part) for part in shown.split("…"))
    assert re.fullmatch(pattern, said), f"line {block.line}: printed was\n{printed}"
