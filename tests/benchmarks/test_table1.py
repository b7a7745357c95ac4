"""The suite table1: drawn as checked in, meant as its README says, solvable, not trivially so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.suites import ROOT, find_suites
from benchmarks.suites.table1 import generate
from bridge.loading import load_spec
from bridge.program import Instruction, Program, parse_program
from bridge.spec import Example, Spec
from bridge.verify import verify
from tests.cases import LISTINGS, TABLE1

FOLDER = ROOT / "table1"
NAMES = [
    "fibonacci", "fibonacci_unhalting", "inc", "map_dec", "map_inc", "map_inc_unhalting",
    "parity", "reduce", "reduce_unhalting",
]  # fmt: skip
LISTS = ["map_inc", "map_dec", "reduce", "map_inc_unhalting"]


def groups(spec: Spec) -> tuple[Example, ...]:
    return spec.examples + spec.holdout


def start(example: Example, spec: Spec) -> tuple[int, ...]:
    return (*example.memory, *[0] * (spec.machine.words - len(example.memory)))


def test_the_suite_is_found():
    assert [path.stem for path in find_suites()["table1"]] == NAMES == list(TABLE1)


def test_a_folder_with_a_spec_is_a_suite(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "no_specs").mkdir()
    (tmp_path / "mine" / "a.json").write_text("{}")
    (tmp_path / "loose.json").write_text("{}")
    assert find_suites(tmp_path) == {"mine": [tmp_path / "mine" / "a.json"]}


def test_the_generator_gives_the_checked_in_specs(tmp_path: Path):
    generate.main(tmp_path)
    for name in NAMES:
        file = f"{name}.json"
        assert (tmp_path / file).read_bytes() == (FOLDER / file).read_bytes(), file
    assert len(list(tmp_path.iterdir())) == len(NAMES)


def test_another_seed_gives_other_examples():
    assert generate.draw_spec("map_inc", seed=1) != generate.draw_spec("map_inc", seed=0)


@pytest.mark.parametrize("name", NAMES)
def test_layout(name: str):
    """One example a line."""
    text = (FOLDER / f"{name}.json").read_text()
    assert json.loads(text)["name"] == name
    assert sum(line.lstrip().startswith('{"memory"') for line in text.splitlines()) == 40


@pytest.mark.parametrize("name", NAMES)
def test_sizes(name: str):
    spec = TABLE1[name].spec
    assert (len(spec.examples), len(spec.holdout)) == (8, 32)
    assert (spec.machine.registers, spec.machine.lines) == (6, 16)
    assert spec.machine.halt == (not name.endswith("_unhalting"))
    assert len({start(e, spec) for e in groups(spec)}) == 40


@pytest.mark.parametrize("name", LISTS)
def test_held_out_lists_are_longer(name: str):
    spec = TABLE1[name].spec
    longest = [max(len(e.memory) for e in group) for group in (spec.examples, spec.holdout)]
    assert longest[1] >= longest[0] + 3


def elements(example: Example, spec: Spec) -> list[int]:
    """A list from address 0 to its terminator."""
    memory = start(example, spec)
    return list(memory[: memory.index(0)])


@pytest.mark.parametrize("name", NAMES)
def test_meaning(name: str):
    """The README's table, once more, on every example."""
    spec = TABLE1[name].spec
    b = spec.machine.words
    for example in groups(spec):
        memory, after = start(example, spec), list(example.expect.memory)
        assert example.expect.registers == ()
        if name == "inc":
            assert after == [(memory[0] + 1) % b]
        elif name == "parity":
            assert after == [memory[0] % 2]
        elif name == "fibonacci":
            assert len(after) == b
            assert after[:2] == list(memory[:2])
            assert all(after[i] == (after[i - 1] + after[i - 2]) % b for i in range(2, b))  # type: ignore[operator]
        elif name == "fibonacci_unhalting":
            assert after == [1, 2, 3, 5, 8, 13, 21 % b, 34 % b]
        elif name.startswith("reduce"):
            items = elements(example, spec)
            assert after == [*items, sum(items) % b]
        else:
            change = -1 if name == "map_dec" else 1
            terminator = [] if name == "map_inc_unhalting" else [0]
            assert after == [x + change for x in elements(example, spec)] + terminator
            assert all(0 < x < b for x in after[: len(after) - len(terminator)])  # type: ignore[operator]


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_program_solves_it(name: str):
    """With steps to spare: a plainer program may take twice as many."""
    spec, program = TABLE1[name].spec, TABLE1[name].program
    verdict = verify(program, groups(spec), spec.machine)
    assert verdict.correct
    assert verdict.total == 40
    if spec.machine.halt:
        assert 2 * max(verdict.steps) <= spec.machine.steps


@pytest.mark.parametrize("name", NAMES)
def test_wrong_programs_do_not_solve_it(name: str):
    """Nothing, and the reference program with any one line blanked, fail on the examples: no
    line but a last halt (there are halts behind it) is there for nothing."""
    spec, program = TABLE1[name].spec, TABLE1[name].program
    assert not verify(Program(()), spec.examples, spec.machine).correct
    for line, instruction in enumerate(program.instructions):
        code = list(program.instructions)
        code[line] = Instruction("noop")
        solves = verify(Program(tuple(code)), spec.examples, spec.machine).correct
        assert solves == (instruction.opcode == "halt" and line == len(program) - 1), line


@pytest.mark.parametrize("name", ["map_inc", "reduce", "fibonacci"])
def test_the_unhalting_forms_are_solved_by_the_papers_listings(name: str):
    listing = {"map_inc": "map", "reduce": "sum", "fibonacci": "fib"}[name]
    spec = TABLE1[f"{name}_unhalting"].spec
    program = parse_program(LISTINGS[listing].pdf)
    assert verify(program, groups(spec), spec.machine).correct


def test_specs_load_from_their_files():
    for path in find_suites()["table1"]:
        assert load_spec(path).name == path.stem


def test_the_readme_names_every_task():
    readme = (FOLDER / "README.md").read_text()
    assert [name for name in NAMES if f"| `{name}` |" not in readme] == []
