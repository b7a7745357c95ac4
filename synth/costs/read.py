"""Results of searches -> the terms that solved something, each once."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bridge.errors import TermError
from bridge.term import Term, parse_term
from synth.costs.files import CostsError
from synth.language import FULL, check_term

__all__ = ["Solved", "read_solved"]

_SOLVED: Final = ("verified", "generalises")
_FILES: Final = ("solution.json", "*.jsonl", "*.jsonl.gz")


@dataclass(frozen=True)
class Solved:
    """What was found in files of results."""

    terms: tuple[tuple[str, Term], ...]
    """Tasks and terms, each pair once, whatever engine and seed found it."""
    without: int
    """Solved, but by a program without a term, or by a term of constructs that aren't shipped."""


def read_solved(paths: Iterable[Path]) -> Solved:
    """The terms in run folders (`solution.json`) and in records of `benchmarks.run`, one a line;
    folders are searched for both. An answer that was rewritten counts as it was found. Raises
    CostsError if a path isn't there, or nothing in it was solved."""
    found: dict[tuple[str, str, str], Term] = {}
    without = 0
    for path in paths:
        solved = 0
        for record in _records(path):
            if not _is_solved(record):
                continue
            solved += 1
            text = record.get("rewritten_from") or record.get("term")
            if (term := _term(text)) is None:
                without += 1
            else:
                task = record.get("task") or record.get("name") or ""
                found[str(record.get("suite", "")), str(task), str(term)] = term
        if not solved:
            raise CostsError("nothing in it was solved: name run folders, or results of "
                             "benchmarks.run", file=str(path))  # fmt: skip
    return Solved(tuple((key[1], found[key]) for key in sorted(found)), without)


def _records(path: Path) -> Iterator[Any]:
    files = [path]
    if path.is_dir():
        files = sorted({file for pattern in _FILES for file in path.rglob(pattern)})
    for file in files:
        try:
            data = file.read_bytes()
            data = gzip.decompress(data) if file.suffix == ".gz" else data
        except (OSError, EOFError, zlib.error) as e:
            why = getattr(e, "strerror", None) or e
            raise CostsError(f"cannot be read: {why}", file=str(file)) from None
        yield from _values(data, by_line=".jsonl" in file.name)


def _values(data: bytes, *, by_line: bool) -> Iterator[Any]:
    """What the text says; lines that a kill cut off are left out."""
    for text in data.split(b"\n") if by_line else [data]:
        try:
            yield json.loads(text)
        except (ValueError, RecursionError):
            continue


def _is_solved(record: Any) -> bool:
    """Whether its program is right, as far as there was something to say so."""
    if not isinstance(record, dict):
        return False
    held_out = record.get("holdout")
    nothing = isinstance(held_out, dict) and held_out.get("total") == 0
    result = record.get("result")
    return result in _SOLVED or (result == "fits_examples" and nothing)


def _term(text: Any) -> Term | None:
    """The term, if it is one of shipped constructs."""
    if not isinstance(text, str):
        return None
    try:
        check_term(term := parse_term(text), language=FULL)
    except TermError:
        return None
    return term
