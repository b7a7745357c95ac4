"""Whether a run that is killed at any moment is gone on with as if nothing had been.

    python -m benchmarks.kills --n 100 --seed 0

Each engine's run is done once to its end. Then it is begun again and again, killed (SIGKILL) at a
random moment, and gone on with from its folder: the answer must be the same, no process that it
started may outlive it, and no temporary file may stay. Budgets are in work, not in seconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import psutil
from cyclopts import Parameter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.answers import COMPARED, ENDLESS
from benchmarks.command import check_known, check_positive, make_app, run_app
from benchmarks.measure import search_command
from benchmarks.statistics import rate
from benchmarks.suites import ROOT

__all__ = ["RUNS", "Kill", "Run", "kill_once", "main"]

app = make_app("benchmarks.kills")

GRACE: Final = 10.0
"""Seconds in which what a killed run had started must end."""


@dataclass(frozen=True)
class Run:
    """An engine on a task, with budgets that take it some seconds."""

    engine: str
    task: str
    budget: dict[str, int]

    def command(self, out: Path, seed: int) -> list[str]:
        """The command that searches."""
        spec = ROOT / f"{self.task}.json"
        options = {"engine": self.engine, "seed": seed, "seconds": ENDLESS, **self.budget}
        return search_command(spec, out, **options)


RUNS: Final = {
    "ladder": Run(
        "ladder", "table1/parity", {"terms": 40_000, "programs": 2_000_000, "restarts": 16}
    ),
    "ladder, steps": Run("ladder", "anc/swap_biased", {"programs": 5_000_000, "restarts": 0}),
    "enumeration": Run("enumeration", "anc/merge", {"terms": 2_000_000}),
    "edits": Run("edits", "anc/merge", {"terms": 50_000, "programs": 4_000_000}),
    "tuning": Run("tuning", "table1/map_dec", {"restarts": 16}),
    "mcmc": Run("mcmc", "table1/parity", {"programs": 5_000_000}),
    "random": Run("random", "table1/parity", {"programs": 5_000_000}),
    "sat": Run("sat", "lists/get_k", {}),
    "exhaustive": Run("exhaustive", "table1/parity", {"programs": 400_000}),
    "divide": Run("divide", "lists/all_gt_k", {}),
}
"""One for each shipped engine that searches by itself, and both objectives of the ladder."""


@dataclass(frozen=True)
class Kill:
    """What became of a run that was killed once."""

    after: float
    """Seconds from its start to the kill."""
    begun: bool
    """Whether there was a folder to go on from."""
    same: bool
    """Whether it then ended with the same answer."""
    orphans: int
    """Processes that outlived it."""
    files: tuple[str, ...]
    """Temporary files that stayed, in its folder or in the system's."""


def answer_of(command: Sequence[str], env: dict[str, str]) -> dict[str, Any]:
    """What of the answer is compared. Raises RuntimeError if the command prints none."""
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[-500:]}") from None
    return {name: found.get(name) for name in COMPARED}


def kill_once(run: Run, seed: int, after: float, expected: dict[str, Any]) -> Kill:
    """Kills the run so many seconds after its start, and goes on with it."""
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        folder, temporary = Path(place) / "run", Path(place) / "tmp"
        temporary.mkdir()
        env = os.environ | {"TMPDIR": str(temporary)}
        process = subprocess.Popen(
            run.command(folder, seed), env=env, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        family = list(_started_by(process.pid))
        process.send_signal(signal.SIGKILL)
        process.wait()
        _, orphans = psutil.wait_procs(family, timeout=GRACE)
        begun = (folder / "run.json").exists()
        command = run.command(folder, seed)
        if begun:
            command = [*command[:4], f"--resume={folder}", "--json", "--quiet"]
        try:
            same = answer_of(command, env) == expected
        except RuntimeError as error:
            print(error, file=sys.stderr)
            same = False
        for orphan in orphans:
            with contextlib.suppress(psutil.Error):
                orphan.kill()
        left = [*temporary.iterdir(), *folder.glob("*tmp*"), *folder.glob("lock")]
        return Kill(after, begun, same, len(orphans), tuple(path.name for path in left))


def _started_by(pid: int) -> Iterator[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        yield from psutil.Process(pid).children(recursive=True)


def table(kills: dict[str, list[Kill]]) -> Table:
    """What became of the runs, by engine."""
    shown = Table("engine", "kills", "folder begun", "same answer", "orphans", "files left",
                  "killed after, s")  # fmt: skip
    total = [kill for some in kills.values() for kill in some]
    for name, some in [*kills.items(), ("all", total)]:
        times = sorted(kill.after for kill in some)
        shown.add_row(
            name, str(len(some)), str(sum(k.begun for k in some)),
            rate(sum(k.same for k in some), len(some)), str(sum(k.orphans for k in some)),
            str(sum(len(k.files) for k in some)),
            f"{times[0]:.1f} … {times[-1]:.1f}" if times else "–",
        )  # fmt: skip
    return shown


@app.default
def kills(
    *,
    n: Annotated[int, Parameter(help="Kills, over all engines together.")] = 100,
    seed: Annotated[int, Parameter(help="Of the moments, and of the searches.")] = 0,
    engines: Annotated[list[str], Parameter(consume_multiple=True)] = list(RUNS),  # noqa: B006
) -> int:
    """Kills searches at random moments, goes on with each, and prints what became of them.

    Exit code: 0 all ended as if nothing had been, 1 one did not, 2 bad input.
    """
    check_positive(n=n)
    check_known("engines", engines, RUNS)
    console, draw = Console(stderr=True), random.Random(seed)
    expected, seconds = dict[str, dict[str, Any]](), dict[str, float]()
    for name in track(engines, "to the end", console=console, disable=not console.is_terminal):
        with tempfile.TemporaryDirectory(prefix="kills-") as place:
            for attempt in range(2):  # the first compiles
                began, out = time.monotonic(), Path(place) / str(attempt)
                expected[name] = answer_of(RUNS[name].command(out, seed), dict(os.environ))
                seconds[name] = time.monotonic() - began
    done: dict[str, list[Kill]] = {name: [] for name in engines}
    for i in track(range(n), "killed", console=console, disable=not console.is_terminal):
        name = engines[i % len(engines)]
        after = draw.uniform(0.2, seconds[name])
        done[name].append(kill_once(RUNS[name], seed, after, expected[name]))
    Console(width=120).print(table(done))
    every = [kill for some in done.values() for kill in some]
    return 0 if all(k.same and not k.orphans and not k.files for k in every) else 1


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
