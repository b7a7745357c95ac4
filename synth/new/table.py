"""A table of examples, a CSV file -> examples as specs hold them."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any, Final, Never

from bridge import SkeletuneError, SpecError
from bridge.counts import counted
from bridge.errors import shorten
from bridge.given import MOST_INPUTS
from bridge.loading import convert_spec
from bridge.spec import MAX_EXAMPLES

__all__ = ["TableError", "as_spec", "has_negative", "parse_value", "read_table"]

DELIMITERS: Final = ",;\t"
MOST_LETTERS: Final = 1 << 16
"""Of the first line."""
WANTED: Final = "write 3, true, or [3, 1]"


class TableError(SkeletuneError):
    """A table that holds no examples."""


def parse_value(text: str) -> Any:
    """What the JSON text says; true and false in any case, as spreadsheets write them. Raises
    ValueError."""
    if (plain := text.strip().lower()) in ("true", "false"):
        return plain == "true"
    try:
        return json.loads(text, object_pairs_hook=_refuse)
    except (ValueError, RecursionError):
        raise ValueError(f"{shorten(text)!r} is no value: {WANTED}") from None


def _refuse(_: object) -> Never:
    """An object would be a picture, whose file a table cannot name."""
    raise ValueError


def as_spec(examples: list[dict[str, Any]], every: int = 0) -> dict[str, Any]:
    """The spec of these examples, as plain data; each `every`-th is held out, none if that is 0.
    Words are signed where there is a negative number."""
    held = [bool(every) and i % every == every - 1 for i in range(len(examples))]
    rows = list(zip(examples, held, strict=True))
    spec: dict[str, Any] = {"signed": True} if has_negative(examples) else {}
    spec["examples"] = [example for example, out in rows if not out]
    spec["holdout"] = [example for example, out in rows if out]
    return spec


def has_negative(value: Any) -> bool:
    """Whether there is a negative number in it."""
    if isinstance(value, dict | list):
        return any(map(has_negative, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and value < 0


def read_table(path: Path) -> list[dict[str, Any]]:
    """The examples in the file. Its first line names the columns, in any case: `input`, or several
    whose names begin so, in the order of the inputs; and `output`. Cells are JSON: numbers, true,
    false, lists. Raises TableError, naming file, line and column."""
    try:
        return _examples(path)
    except UnicodeDecodeError as e:
        raise TableError(f"not UTF-8 text: byte {e.start}: save as UTF-8", file=str(path)) from None
    except csv.Error as e:
        raise TableError(f"no table: {e}: save it as CSV", file=str(path)) from None
    except OSError as e:
        raise TableError(f"cannot be read: {e.strerror or e}", file=str(path)) from None
    except TableError as e:
        raise e.within(str(path)) from None


def _examples(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline(MOST_LETTERS)
        delimiter = next((sign for sign in DELIMITERS if sign in first), ",")
        names = [
            name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])
        ]
        inputs = [name for name in names if name.startswith("input")]
        if not inputs or len({*names}) < len(names) or {*inputs, "output"} != {*names}:
            raise TableError(
                f"line 1: the columns are {shorten(', '.join(names) or 'none')}: name them input "
                "and output; or input1, input2, …, output"
            )
        if len(inputs) > MOST_INPUTS:
            raise TableError(f"line 1: {counted(len(inputs), 'input')}: give at most {MOST_INPUTS}")
        examples: list[dict[str, Any]] = []
        lines: list[int] = []
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        for cells in reader:
            line = reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                raise TableError(
                    f"line {line}: {counted(len(cells), 'cell')}, not {len(names)}: put lists "
                    'into quotes, "[3, 1]"'
                )
            if len(examples) == MAX_EXAMPLES:
                raise TableError(f"holds more than {MAX_EXAMPLES:,} examples: give fewer")
            row: dict[str, Any] = {}
            for name, cell in zip(names, cells, strict=True):
                try:
                    row[name] = parse_value(cell)
                except ValueError as e:
                    raise TableError(f"line {line}, column {name}: {e}") from None
            several = [row[name] for name in inputs]
            given = {"inputs": several} if len(inputs) > 1 else {"input": several[0]}
            examples.append({**given, "output": row["output"]})
            lines.append(line)
    if not examples:
        raise TableError(f"holds no examples: add a line below the columns: {WANTED}")
    try:
        convert_spec(as_spec(examples))
    except SpecError as e:
        raise TableError(_in_table(e.args[0], inputs, lines)) from None
    return examples


_PLACE: Final = re.compile(
    r"\$\.examples\[(\d+)\](?:\.inputs\[(\d+)\]|\.(input|output))?(\[\d+\])?"
)


def _in_table(message: str, inputs: list[str], lines: list[int]) -> str:
    """What is said of a spec, said of the table: lines and columns for JSON paths."""

    def place(found: re.Match[str]) -> str:
        line, number, key, element = f"line {lines[int(found[1])]}", *found.groups()[1:]
        if number is None and key is None:
            return line
        name = key if key == "output" else inputs[int(number or 0)]
        return f"{line}, column {name}{element or ''}"

    return _PLACE.sub(place, message)
