"""The suite digits: drawn from a seed, disjoint by picture, meant as its README says, solvable."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.suites import load_solved, load_suite
from benchmarks.suites.digits.generate import HELD_OUT, Draw, draw_spec, main, operators
from benchmarks.suites.digits.tasks import TASKS
from bridge import SpecError, load_spec
from bridge.pictures import encode_pictures, load_sets
from bridge.verify import verify_pictures

pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """All tasks, a third of the answers wrong; as the command writes them."""
    path = tmp_path_factory.mktemp("digits")
    argv = ["--out", str(path), "--examples", "60", "--held", "40", "--wrong", "30"]
    assert main([*argv, "--seeds", "3"]) == 0
    return path


@pytest.mark.parametrize("name", TASKS)
def test_the_program_beside_it_solves_it(name: str, folder: Path):
    solved = load_solved(folder / f"{name}.60.30.3.json")
    spec = solved.spec
    labels = [images.labels for images in load_sets(spec)]
    examples, holdout = (
        verify_pictures(
            solved.program, encode_pictures(group, spec.machine, list(spec.images)), labels,
            spec.machine,
        )
        for group in (spec.examples, spec.holdout)
    )  # fmt: skip
    assert (examples.passed, examples.total) == (42, 60)
    assert (holdout.passed, holdout.total) == (40, 40)
    assert max(holdout.steps) < spec.machine.steps


def test_the_harness_finds_them(folder: Path):
    assert len(load_suite(str(folder)).specs) == len(TASKS)
    assert sum(path.stat().st_size for path in folder.glob("*.npz")) < 200_000


def test_the_seed_draws_all_of_it():
    one, same, other = (draw_spec("max", Draw(30, held=30, seed=seed)) for seed in (1, 1, 2))
    assert one == same
    assert one["holdout"] != other["holdout"]


def test_pictures_are_used_alike_and_never_on_both_sides():
    spec = draw_spec("sum", Draw(3000, held=1000))
    shown, held = (
        [cell["image"] for e in spec[key] for cell in e["memory"] if cell]
        for key in ("examples", "holdout")
    )
    assert set(shown).isdisjoint(held)
    assert len(set(held)) == HELD_OUT
    counts = np.bincount(shown)
    assert counts[counts > 0].min() >= counts.max() - 1


def test_longer_lists_are_held_out():
    spec = draw_spec("sort", Draw(20, held=20, held_lengths=(4, 8)))
    assert {len(e["memory"]) for e in spec["examples"]} == {3, 4}
    assert {len(e["memory"]) for e in spec["holdout"]} == {5, 9}
    assert spec["machine"]["words"] == 77


def test_operators_can_be_told_apart():
    """By the nearest mean; and not all too easily."""
    images, labels = operators()
    flat = images.reshape(len(images), -1).astype(float)
    means = np.array([flat[:400][labels[:400] == word].mean(0) for word in (0, 1)])
    near = ((flat[400:, None] - means) ** 2).sum(-1).argmin(1)
    assert 0.9 < (near == labels[400:]).mean() < 1


def test_a_spec_elsewhere_misses_its_pictures(folder: Path, tmp_path: Path):
    (tmp_path / "sum.json").write_text(json.dumps(draw_spec("sum", Draw(20, held=20))))
    with pytest.raises(SpecError, match=r"images\.file: 'digits\.npz': there is no such file"):
        load_spec(tmp_path / "sum.json")


def test_unknown_tasks_are_refused(capsys):
    assert main(["--tasks", "summ"]) == 2
    assert "--tasks summ: choose from sum, max" in capsys.readouterr().err
