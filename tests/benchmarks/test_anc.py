"""The suite anc: drawn as checked in, meant as its README says, solvable, not trivially so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.suites import ROOT, find_suites
from benchmarks.suites.anc import generate
from benchmarks.suites.inputs import CORNERS
from bridge.loading import load_spec
from bridge.program import Program, parse_program
from bridge.spec import Example, Spec
from bridge.verify import verify

FOLDER = ROOT / "anc"
NAMES = list(generate.TASKS)
BIASED = [name for name in NAMES if name.endswith("_biased")]
README = (FOLDER / "README.md").read_text()


@pytest.fixture(scope="module")
def specs() -> dict[str, Spec]:
    return {path.stem: load_spec(path) for path in find_suites()["anc"]}


def program(name: str) -> Program:
    return parse_program((FOLDER / f"{name}.asm").read_text())


def groups(spec: Spec) -> tuple[Example, ...]:
    return spec.examples + spec.holdout


def start(example: Example, spec: Spec) -> list[int]:
    return [*example.memory, *[0] * (spec.machine.words - len(example.memory))]


def test_the_generator_gives_the_checked_in_specs(tmp_path: Path):
    generate.main(tmp_path)
    for name in NAMES:
        file = f"{name}.json"
        assert (tmp_path / file).read_bytes() == (FOLDER / file).read_bytes(), file
    assert sorted(path.stem for path in find_suites()["anc"]) == sorted(NAMES)


def test_corners_set_the_first_two_choices_to_their_ends(specs):
    """Of addition, b and a; of swap, p and q."""
    sums = {e.memory[:2] for e in specs["addition"].examples}
    assert {(0, 0), (14, 0), (0, 4), (10, 4)} <= sums
    swaps = {(e.memory[0] > 0, e.memory[1] > 0) for e in specs["swap"].examples[-4:]}
    assert len(swaps) == 4


@pytest.mark.parametrize("name", NAMES)
def test_sizes(name: str, specs):
    spec, task = specs[name], generate.TASKS[name]
    corners = 0 if name in BIASED else len(CORNERS)
    assert task.examples <= len(spec.examples) <= task.examples + corners
    assert len(spec.holdout) == task.holdout
    inputs = {tuple(start(e, spec)) for e in groups(spec)}
    assert len(inputs) == len(spec.examples) + task.holdout
    assert max(task.holdout_sizes) > max(task.example_sizes) or name == "access" or name in BIASED


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_program_solves_it(name: str, specs):
    """With steps to spare."""
    spec = specs[name]
    code = program(name).check(spec.machine)
    verdict = verify(code, groups(spec), spec.machine)
    assert verdict.correct
    assert 2 * max(verdict.steps) <= spec.machine.steps


@pytest.mark.parametrize("name", NAMES)
def test_doing_nothing_does_not_solve_it(name: str, specs):
    spec = specs[name]
    assert not verify(Program(()), spec.examples, spec.machine).correct


@pytest.mark.parametrize("name", BIASED)
def test_biased_tasks_start_from_the_general_program(name: str, specs):
    spec = specs[name]
    assert spec.objective == "steps"
    assert parse_program(spec.start) == program(name) == program(name.removesuffix("_biased"))


@pytest.mark.parametrize("name", NAMES)
def test_meaning(name: str, specs):
    """The README's table, once more, on every input."""
    spec = specs[name]
    for example in groups(spec):
        memory, after = start(example, spec), list(example.expect.memory)
        expected = {i: word for i, word in enumerate(after) if word is not None}
        assert expected == MEANINGS[name.removesuffix("_biased")](memory)
        assert name not in BIASES or BIASES[name](memory)


def terminated(memory: list[int], address: int = 0) -> list[int]:
    """The elements of a zero-terminated list."""
    return memory[address : memory.index(0, address)]


def nodes(memory: list[int], most: int) -> list[int]:
    """The addresses of a linked list's first nodes."""
    found = [memory[0]]
    while memory[found[-1]] and len(found) < most:
        found.append(memory[found[-1]])
    return found


def cells(address: int, values: list[int]) -> dict[int, int]:
    return {address + i: value for i, value in enumerate(values)}


def walked(memory: list[int]) -> dict[int, int]:
    node = memory[0]
    for direction in terminated(memory, 2):
        node = memory[node + direction]
        assert node
    return {1: memory[node]}


def shortest(memory: list[int]) -> dict[int, int]:
    """Distances by going every way that does not come to a node twice."""
    graph = {}
    for node, address in enumerate(terminated(memory, 1), 1):
        row = terminated(memory, address)
        graph[node] = list(zip(row[::2], row[1::2], strict=True))
    found: dict[int, int] = {}

    def go(node: int, length: int, seen: frozenset[int]) -> None:
        found[node] = min(length, found.get(node, length))
        for onward, weight in graph[node]:
            if onward not in seen:
                go(onward, length + weight, seen | {onward})

    go(1, 0, frozenset([1]))
    return {memory[0] + 2 * (node - 1): length for node, length in found.items()}


MEANINGS = {
    "access": lambda m: {0: m[1 + m[0]]},
    "increment": lambda m: cells(0, [x + 1 for x in terminated(m)] + [0]),
    "swap": lambda m: {2 + m[0]: m[2 + m[1]], 2 + m[1]: m[2 + m[0]]},
    "list_k": lambda m: {2: m[nodes(m, m[1])[m[1] - 1] + 1]},
    "addition": lambda m: {0: m[0] + m[1]},
    "bubble_sort": lambda m: cells(0, sorted(terminated(m))),
    "copy": lambda m: cells(m[0], terminated(m, 1)),
    "reverse": lambda m: cells(m[0], terminated(m, 1)[::-1]),
    "permutation": lambda m: cells(0, [m[len(terminated(m)) + i] for i in terminated(m)]),
    "list_search": lambda m: {2: next(n for n in nodes(m, len(m)) if m[n + 1] == m[1])},
    "merge": lambda m: cells(
        m[2], [*sorted(terminated(m, m[0]) + terminated(m, m[1]), reverse=True), 0]
    ),
    "tree_walk": walked,
    "dijkstra": shortest,
}

BIASES = {
    "access_biased": lambda m: m[0] == 3,
    "increment_biased": lambda m: len(set(m[:6])) == 1,
    "swap_biased": lambda m: m[:2] == [0, 2],
    "list_k_biased": lambda m: nodes(m, m[1]) == [3 + 2 * i for i in range(m[1])],
    "bubble_sort_biased": lambda m: sorted(m[:3])[2] == m[2],
}


@pytest.mark.parametrize("name", BIASED)
def test_mean_steps_are_those_of_the_readme(name: str, specs):
    spec = specs[name]
    mean = verify(program(name), groups(spec), spec.machine).mean_steps
    (row,) = re.findall(rf"^\| `{name}` \| [\d.]+ \| ([\d.]+) \|$", README, re.MULTILINE)
    assert row == f"{mean:.1f}"


def test_the_readme_names_every_task():
    assert [name for name in NAMES if f"| `{name}` |" not in README] == []
