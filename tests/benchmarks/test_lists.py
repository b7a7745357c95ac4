"""The suite lists: drawn as checked in, meant as its README says, solvable, not trivially so."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.suites import ROOT, load_suite
from benchmarks.suites.lists import generate
from bridge import Example, Program, load_spec, parse_program, verify
from bridge.program import Instruction

FOLDER = ROOT / "lists"
SPECS = {path.stem: load_spec(path) for path in load_suite("lists").specs}
PROGRAMS = {name: parse_program((FOLDER / f"{name}.asm").read_text()) for name in SPECS}


def test_there_are_terprets_17_tasks():
    assert len(SPECS) == 17
    assert sorted(generate.TASKS) == sorted(SPECS)


def test_the_generator_gives_the_checked_in_specs(tmp_path: Path):
    generate.main(tmp_path)
    assert len(list(tmp_path.iterdir())) == 17
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", SPECS)
def test_the_reference_program_solves_it(name: str):
    """With steps to spare: a plainer program may take twice as many."""
    spec = SPECS[name]
    verdict = verify(PROGRAMS[name], (*spec.examples, *spec.holdout), spec.machine)
    assert verdict.correct
    assert 2 * max(verdict.steps) <= spec.machine.steps


@pytest.mark.parametrize("name", SPECS)
def test_wrong_programs_do_not_solve_it(name: str):
    """Nothing, and the reference program with any one line blanked, fail on the examples."""
    spec, program = SPECS[name], PROGRAMS[name]
    assert not verify(Program(()), spec.examples, spec.machine).correct
    for line in range(len(program)):
        code = list(program.instructions)
        code[line] = Instruction("noop")
        assert not verify(Program(tuple(code)), spec.examples, spec.machine).correct, line


@pytest.mark.parametrize("name", SPECS)
def test_inputs(name: str):
    """None occurs twice; held-out ones are longer."""
    spec = SPECS[name]
    assert len({e.memory for e in (*spec.examples, *spec.holdout)}) == len(spec.examples) + 32
    shown, held_out = (
        max(max(length(e) for e in group), 0) for group in (spec.examples, spec.holdout)
    )
    assert held_out >= shown + 2


def length(example: Example) -> int:
    """Of the longest stretch of memory that is not 0."""
    stretches = "".join("x" if word else " " for word in example.memory).split()
    return max((len(s) for s in stretches), default=0)


def the_list(memory: tuple[int, ...], at: int) -> list[int]:
    return list(memory[at : memory.index(0, at)])


@pytest.mark.parametrize("name", SPECS)
def test_meaning(name: str):
    """The README's table, once more, on every example."""
    spec = SPECS[name]
    b = spec.machine.words
    for example in (*spec.examples, *spec.holdout):
        memory = example.memory + (0,) * (b - len(example.memory))
        after = list(example.expect.memory) + [None] * (b - len(example.expect.memory))
        pushed = [x for x in reversed(after) if x is not None]
        k, first, items = memory[0], the_list(memory, 0), the_list(memory, 1)
        other = the_list(memory, k)
        n = len(first)
        match name:
            case "rev":
                assert pushed == first
            case "map_inc":
                assert after[: n + 1] == [*(x + 1 for x in first), 0]
            case "rev_map_inc":
                assert pushed == [x + 1 for x in first]
            case "map_add_k":
                assert after[1 : len(items) + 2] == [*(x + k for x in items), 0]
            case "sum":
                assert after[: n + 1] == [*first, sum(first) % b]
            case "max":
                assert after[: n + 1] == [*first, max([*first, 0])]
            case "len":
                assert after[: n + 1] == [*first, n]
            case "concat":
                joined = [*first, *the_list(memory, n + 1)]
                assert after[: len(joined) + 1] == [*joined, 0]
            case "pairwise_sum":
                assert after[1 : len(items) + 2] == [
                    *(x + y for x, y in zip(items, other, strict=True)), 0
                ]  # fmt: skip
            case "rev_interleave":
                pairs = zip(items, other, strict=True)
                assert pushed == [x for pair in pairs for x in pair]
            case "get_k":
                assert after[0] == memory[1 + k]
            case "last_2":
                assert after[:2] == first[-2:]
            case "rev_filter_gt_k":
                assert pushed == [x for x in items if x > k]
            case "find_last_idx":
                assert memory[after[0] or 0] == k
                assert k not in items[after[0] or 0 :]
            case "dup_2":
                twice = [x for x in items for _ in range(2)]
                assert after[k : k + len(twice) + 1] == [*twice, 0]
                assert not any(memory[k:])
            case "all_gt_k":
                assert after[0] == all(x > k for x in items)
            case "ex_gt_k":
                assert after[0] == any(x > k for x in items)
            case _:
                pytest.fail("a task without a meaning")


@pytest.mark.parametrize("name", ["all_gt_k", "ex_gt_k"])
def test_both_answers_are_frequent(name: str):
    for group in (SPECS[name].examples, SPECS[name].holdout):
        share = sum(e.expect.memory[0] or 0 for e in group) / len(group)
        assert 0.3 <= share <= 0.7


def test_the_readme_names_every_task():
    readme = (FOLDER / "README.md").read_text()
    assert [name for name in SPECS if f"| `{name}` |" not in readme] == []
