"""The suite repair: what is broken, where, and that it can be mended."""

from __future__ import annotations

import pytest

from benchmarks.report.groups import REPAIR
from benchmarks.suites import ROOT
from benchmarks.suites.repair.generate import main, repairs
from bridge import load_spec, parse_program, verify
from bridge.loading import convert_spec
from synth.sketch import load_sketch

SPECS = {raw["name"]: convert_spec(raw) for raw in repairs(0, ["table1"])}


def test_there_are_1_to_6_changes_of_each_kind():
    assert all(REPAIR.fullmatch(name) for name in SPECS)
    for change in ("holes", "wrong"):
        numbers = [n.split(".")[2] for n in SPECS if n.startswith(f"table1-reduce.{change}.")]
        assert numbers == list("123456")
    assert "table1-inc.holes.6.0" not in SPECS  # it has not so many instructions


@pytest.mark.parametrize("name", SPECS)
def test_what_is_broken(name):
    spec = SPECS[name]
    task, change, number, _ = name.removeprefix("table1-").split(".")
    reference = parse_program((ROOT / "table1" / f"{task}.asm").read_text())
    if change == "holes":
        sketch = load_sketch(spec)
        assert sketch is not None
        assert sum(i.opcode is None for i in sketch.program.instructions) == int(number)
        assert sketch.completed_by(reference)
    else:
        start = parse_program(str(spec.start))
        pairs = zip(start.instructions, reference.instructions, strict=True)
        assert sum(one != other for one, other in pairs) == int(number)
        assert not verify(start, (*spec.examples, *spec.holdout), spec.machine).correct


def test_the_command_writes_a_folder(tmp_path, capsys):
    assert main(["--out", str(tmp_path), "--suites", "table1", "--seeds", "2"]) == 0
    names = {path.stem for path in tmp_path.iterdir()}
    assert {n for n in names if n.endswith(".0")} == SPECS.keys()
    assert len(names) == 2 * len(SPECS)
    for path in list(tmp_path.iterdir())[:5]:
        assert load_spec(path).name == path.stem
    only = tmp_path / "only"
    assert main(["--out", str(only), "--suites", "table1", "--change", "holes"]) == 0
    assert {p.stem for p in only.iterdir()} == {n for n in SPECS if ".holes." in n}
    assert main(["--suites", "none-such"]) == 2
    assert "--suites none-such: choose from anc, " in capsys.readouterr().err
