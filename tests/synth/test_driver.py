"""The driver: it executes, counts, keeps the best so far, saves, and ends what must end."""

from __future__ import annotations

import json

import msgspec
import pytest

from bridge import parse_program
from synth.driver import Driver
from synth.engines import Candidate, Checkpoint, Note, Spent, Work
from synth.problem import resolve
from synth.runs.files import Described, Saved
from synth.runs.folder import RunFolder
from tests.cases import TABLE1

TASK = TABLE1["map_inc"]
CLOSE = parse_program("read 1 2\ninc 2 2\nwrite 1 2")  # of a list, the first element only


def drive(engine, folder=None, **changes) -> tuple[Driver, Candidate | None]:
    budget = msgspec.structs.replace(TASK.spec.search, **changes)
    driver = Driver(resolve(TASK.spec), engine, budget, 0, folder)
    return driver, driver.run()


@pytest.fixture
def folder(tmp_path):
    run = Described(engine="e", search=TASK.spec.search, rules=[], version="", started="")
    with RunFolder.create(tmp_path / "run", TASK.spec, run) as folder:
        yield folder


def test_the_best_so_far_is_kept_and_logged(folder):
    def engine(problem, budget, seed):
        for text in ("halt", str(CLOSE), "halt"):
            yield Candidate(parse_program(text))
        yield Note("that was all")

    driver, answer = drive(engine, folder)
    assert answer is None
    assert driver.best is not None
    assert driver.best.program.bare() == CLOSE.bare()
    assert driver.best.found_by == "engine"
    assert driver.notes == ["that was all"]
    log = [json.loads(x) for x in (folder.path / "candidates.jsonl").read_text().splitlines()]
    assert [line["found_by"] for line in log] == ["empty", "engine"]
    assert log[0]["cells"] < log[1]["cells"]


def test_nothing_is_asked_after_the_answer():
    closed = []

    def engine(problem, budget, seed):
        try:
            yield Candidate(TASK.program, found_by="luck")
            raise AssertionError
        finally:
            closed.append(True)

    _, answer = drive(engine)
    assert answer is not None
    assert (answer.program, answer.found_by) == (TASK.program, "luck")
    assert closed == [True]


def test_work_is_added_up_by_stage():
    def engine(problem, budget, seed):
        yield Spent("a", Work(terms=3, programs=1))
        yield Spent("b", Work(programs=4))
        yield Spent("a", Work(terms=2))

    driver, _ = drive(engine)
    assert driver.spent == Work(terms=5, programs=5)
    assert {"a", "b"} <= set(driver.stats().stages)


@pytest.mark.parametrize("kind", ["terms", "programs", "restarts"])
def test_whoever_overspends_is_ended(kind):
    def engine(problem, budget, seed):
        while True:
            yield Spent("greed", Work(**{kind: 4}))

    driver, _ = drive(engine, **{kind: 10})
    assert getattr(driver.spent, kind) == 12


def test_the_clock_ends_what_has_no_end():
    def engine(problem, budget, seed):
        assert budget.seconds <= 0.2
        while True:
            yield Spent("idleness", detail="nothing to do")

    driver, answer = drive(engine, seconds=0.2)
    assert answer is None
    assert driver.notes == ["time was up in idleness: nothing to do"]


def test_a_checkpoint_is_as_of_its_event(folder):
    """What was done after it will be done again."""

    def engine(problem, budget, seed):
        if problem.saved:
            assert problem.saved == {"half": [1, 2]}
            assert budget.terms == 97
            yield Candidate(TASK.program)
            return
        yield Candidate(CLOSE)
        yield Spent("a", Work(terms=3))
        yield Checkpoint({"half": [1, 2]})
        yield Spent("a", Work(terms=5))

    driver, _ = drive(engine, folder, terms=100)
    saved = json.loads((folder.path / "checkpoint.json").read_text())
    assert saved["engine"] == {"half": [1, 2]}
    assert saved["work"]["terms"] == 3
    assert driver.spent.terms == 8
    assert parse_program(saved["best"]["program"]).bare() == CLOSE.bare()
    again = Driver(resolve(TASK.spec), engine, msgspec.structs.replace(driver.budget, terms=100), 0)
    again.resume(msgspec.convert(saved, Saved))
    answer = again.run()
    assert answer is not None
    assert again.spent.terms == 3


def test_what_is_no_event_ends_the_engine():
    def engine(problem, budget, seed):
        yield TASK.program

    driver, answer = drive(engine)
    assert answer is None
    assert driver.notes == ["engine yielded a Program: yield an event of synth.engines"]
