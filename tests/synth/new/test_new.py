"""First specs: asked for, or from a table; nothing is half-written, or overwritten unasked."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bridge import load_spec
from bridge.loading import convert_spec
from synth.new.command import main
from synth.new.table import TableError, as_spec, read_table


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{line}\n" for line in lines)))


def examples(path: Path) -> list[dict[str, Any]]:
    raw = json.loads(path.read_text())
    return raw["examples"] + raw["holdout"]


# ---------------------------------------------------------------- asking


def test_examples_are_asked_for(tmp_path: Path, monkeypatch, capsys):
    typed(monkeypatch, "", "[3, 1]", "4", "[2]", "2", "[]", "0", "[1, 1]", "2", "")
    path = tmp_path / "sum.json"
    assert main([str(path)]) == 0
    spec = load_spec(path)
    assert (spec.name, spec.layout, spec.signed) == ("sum", "terminated", False)
    assert examples(path) == [
        {"input": [3, 1], "output": 4}, {"input": [2], "output": 2}, {"input": [], "output": 0},
        {"input": [1, 1], "output": 2},
    ]  # fmt: skip
    assert len(spec.holdout) == 1
    said = capsys.readouterr().err
    assert f"{path}: 4 examples, 1 of them held out" in said
    assert "lists terminated; 8 words and cells, at most 128 steps" in said


def test_what_is_no_value_or_does_not_fit_is_asked_for_again(tmp_path: Path, monkeypatch, capsys):
    typed(
        monkeypatch, "zero", "17", "2", "two", "2", "TRUE", "[-1", "[-1]", "[1]", "3", "[2]", "1",
        "false", "[3]", "",
    )  # fmt: skip
    path = tmp_path / "spec.json"
    assert main([str(path)]) == 0
    assert examples(path) == [
        {"inputs": [2, True], "output": [-1]},
        {"inputs": [1, False], "output": [3]},
    ]
    said = capsys.readouterr().err
    for what in (
        "Please enter a valid integer number",
        "Between 1 and 16.",
        "'two' is no value: write 3, true, or [3, 1]",
        "'[-1' is no value",
        "This doesn't go: $.examples[1].inputs[0]: a list, but $.examples[0].inputs[0] is a number",
    ):
        assert what in " ".join(said.split())


@pytest.mark.parametrize("lines", [(), ("1",), ("1", ""), ("1", "[3]")])
def test_without_an_example_nothing_is_written(lines, tmp_path: Path, monkeypatch, capsys):
    typed(monkeypatch, *lines)
    assert main([str(tmp_path / "spec.json")]) == 2
    assert "no examples were given, so nothing is written" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_end_of_the_input_ends_it(tmp_path: Path, monkeypatch):
    typed(monkeypatch, "1", "[3]", "3", "[4]")
    assert main([str(tmp_path / "spec.json")]) == 0
    assert examples(tmp_path / "spec.json") == [{"input": [3], "output": 3}]


def test_nobody_to_ask(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\n"))
    assert main([str(tmp_path / "spec.json")]) == 2
    assert "nobody to ask: stdin is no terminal: give --examples" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("answer", "code"), [("n", 2), ("", 2), ("y", 0)])
def test_a_file_is_overwritten_only_if_that_is_wished(
    answer, code, tmp_path: Path, monkeypatch, capsys
):
    path = tmp_path / "spec.json"
    path.write_text("mine")
    typed(monkeypatch, *([answer] if answer else []), *(["1", "3", "4"] if code == 0 else []))
    assert main([str(path)]) == code
    assert (path.read_text() == "mine") == (code == 2)
    assert ("error: " in capsys.readouterr().err) == (code == 2)
    assert [p.name for p in tmp_path.iterdir()] == ["spec.json"]


def test_ctrl_c_leaves_nothing(tmp_path: Path):
    person, terminal = pty.openpty()
    ignored = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]  # as shells do in the background
    command = [*ignored, sys.executable, "-m", "synth.new", str(tmp_path / "spec.json")]
    with subprocess.Popen(
        command, stdin=terminal, stdout=subprocess.DEVNULL, stderr=terminal
    ) as asking:
        os.close(terminal)
        said = b""
        while b"How many inputs" not in said:
            said += os.read(person, 1000)
        os.write(person, b"1\n[3]\n4\n[5]\n")
        while b"Example 2, output" not in said:
            said += os.read(person, 1000)
        asking.send_signal(signal.SIGINT)
        try:
            assert asking.wait(600) == 130
        finally:
            asking.kill()
    os.close(person)
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- tables

TABLES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "one input": (
        'input,output\n"[3, 1]",4\n"[]",0\n',
        [{"input": [3, 1], "output": 4}, {"input": [], "output": 0}],
    ),
    "several, in the order of their columns": (
        'input k,output,input list\n2,"[5, 3]","[3, 1]"\n',
        [{"inputs": [2, [3, 1]], "output": [5, 3]}],
    ),
    "as spreadsheets write it": (
        "\ufeffinput;output\r\n[3, 1];TRUE\r\n;\r\n[2]; false\r\n",
        [{"input": [3, 1], "output": True}, {"input": [2], "output": False}],
    ),
    "with tabs": ("output\tinput\n1\t[3, 1]\n", [{"input": [3, 1], "output": 1}]),
    "negative numbers": ("input,output\n-3,3", [{"input": -3, "output": 3}]),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_holds_examples(name: str, tmp_path: Path):
    text, rows = TABLES[name]
    path, table = tmp_path / "spec.json", tmp_path / "table.csv"
    table.write_text(text, newline="")
    assert main([str(path), "--examples", str(table)]) == 0
    assert examples(path) == rows
    assert load_spec(path).signed == ("negative" in name)


BAD_TABLES = {
    "no columns": ("", "line 1: the columns are none: name them input and output"),
    "other columns": ("in,out\n", "line 1: the columns are in, out: name them"),
    "a column twice": ("input,input,output\n", "line 1: the columns are input, input, output"),
    "no examples": ("input,output\n\n", "holds no examples: add a line"),
    "lists without quotes": (
        "input,output\n1,2\n[3, 1],4\n",
        'line 3: 3 cells, not 2: put lists into quotes, "[3, 1]"',
    ),
    "no JSON": ("input,output\n1,2\n\n1 2,4\n", "line 4, column input: '1 2' is no value: write"),
    "a nested list": (
        'input,output\n1,2\n"[1, [2]]",4\n',
        "line 3, column input[1]: a list within a list has no place in memory: give several",
    ),
    "kinds that differ": (
        'input1,input2,output\n1,2,3\n1,"[]",3\n',
        "line 3, column input2: a list, but line 2, column input2 is a number: give one kind",
    ),
    "an output that is too large": (
        "input,output\n1,2\n\n1,300\n",
        "line 4, column output: 300: no machine has more than 256 words: give smaller numbers",
    ),
    "a picture": (
        'input,output\n"{""image"": 1}",2\n',
        "line 2, column input: '{\"image\": 1}' is no value: write 3",
    ),
    "too many inputs": (
        ",".join(f"input{i}" for i in range(17)) + ",output\n",
        "line 1: 17 inputs: give at most 16",
    ),
    "a quote that does not end": ('input,output\n"[1],2\n', "no table: unexpected end of data"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_bad_table_names_file_line_and_column(name: str, tmp_path: Path, capsys):
    text, message = BAD_TABLES[name]
    path, table = tmp_path / "spec.json", tmp_path / "table.csv"
    table.write_text(text)
    assert main([str(path), "--examples", str(table)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {table}: {message}")
    assert not path.exists()


def test_what_is_no_table(tmp_path: Path):
    with pytest.raises(TableError, match="cannot be read: No such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("input,output\nü,1".encode("latin-1"))
    with pytest.raises(TableError, match="not UTF-8 text: byte 13"):
        read_table(tmp_path / "latin.csv")


def test_each_so_manieth_example_is_held_out(tmp_path: Path, capsys):
    rows = [{"input": n, "output": n} for n in range(9)]
    for every, held in ((4, [3, 7]), (2, [1, 3, 5, 7]), (10, []), (0, [])):
        spec = convert_spec(as_spec(rows, every))
        assert [example.memory[0] for example in spec.holdout] == held
        assert len(spec.examples) == 9 - len(held)
    for wrong in ("1", "-1"):
        assert main([str(tmp_path / "spec.json"), "--hold-out", wrong]) == 2
        assert f"--hold-out {wrong}: give 2 or more, or 0" in capsys.readouterr().err


def test_force_overwrites(tmp_path: Path, capsys):
    path, table = tmp_path / "spec.json", tmp_path / "table.csv"
    table.write_text("input,output\n1,2\n")
    path.write_text("mine")
    assert main([str(path), "--examples", str(table)]) == 2
    assert path.read_text() == "mine"
    assert main([str(path), "--examples", str(table), "--force"]) == 0
    assert examples(path) == [{"input": 1, "output": 2}]
    assert main([str(tmp_path), "--examples", str(table)]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_what_cannot_be_written_is_named_as_it_was_given(tmp_path: Path, capsys):
    path, table = tmp_path / "none" / "spec.json", tmp_path / "table.csv"
    table.write_text("Input,Output\n1,2\n")
    assert main([str(path), "--examples", str(table)]) == 3
    assert capsys.readouterr().err.startswith(f"error: {path}: cannot be read or written: No such")
