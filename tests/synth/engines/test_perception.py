"""The engine perception, from a spec with pictures to a program and nets that read them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import synth
from backend.perception import exact_likelihoods, likeliest
from backend.perception.likeliest import executed_words
from bridge import Program, load_spec
from bridge.spec import Budget
from bridge.term import parse_term
from synth.engines import Candidate, Checkpoint, NoCandidate, Note, perception, pool
from synth.engines.perception import HOPELESS, NEAR, PerceptionEngine, believed
from synth.engines.pool import groups_of
from synth.engines.screening import guessing
from synth.problem import resolve

QUICK = PerceptionEngine(first=1_500, rounds=(40, 40), polish=40)
TOTAL = "(do (fold p q (plus)) (store p q))"


def write_spec(folder: Path, answer, *, wrong: int = 0, lengths=(1, 2, 2), **changes) -> Path:
    """Lists of pictures at 0, of which one of three pixels is bright; the answer is expected at
    the terminator. So many of the answers are wrong."""
    rng = np.random.default_rng(0)
    shown = rng.integers(0, 3, 400)
    images = rng.random((400, 3)) * 0.5
    images[np.arange(400), shown] += 0.5
    np.savez(folder / "looks.npz", images=images)

    def example(pool: np.ndarray, i: int) -> dict:
        chosen = rng.choice(pool, lengths[i % len(lengths)])
        word = answer((shown[chosen] + 1).tolist()) if i >= wrong else int(rng.integers(1, 7))
        memory = [{"image": int(picture)} for picture in chosen]
        return {"memory": memory, "expect": {"memory": [None] * len(memory) + [word % 8]}}

    spec = {
        "machine": {"words": 8, "registers": 5, "lines": 12, "steps": 64},
        "images": {"file": "looks.npz", "words": [1, 2, 3]},
        "examples": [example(np.arange(200), i) for i in range(120)],
        "holdout": [example(np.arange(200, 400), wrong + i) for i in range(60)],
        **changes,
    }
    path = folder / "looks.json"
    path.write_text(json.dumps(spec))
    return path


def test_program_and_nets_are_found_together(tmp_path: Path):
    spec = load_spec(write_spec(tmp_path, sum))
    folder = tmp_path / "run"
    solution = synth.solve(spec, engine=QUICK, terms=1_500, seconds=1_000, out=folder)
    assert solution.result is synth.Result.GENERALISES
    assert synth.load_solution(folder).to_json() == solution.to_json()
    assert (solution.term, solution.found_by) == (parse_term(TOTAL), "perception")
    assert solution.stats.terms == 1_500
    assert solution.stats.gradient_steps > 8 * 80
    assert solution.perception is not None
    race = solution.perception.race
    assert race is not None
    assert race.winner is not None
    assert (race.winner.term, race.winner.likelihood) == (solution.term, "table")
    assert race.pool > race.reachable >= len(race.contenders) >= 1


def test_what_does_nothing_may_be_right(tmp_path: Path):
    spec = load_spec(write_spec(tmp_path, lambda digits: 0))
    assert synth.solve(spec, engine=QUICK, terms=0, seconds=1_000).program == Program(())


def test_wrong_answers_among_the_examples(tmp_path: Path):
    spec = load_spec(write_spec(tmp_path, sum, wrong=30, accuracy=0.7))
    solution = synth.solve(spec, engine=QUICK, terms=1_500, seconds=1_000)
    assert solution.term == parse_term(TOTAL)
    assert solution.result is synth.Result.GENERALISES


def test_where_no_candidate_can_it_says_so(tmp_path: Path):
    spec = load_spec(write_spec(tmp_path, lambda digits: 3 * sum(digits) + 5))
    solution = synth.solve(spec, engine=QUICK, terms=1_500, seconds=1_000)
    assert solution.result is synth.Result.NO_CANDIDATE
    assert any("can lead to enough of the answers" in note for note in solution.notes)


@pytest.fixture
def problem(tmp_path: Path):
    return resolve(load_spec(write_spec(tmp_path, sum)))


def test_it_goes_on_from_its_checkpoint(problem):
    engine, budget = replace(QUICK, first=30), Budget(terms=1_500)
    events = list(engine(problem, budget, 0))
    states = [dict(event.state) for event in events if isinstance(event, Checkpoint)]
    assert [state["wave"] for state in states] == [2]  # there is nobody to race after 30 terms
    again = list(engine(replace(problem, saved={"wave": 1, "finalists": []}), budget, 0))
    found = [
        [(event.program, event.race) for event in some if isinstance(event, Candidate)]
        for some in (events, again)
    ]
    assert found[0] == found[1]


def test_words_are_not_for_it(problem):
    (note,) = QUICK(replace(problem, images=()), Budget(), 0)
    assert isinstance(note, Note)
    assert "can't" in note.text


BLANK = "loop: read 1 2\njump 2 end\n?\ninc 1 1\njump 4 loop\nend: write 1 3"


def test_a_blank_instruction_and_nets_in_one_descent(tmp_path: Path):
    spec = load_spec(write_spec(tmp_path, sum, sketch=BLANK))
    engine = replace(QUICK, rounds=(100, 100), fillings=0)
    solution = synth.solve(spec, engine=engine, terms=1_500, seconds=1_000)
    assert solution.result is synth.Result.GENERALISES
    assert solution.term is None
    assert solution.program is not None
    assert solution.program.instructions[2].opcode == "add"


@pytest.mark.parametrize("blanks", [1, 2])
def test_blank_instructions_are_filled_in_every_way(blanks: int, tmp_path: Path):
    lines = BLANK.replace("inc 1 1", "?") if blanks == 2 else BLANK
    spec = load_spec(write_spec(tmp_path, sum, sketch=lines))
    solution = synth.solve(spec, engine=QUICK, seconds=1_000)
    assert solution.result is synth.Result.GENERALISES
    assert solution.program is not None
    assert {"add", "inc"} == {i.opcode for i in solution.program.instructions[2:4]}
    race = solution.perception.race
    assert solution.stats.programs == race.pool > 300**blanks
    assert race.reachable < 200


def test_holes_of_a_term_are_filled_by_enumeration_too(tmp_path: Path):
    spec = load_spec(
        write_spec(tmp_path, max, sketch="(do (walk p (do (assign q (hole)))) (store p q))")
    )
    solution = synth.solve(spec, engine=QUICK, terms=1_500, seconds=1_000)
    assert solution.result is synth.Result.GENERALISES


def test_no_terms_no_candidate(problem):
    *_, last = QUICK(problem, Budget(terms=0), 0)
    assert isinstance(last, NoCandidate)


def test_long_lists_are_trained_on_in_the_end(tmp_path: Path):
    """The race is run on short lists; on long ones the likelihood is had by structure."""
    spec = load_spec(write_spec(tmp_path, sum, lengths=(1, 2, 1, 2, 7)))
    solution = synth.solve(spec, engine=QUICK, terms=1_500, seconds=1_000)
    assert solution.term == parse_term(TOTAL)
    assert solution.result is synth.Result.GENERALISES
    assert not any("not trained" in note for note in solution.notes)


def test_where_nothing_is_exact_on_long_lists_likely_words_are(tmp_path: Path, monkeypatch):
    def likely(program, term, groups, problem):
        long = executed_words(program, groups[-1], problem.machine)
        return (*exact_likelihoods(program, groups[:-1], problem.machine), long)

    monkeypatch.setattr(pool, "SHORT", 10)
    monkeypatch.setattr(likeliest, "RUN", 16)
    monkeypatch.setattr(perception, "likelihoods_of", likely)
    spec = load_spec(write_spec(tmp_path, sum, lengths=(1, 2, 1, 2, 4)))
    solution = synth.solve(spec, engine=QUICK, terms=1_500, seconds=1_000)
    assert solution.term == parse_term(TOTAL)
    assert solution.result is synth.Result.GENERALISES
    told = "trained on examples of 4 pictures by the 2 likeliest words of each alone"
    assert any(told in note for note in solution.notes)


def test_words_may_be_expected_in_several_registers(tmp_path: Path):
    path = write_spec(tmp_path, sum)
    raw = json.loads(path.read_text())
    for example in (*raw["examples"], *raw["holdout"]):
        *before, word = example["expect"]["memory"]
        example["expect"] = {"registers": [len(before), None, word]}
    path.write_text(json.dumps(raw))
    solution = synth.solve(load_spec(path), engine=QUICK, terms=500, seconds=1_000)
    assert solution.term == parse_term("(do (fold p q (plus)))")
    assert solution.result is synth.Result.GENERALISES


def test_each_set_of_pictures_has_a_net_of_its_own(tmp_path: Path):
    """A digit, of three pixels, and a sign, of two: what is expected is their sum."""
    rng, sizes = np.random.default_rng(0), {"digit": 3, "sign": 2}
    shown = {name: rng.integers(0, size, 400) for name, size in sizes.items()}
    for name, size in sizes.items():
        images = rng.random((400, size)) * 0.5
        images[np.arange(400), shown[name]] += 0.5
        np.savez(tmp_path / f"{name}.npz", images=images)

    def example(low: int) -> dict:
        chosen = {name: int(rng.integers(low, low + 200)) for name in sizes}
        word = sum(int(shown[name][i]) + 1 for name, i in chosen.items())
        memory = [{name: i} for name, i in chosen.items()]
        return {"memory": memory, "expect": {"memory": [None, None, word]}}

    spec = json.loads(write_spec(tmp_path, sum).read_text()) | {
        "images": {
            name: {"file": f"{name}.npz", "words": [*range(1, size + 1)]}
            for name, size in sizes.items()
        },
        "examples": [example(0) for _ in range(120)],
        "holdout": [example(200) for _ in range(60)],
    }
    (tmp_path / "two.json").write_text(json.dumps(spec))
    two, folder = load_spec(tmp_path / "two.json"), tmp_path / "run"
    solution = synth.solve(two, engine=QUICK, terms=1_500, seconds=1_000, out=folder)
    assert solution.result is synth.Result.GENERALISES
    assert solution.program is not None
    assert solution.perception is not None
    assert set(solution.perception.reader.nets) == set(sizes)
    assert synth.load_solution(folder).to_json() == solution.to_json()


def test_more_candidates_than_race_are_told_apart_by_clusters(tmp_path: Path):
    spec = load_spec(write_spec(tmp_path, sum, accuracy=0.5))
    engine = replace(QUICK, most=2, left=4)
    solution = synth.solve(spec, engine=engine, terms=1_500, seconds=1_000)
    assert solution.term == parse_term(TOTAL)
    race = solution.perception.race
    assert race.reachable > engine.most
    assert len(race.contenders) <= engine.left
    assert solution.stats.stages["screening"] > 0


def test_who_sees_no_picture_guesses(problem):
    constant = replace(problem.pictures, expect=np.zeros_like(problem.pictures.expect))
    assert guessing(groups_of(replace(problem, pictures=constant))) == 0
    assert 0.5 < guessing(groups_of(problem)) < np.log(8)


def test_right_by_chance_is_not_enough_to_be_believed():
    """Of two answers, guessing is right on half."""
    half = float(np.log(2))
    assert believed(0.95, 0.2, 0.05, half) == 0.95
    assert HOPELESS <= believed(0.95, half, 0.05, half) < NEAR  # goes on, but is polished
    assert believed(0.95, half + 0.2, 0.05, half) == 0
    assert believed(0.3, 0.9 * half, 0.05, half) == 0.3
