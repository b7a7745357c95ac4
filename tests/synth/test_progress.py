"""What is told while a search goes on: of each stage work, rate, best so far and the time left; the
race; on a terminal, and without one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bridge.spec import Budget
from synth.progress import left_of, lines_of, show_progress
from synth.solution import Progress, Stats

STAGES = {
    "starting": {"seconds": 0.1, "cells": 0},
    "enumeration": {"seconds": 4.0, "terms": 2_000_000, "states": 9_000, "cells": 3},
    "tuning": {"seconds": 5.0, "restarts": 40, "programs": 1_000, "cells": 7},
}
RACE = "programs in the race: 12; (do (fold p q (plus))): 0.52 nats; (do (halt)): 0.61 nats"


def progress(stage: str = "tuning", **changes) -> Progress:
    stats = Stats(terms=2_000_000, restarts=40, programs=1_000, seconds=9.1)
    told = {"stages": STAGES, "budget": Budget(seconds=60, restarts=10_000), **changes}
    return Progress(stage, stats, 7, 12, **told)


def test_a_line_tells_of_a_stage():
    assert [*map(str, lines_of(progress()))] == [
        "enumeration: 2,000,000 terms, 500.0 k/s, best 3 of 12 cells, 4.0 s",
        "tuning: 40 restarts, 8.0/s, best 7 of 12 cells, 5.0 s",
    ]


def test_a_stage_at_work_is_told_of_before_it_did_any():
    stages = {"starting": {"seconds": 0.1, "cells": 0}}
    (line,) = lines_of(progress("starting", stages=stages))
    assert str(line) == "starting: best 0 of 12 cells, 0.1 s"


@pytest.mark.parametrize(
    ("budget", "left"),
    [
        (Budget(seconds=60), "51 s left"),
        (Budget(seconds=60, restarts=80), "5 s left by --restarts"),
        (Budget(seconds=60, restarts=40), "0 s left by --restarts"),
        (Budget(seconds=5), "0 s left"),
    ],
)
def test_the_budget_that_ends_first_is_told(budget, left):
    assert left_of(progress(budget=budget)) == left


def told(*given: Progress, quiet: bool = False, terminal: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, _environ={})
    with show_progress(console, quiet=quiet) as watch:
        for one in given:
            watch(one)
    return out.getvalue()


def test_without_a_terminal_each_stage_leaves_a_plain_line():
    before = progress("enumeration", stages={k: STAGES[k] for k in ("starting", "enumeration")})
    assert told(before, progress(detail=RACE)).splitlines() == [
        "enumeration: 2,000,000 terms, 500.0 k/s, best 3 of 12 cells, 4.0 s",
        f"tuning: 40 restarts, 8.0/s, best 7 of 12 cells, 5.0 s; {RACE}",
    ]


def test_stages_that_take_turns_are_not_told_of_at_each():
    turns = [progress(stage) for stage in ("enumeration", "tuning") * 20]
    lines = told(*turns).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["enumeration", "tuning"]


def test_a_long_stage_is_told_of_now_and_then():
    stats = [Stats(restarts=40, seconds=seconds) for seconds in (9.0, 12.0, 13.0, 23.0)]
    lines = told(*(Progress("tuning", s, 7, 12, "", STAGES, Budget()) for s in stats)).splitlines()
    assert [line.rpartition("; ")[2] for line in lines[:2]] == ["48 s left", "37 s left"]
    assert [line.partition(":")[0] for line in lines[2:]] == ["enumeration"]  # at the end


def test_a_terminal_shows_all_stages_and_the_race():
    shown = told(progress(detail=RACE), terminal=True)
    for part in ("enumeration", "500.0 k/s", "tuning", "8.0/s", "best 7 of 12 cells", "51 s left"):
        assert part in shown
    for part in RACE.split("; "):
        assert f"  {part}" in shown


def test_what_is_over_soon_leaves_nothing_behind():
    soon = Progress("enumeration", Stats(seconds=0.2), 1, 12, "", STAGES, Budget())
    assert told(soon) == ""
    assert told(progress(), quiet=True) == told(progress(), quiet=True, terminal=True) == ""


# ---------------------------------------------------------------- the command

ENDLESS = {
    "machine": {"words": 16, "steps": 64},
    "examples": [
        {"memory": [1, 2, 3], "expect": {"memory": [9, 4, 11, 7, 3]}},
        {"memory": [3, 1, 2], "expect": {"memory": [5, 14, 2, 6, 12]}},
        {"memory": [2, 2, 1], "expect": {"memory": [13, 1, 8, 15, 6]}},
    ],
}
"""No short program does this."""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    spec = tmp_path / "endless.json"
    spec.write_text(json.dumps(ENDLESS))
    limits = ["--terms", "1500", "--programs", "1000000", "--restarts", "0", "--seconds", "60"]
    return [sys.executable, "-m", "synth.search", str(spec), "--out", "none", *limits]


def test_a_pipe_gets_plain_lines(command):
    done = subprocess.run([*command, "--json"], capture_output=True, text=True)
    assert done.returncode == 1
    assert json.loads(done.stdout)["result"] == "budget_exhausted"
    assert re.search(r"^\w+: [\d,]+ \w+, [\d.]+( [kM])?/s, best \d+ of 15 cells", done.stderr, re.M)
    assert "\x1b" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_gets_lines_that_change(command):
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment) as child:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # Linux's end of such a file
                break
            if not more:
                break
            shown += more
        assert child.wait() == 1
    os.close(ours)
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", shown.decode())
    assert b"\x1b[" in shown  # it is drawn over
    assert re.search(r"enumeration +[\d,]+ terms +[\d.,]+( [kM])?/s +best \d+ of 15 cells", text)
    assert re.search(r"\d s left", text)
