"""The clock leaves behind what it cannot interrupt; events come as they are yielded."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import msgspec
import pytest

from benchmarks.suites import find_suites
from bridge import parse_program
from synth.driver import Driver
from synth.engines import Candidate, Note, Spent, Work
from synth.engines.base import EngineFailed
from synth.engines.thread import AHEAD, EngineThread
from synth.problem import resolve
from tests.cases import TABLE1

TASK = TABLE1["map_inc"]
SPEC = find_suites()["table1"][0]
PROBLEM = resolve(TASK.spec)
CLOSE = parse_program("read 1 2\ninc 2 2\nwrite 1 2")


def drive(engine, **changes) -> Driver:
    budget = msgspec.structs.replace(TASK.spec.search, **changes)
    driver = Driver(PROBLEM, engine, budget, 0)
    driver.run()
    return driver


def test_what_cannot_be_interrupted_is_left_behind():
    awake, closed = threading.Event(), threading.Event()

    def engine(problem, budget, seed):
        try:
            yield Candidate(CLOSE)
            yield Spent("sleep", detail="fast asleep")
            awake.wait(100)
            yield Spent("sleep", Work(terms=1))
            raise AssertionError
        finally:
            closed.set()

    driver = drive(engine, seconds=0.3)
    assert driver.best is not None  # and what it had found is kept
    assert driver.notes == ["time was up in sleep: fast asleep"]
    assert not closed.is_set()
    awake.set()
    assert closed.wait(100)  # at its next event


def test_the_watcher_is_told_the_time_while_an_engine_is_silent():
    told = []

    def engine(problem, budget, seed):
        yield Spent("compiling")
        time.sleep(4)

    budget = msgspec.structs.replace(TASK.spec.search, seconds=2.0)
    Driver(PROBLEM, engine, budget, 0, watch=told.append).run()
    assert len({progress.stats.seconds for progress in told}) >= 3
    assert told[-1].stage == "compiling"


def test_events_and_replies_keep_their_order():
    replies = []

    def engine(problem, budget, seed):
        for i in range(3 * AHEAD):
            yield Note(str(i))
            if i % 10 == 0:
                replies.append((yield Candidate(CLOSE)))

    seen = []
    with EngineThread(engine, PROBLEM, TASK.spec.search, 0, lambda: False) as running:
        reply = None
        while (event := running.next(reply)) is not None:
            is_candidate = isinstance(event, Candidate)
            reply = len(seen) if is_candidate else None
            seen.append(None if is_candidate else event.text)
    assert [text for text in seen if text] == [str(i) for i in range(3 * AHEAD)]
    assert replies == [i for i, text in enumerate(seen) if text is None]


def test_an_engine_that_waits_for_a_reply_is_closed():
    closed = threading.Event()

    def engine(problem, budget, seed):
        try:
            yield Candidate(CLOSE)
        finally:
            closed.set()

    with EngineThread(engine, PROBLEM, TASK.spec.search, 0) as running:
        assert isinstance(running.next(), Candidate)
    assert closed.wait(20)


def test_what_an_engine_raises_is_raised():
    def engine(problem, budget, seed):
        yield Note("so far so good")
        raise ArithmeticError("no further")

    with EngineThread(engine, PROBLEM, TASK.spec.search, 0, lambda: False) as running:
        assert running.next() == Note("so far so good")
        with pytest.raises(EngineFailed, match="no further"):
            running.next()


def test_without_a_thread_it_works_all_the_same(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)

    def engine(problem, budget, seed):
        yield Candidate(TASK.program)

    driver = drive(engine)
    assert driver.best is not None


SCRIPT = """
import sys, time
from bridge import load_spec
from synth.child import Child
from synth.driver import Driver
from synth.engines.thread import end_process
from synth.engines import Spent
from synth.problem import resolve

def engine(problem, budget, seed):
    with Child([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        print(child.pid, flush=True)
        yield Spent("sleep")
        time.sleep(60)

spec = load_spec(sys.argv[1])
Driver(resolve(spec), engine, type(spec.search)(seconds=0.2), 0).run()
print("the answer")
sys.exit(end_process(1))
"""


def test_the_process_ends_at_once_with_all_that_was_started():
    import psutil

    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(SPEC)], capture_output=True, text=True, timeout=50
    )
    assert ended.returncode == 1, ended.stderr
    pid, answer = ended.stdout.splitlines()
    assert answer == "the answer"
    assert not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == "zombie"
