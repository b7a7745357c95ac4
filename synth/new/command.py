"""A first spec: `skeletune new SPEC`, from what a person answers, or from a table."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.console import Console
from rich.prompt import Confirm, IntPrompt, Prompt
from rich.text import Text

from bridge import Spec, SpecError
from bridge.counts import counted
from bridge.given import MOST_INPUTS
from bridge.loading import convert_spec
from synth.command import UsageError, make_app, run_app, write_file
from synth.new.table import as_spec, parse_value, read_table

__all__ = ["main"]

app = make_app("synth.new")
HELD_OUT: Final = 4


@app.default
def new(
    spec: Path,
    *,
    examples: Path | None = None,
    hold_out: int = HELD_OUT,
    force: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
) -> int:
    """Writes a first spec of lists, numbers and booleans: asks for examples, or takes a table.

    Exit code: 0 written, 2 bad input or nobody to ask, 3 could not write, 130
    interrupted; only with 0 there is a new file.

    Args:
        spec: The spec to write, a JSON file.
        examples: A CSV file to take examples from. Its first line names
            the columns: input, or several whose names begin so, and
            output. Cells are JSON, lists in quotes: "[3, 1, 4]",8
        hold_out: Each so manieth example is held out: no search sees it,
            answers are verified on it; 0: none.
        force: Overwrites a file that is there.
    """
    if hold_out != 0 and hold_out < 2:
        raise UsageError(f"--hold-out {hold_out}: give 2 or more, or 0 to hold out none")
    can_ask = sys.stdin is not None and sys.stdin.isatty()
    if examples is None and not can_ask:
        raise UsageError("nobody to ask: stdin is no terminal: give --examples FILE.csv")
    console = Console(stderr=True)
    if spec.is_dir():
        raise UsageError(f"{spec}: is a folder: name a file in it")
    if spec.exists() and not force:
        what = f"{spec}: there is such a file"
        if not can_ask or not _agreed(f"{what}: overwrite it?", console):
            raise UsageError(f"{what}: name another, or overwrite it with --force")
    rows = _asked(console) if examples is None else read_table(examples)
    raw = as_spec(rows, hold_out)
    made = convert_spec(raw)
    write_file(spec, _format(raw))
    for line in _told(spec, made):
        console.print(_plain(line), soft_wrap=True)
    return 0


# ------------------------------------------------------------ asking


def _asked(console: Console) -> list[dict[str, Any]]:
    """Examples, as many as are given until an empty line or the end of the input."""
    what = "A value is a number, true, false, or a list, such as [3, 1, 4]; an empty line: done."
    console.print(_plain(what))
    rows: list[dict[str, Any]] = []
    try:
        count = IntPrompt.ask("How many inputs has the program", default=1, console=console)
        while not 1 <= count <= MOST_INPUTS:
            console.print(f"Between 1 and {MOST_INPUTS}.")
            count = IntPrompt.ask("How many inputs has the program", default=1, console=console)
        while True:
            row = _example(console, len(rows) + 1, count)
            try:
                convert_spec(as_spec([*rows, row]))
            except SpecError as e:
                console.print(_plain(f"This doesn't go: {e}"), soft_wrap=True)
            else:
                rows.append(row)
    except EOFError:
        console.print()
    if not rows:
        raise UsageError("no examples were given, so nothing is written: give one or more")
    return rows


def _agreed(question: str, console: Console) -> bool:
    try:
        return Confirm.ask(_plain(question), console=console)
    except EOFError:
        return False


def _example(console: Console, number: int, count: int) -> dict[str, Any]:
    """An example. Raises EOFError if there are no more."""
    names = ["input"] if count == 1 else [f"input {i + 1}" for i in range(count)]
    *inputs, output = (_value(console, f"Example {number}, {name}") for name in (*names, "output"))
    given = {"input": inputs[0]} if count == 1 else {"inputs": inputs}
    return {**given, "output": output}


def _value(console: Console, question: str) -> Any:
    """A value. Raises EOFError for an empty line."""
    while True:
        answer = Prompt.ask(question, default="", show_default=False, console=console)
        if not answer.strip():
            raise EOFError
        try:
            return parse_value(answer)
        except ValueError as e:
            console.print(_plain(str(e)))


# ------------------------------------------------------------ telling, writing


def _told(path: Path, spec: Spec) -> Iterator[str]:
    """What was written, what follows from it, and what to do with it."""
    held = f"{len(spec.holdout)} of them held out" if spec.holdout else "none held out"
    total = len(spec.examples) + len(spec.holdout)
    yield f"{path}: {counted(total, 'example')}, {held}"
    machine = spec.machine
    yield f"lists {spec.layout}; {machine.words} words and cells, at most {machine.steps} steps"
    yield f"skeletune {path}"


def _plain(text: str) -> Text:
    return Text(text)


def _format(raw: dict[str, Any]) -> str:
    """The spec as JSON text, one example a line."""
    parts: list[str] = []
    for key, value in raw.items():
        text = json.dumps(value)
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join(f"    {json.dumps(row)}" for row in value) + "\n  ]"
        parts.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(argv: list[str] | None = None) -> int:
    """Runs the command; the exit code. Ctrl-C ends it, even where a shell in the background has it
    ignored: somebody sits at the terminal."""
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return run_app(app, argv)
