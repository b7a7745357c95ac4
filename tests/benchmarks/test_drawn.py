"""Drawn suites: all references run, specs load and say what the references do, halves are even."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest

from benchmarks.suites import ROOT, load_suite
from benchmarks.suites.deepcoder.programs import draw_programs
from benchmarks.suites.drawn.find import find_drawn, load_drawn
from benchmarks.suites.drawn.generate import main
from benchmarks.suites.drawn.inputs import few, inputs, mixed, numbers
from benchmarks.suites.drawn.task import EXAMPLES, HELD_OUT, Bounds, DrawError, ListTask
from benchmarks.suites.halves import half_of
from bridge import load_spec
from bridge.loading import convert_spec

COUNTS = {
    "classics": 35, "clia": 22, "deepcoder": 60, "dreamcoder": 122, "list_functions": 250,
    "textbook": 105,
}  # fmt: skip
SUITES = {name: load_drawn(name) for name in COUNTS}


def test_they_are_found():
    assert find_drawn() == list(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
def test_every_spec_loads_and_is_drawn_whole(name):
    suite = SUITES[name]
    assert len(suite.tasks) == COUNTS[name]
    for task in suite.tasks:
        raw = suite.spec(task)
        spec = convert_spec(json.loads(json.dumps(raw)), task)
        assert spec.name == task
        shown = [str(e.get("inputs", e.get("input"))) for e in raw["examples"] + raw["holdout"]]
        assert len(shown) == len(set(shown)) == EXAMPLES + HELD_OUT, task
        assert (len(spec.examples), len(spec.holdout)) == (EXAMPLES, HELD_OUT)


@pytest.mark.parametrize("name", sorted({*COUNTS} - {"clia"}))
def test_with_zeros_too(name):
    suite = SUITES[name]
    plain = zeros = 0
    for task in suite.tasks:
        for n, raw in enumerate((suite.spec(task), suite.spec(task, zeros=True))):
            given = json.dumps([e.get("inputs", e.get("input")) for e in raw["examples"]])
            found = bool(re.search(r"[\[ ]0[,\]]", given))
            plain, zeros = plain + (found and not n), zeros + (found and n)
        convert_spec(raw, task)
    assert zeros > 0.8 * len(suite.tasks) > 5 * plain


def test_constants_alone_have_one_output():
    suite = SUITES["list_functions"]
    constant = [
        task
        for task in suite.tasks
        if len({str(e["output"]) for e in suite.spec(task)["examples"]}) == 1
    ]
    assert constant == ["c041", "c042", "c043", "c044", "c090", "c091", "c101"]


@pytest.mark.parametrize(
    ("suite", "task", "given", "expected"),
    [
        ("list_functions", "c015", [[2, 3, 9, 8, 7, 6]], [8, 7]),
        ("list_functions", "c060", [[1, 2, 3, 4, 5, 6, 7, 8]], [3, 2, 1, 4, 5, 7]),
        ("list_functions", "c119", [[8, 2, 3]], [8, 2, 3, 8]),
        ("list_functions", "c134", [[2, 3, 9, 5]], [2, 5]),
        ("list_functions", "c150", [[3, 1, 5, 3]], [3, 1, 3, 4, 5, 3]),
        ("list_functions", "c153", [[7, 9, 7, 7]], [7, 3, 9, 1]),
        ("list_functions", "c166", [[31, 4, 20, 4]], [20, 31, 4]),
        ("list_functions", "c181", [[1, 2, 3, 4, 5]], [1, 4, 3, 2]),
        ("list_functions", "c211", [[1, 2, 3, 4, 5, 6]], [6, 5, 4, 4, 5, 3, 2, 1]),
        ("list_functions", "c224", [[1, 2, 3, 4]], [4, 2, 1, 3]),
        ("list_functions", "c226", [[1, 5, 6, 7, 2]], [5, 6]),
        ("list_functions", "c226", [[1, 5, 6, 0]], [5, 6, 0]),
        ("list_functions", "c235", [[3, 6, 4]], [3, 4, 5, 6, 5, 4]),
        ("list_functions", "c249", [[4, 5, 0, 6, 0, 7, 7]], [4, 6, 7]),
        ("dreamcoder", "insert-into-unsorted", [4, [5, 3, 6, 1]], [3, 1, 4, 5, 6]),
        ("dreamcoder", "kth-largest.2", [[4, 9, 7]], 7),
        ("dreamcoder", "slice-k-n.2.3", [[1, 2, 3, 4, 5]], [2, 3, 4]),
        ("dreamcoder", "caesar-cipher-k-modulo-n.1.4", [[3, 1, 2]], [0, 2, 3]),
        ("classics", "pairwise_swap", [[1, 2, 3, 4]], [2, 1, 4, 3]),
        ("classics", "pairwise_swap", [[1, 2, 3]], []),
        ("classics", "compress", [[5, 5, 2, 5]], [5, 2, 5]),
        ("classics", "insertn", [[3, 4], 1, 2], [3, 2, 4]),
        ("classics", "shiftr", [[1, 2, 3]], [3, 1, 2]),
        ("textbook", "delete", [[3, 5, 3], 3], [5, 3]),
        ("textbook", "lookup", [[3, 5, 5, 4], 5], 4),
        ("textbook", "alist_delete", [[3, 5, 5, 4], 5], [3, 5]),
        ("textbook", "unfoldr_binary", [6], [0, 1, 1]),
        ("textbook", "foldr_minus", [[5, 1, 2]], 6),
        ("textbook", "base_value", [8, [1, 0, 2]], 66),
        ("textbook", "trim_zeros", [[0, 0, 3, 0, 4, 0]], [3, 0, 4]),
        ("textbook", "bubble_pass", [[3, 1, 4, 2]], [1, 3, 2, 4]),
        ("textbook", "longest_run_up", [[3, 1, 4, 5, 5]], 3),
        ("textbook", "next_greater", [[3, 1, 4]], [4, 4, 0]),
        ("textbook", "increment_bits", [[1, 1, 0]], [0, 0, 1]),
        ("textbook", "maximum_segment_sum", [[3, -4, 2, 5, -9, 3]], 7),
        ("textbook", "greatest_rise", [[7, 2, 5, 1, 3]], 3),
        ("textbook", "dutch_flag", [[3, 1, 2, 3, 1], 2], [1, 1, 2, 3, 3]),
        ("textbook", "missing_number", [[4, 1, 2]], 3),
        ("textbook", "gray_code", [[1, 1, 0, 1]], [1, 0, 1, 1]),
    ],
)  # fmt: skip
def test_a_reference_means_what_its_name_says(suite, task, given, expected):
    reference = SUITES[suite].tasks[task]
    assert isinstance(reference, ListTask)
    assert reference.answer(*given) == expected


def test_programs_of_deepcoder_do_as_their_names_say():
    suite = SUITES["deepcoder"]
    for name, given, expected in (
        ("take-ab--map_sub1-c", (2, [4, 7, 9]), [3, 6]),
        ("map_mul2-b--zipwith_min-ac", ([5, 1, 9], [2, 3]), [4, 1]),
        ("scanl1_add-a--filter_even-b", ([1, 3, 2],), [4, 6]),
    ):
        task = suite.tasks[name]
        assert isinstance(task, ListTask)
        assert task.answer(*given) == expected


def test_programs_of_deepcoder_are_drawn_by_the_seed():
    one, same, other = ([p.name for p in draw_programs(Random(s), 5, 2)] for s in "aab")
    assert one == same != other
    assert [name.count("--") for name in one] == [0] * 5 + [1] * 5


def test_halves_are_even_and_stay():
    for suite in SUITES.values():
        dev = sum(half_of(task) == "dev" for task in suite.tasks)
        assert 0.4 <= dev / len(suite.tasks) <= 0.6, suite.name
    assert [half_of(f"c{n:03}") for n in range(1, 9)] == [
        "dev", "dev", "dev", "test", "test", "dev", "dev", "dev"
    ]  # fmt: skip
    assert half_of("add-k.2") == half_of("add-k.5")


def test_the_readmes_count_right():
    for name, count in COUNTS.items():
        text = (ROOT / name / "README.md").read_text()
        assert re.search(rf"\b{count}\b", text), name
        if unfit := SUITES[name].unfit:
            assert f"Not posed, {len(unfit)}" in text, name


def test_what_is_not_posed_is_no_task():
    for suite in SUITES.values():
        assert not suite.tasks.keys() & suite.unfit.keys()


def test_the_command_writes_what_a_suite_finds(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["classics"]) == 0
    said = capsys.readouterr().out
    assert "35 specs in runs/suites/classics" in said
    assert "not posed: sumt: trees" in said
    stale = tmp_path / "runs/suites/classics/old.json"
    stale.write_text("{}")
    before = {p: p.stat().st_mtime_ns for p in stale.parent.iterdir()}
    suite = load_suite("classics")
    assert not stale.exists()
    assert {Path(p) for p in suite.specs} == {p.relative_to(tmp_path) for p in before} - {
        stale.relative_to(tmp_path)
    }
    assert all(before[tmp_path / p] == p.stat().st_mtime_ns for p in suite.specs)
    assert load_spec(suite.specs[0]).name == "add"


@pytest.mark.parametrize(
    ("argv", "fix"), [(["lists"], "choose from"), (["clia", "--seed", "-1"], "not negative")]
)
def test_the_command_refuses(argv, fix, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(argv) == 2
    assert fix in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_task_without_enough_inputs_is_an_error():
    task = ListTask(sum, inputs(few(1, 2, 1, 2, kinds=1)))
    with pytest.raises(DrawError, match="inputs: 30 are needed"):
        task.spec(Random(0))


def test_examples_tell_a_function_from_one_that_does_nothing():
    for suite in (SUITES["deepcoder"], SUITES["dreamcoder"], SUITES["list_functions"]):
        for name in suite.tasks:
            spec = suite.spec(name)
            same = [
                [e["output"] in (e.get("input"), *e.get("inputs", ())) for e in spec[group]]
                for group in ("examples", "holdout")
            ]
            assert all(same[1]) or not all(same[0]), name


def test_what_is_drawn_keeps_to_its_bounds():
    task = ListTask(sum, inputs(mixed([7], numbers(1, 9))), bounds=Bounds(5, 30))
    spec = task.spec(Random(1))
    assert all(5 <= e["output"] <= 30 for e in spec["examples"] + spec["holdout"])
