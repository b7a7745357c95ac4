"""How long a search takes to end when it is told to: by Ctrl-C, and by its time, with cold caches.

    python -m benchmarks.endings --seeds 0:5 [--engines tuning mcmc] [--seconds 10]

Each seed draws a spec that no short program solves, and a moment for Ctrl-C. Every run is a command
of its own, and compiles all that it needs: its caches are an empty folder. Overtime is wall-clock
from start to end, beyond the budget; it holds the start-up.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.command import Seeds, check_known, check_positive, make_app, run_app, seed_range
from benchmarks.measure import search_command
from benchmarks.statistics import rate

__all__ = ["ENGINES", "Ending", "draw_spec", "end", "main"]

ENGINES: Final = ("enumeration", "edits", "tuning", "mcmc", "ladder")
SOON: Final = 2.0
"""Seconds within which Ctrl-C should have ended it."""

app = make_app("benchmarks.endings")


@dataclass(frozen=True)
class Ending:
    """How one run ended."""

    code: int
    late: float
    """Seconds from Ctrl-C, or from when the budget was spent, to the process's end."""
    whole: bool
    """Whether it printed its one JSON object, with the result that the code says."""


def draw_spec(seed: int) -> dict[str, Any]:
    """Random words to random words: no short program does that."""
    random = Random(f"endings/{seed}")
    drawn = [[random.randrange(16) for _ in range(8)] for _ in range(4)]
    examples = [{"memory": w[:3], "expect": {"memory": w[3:]}} for w in drawn]
    return {"machine": {"words": 16, "steps": 64}, "examples": examples}


def end(engine: str, seed: int, seconds: float, *, interrupt: float | None = None) -> Ending:
    """Runs the engine for so many seconds, or until Ctrl-C at that moment of its search."""
    with tempfile.TemporaryDirectory(prefix="skeletune-") as folder:
        spec = Path(folder) / "spec.json"
        spec.write_text(json.dumps(draw_spec(seed)))
        command = search_command(spec, Path(folder) / "run", engine=engine, seconds=seconds)
        cold = {"NUMBA_CACHE_DIR": folder, "XDG_CACHE_HOME": folder}
        due = time.monotonic() + seconds
        process = subprocess.Popen(command, env=os.environ | cold, stdout=subprocess.PIPE)
        if interrupt is not None:
            while process.poll() is None and not (Path(folder) / "run" / "run.json").exists():
                time.sleep(0.01)
            time.sleep(interrupt)
            process.send_signal(signal.SIGINT)
            due = time.monotonic()
        printed, _ = process.communicate()
        late = time.monotonic() - due
    code, wanted = process.returncode, "budget_exhausted" if interrupt is None else "interrupted"
    return Ending(
        code, late, _result(printed) == wanted and code == (1 if interrupt is None else 130)
    )


def _result(printed: bytes) -> str | None:
    try:
        return json.loads(printed)["result"]
    except (ValueError, KeyError):
        return None


def table(found: dict[str, tuple[list[Ending], list[Ending]]], title: str) -> Table:
    """One row an engine: of its runs that were interrupted, and of those whose time was up."""
    columns = f"engine, Ctrl-C: ended within {SOON:g} s, most s, time up: overtime most s, as told"
    shown = Table(*columns.split(", "), title=title)
    for engine, (interrupted, timed) in found.items():
        late = [e.late for e in interrupted]
        every: Sequence[Ending] = (*interrupted, *timed)
        shown.add_row(
            engine, rate(sum(x <= SOON for x in late), len(late)), f"{max(late):.1f}",
            f"{max(e.late for e in timed):.1f}", rate(sum(e.whole for e in every), len(every)),
        )  # fmt: skip
    return shown


@app.default
def endings(
    *,
    seeds: Seeds = "0:5",
    seconds: Annotated[float, Parameter(help="Of search; Ctrl-C comes before.")] = 10.0,
    engines: Annotated[list[str], Parameter(consume_multiple=True)] = list(ENGINES),  # noqa: B006
) -> None:
    """Ends each engine by Ctrl-C at a random moment, and by its time, and prints how long it
    took."""
    check_known("engines", engines, ENGINES)
    check_positive(seconds=seconds)
    found: dict[str, tuple[list[Ending], list[Ending]]] = {engine: ([], []) for engine in engines}
    runs = [(engine, seed) for engine in engines for seed in seed_range(seeds)]
    for engine, seed in track(runs, "runs", console=Console(stderr=True)):
        interrupted, timed = found[engine]
        moment = Random(f"{engine}/{seed}").uniform(0.0, seconds)
        interrupted.append(end(engine, seed, seconds + 60, interrupt=moment))
        timed.append(end(engine, seed, seconds))
    Console(width=120).print(
        table(found, f"Cold caches, seeds {seeds}, {seconds:g} s each; 95 % Wilson")
    )


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
