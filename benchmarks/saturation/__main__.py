"""The command: `python -m benchmarks.saturation`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import App, Parameter
from rich.console import Console

from benchmarks.saturation.arms import ARMS, key, measure
from benchmarks.saturation.report import show
from benchmarks.saturation.tasks import draw_tasks, lowered

OUT: Final = Path("runs/saturation.jsonl")
TASKS: Final = "0:10"

app = App(name="python -m benchmarks.saturation", help_format="plaintext", version_flags=())


@app.default
def saturation(
    *,
    seeds: Annotated[str, Parameter(help="FROM:TO, without TO.")] = "0:8",
    tasks: Annotated[str, Parameter(help="Numbers of tasks as drawn, or FROM:TO.")] = TASKS,
    restarts: Annotated[int, Parameter(help="Restarts per run, in total.")] = 24,
    skeletons: Annotated[int, Parameter(help="Skeletons that share them.")] = 6,
    out: Annotated[Path, Parameter(help="Runs, one a line; what is there is not run again.")] = OUT,
) -> None:
    """Tunes near misses, their padded variants and their e-graph equivalents; compares."""
    console, done, shown = Console(), read(out), []
    chosen = _numbers(tasks)
    out.parent.mkdir(parents=True, exist_ok=True)
    for number, task in zip(range(max(chosen) + 1), draw_tasks(), strict=False):
        if number not in chosen:
            continue
        lines = f"{len(lowered(task.miss) or ())} → {len(lowered(task.target) or ())}"
        for arm, make in ARMS.items():
            programs = make(task, skeletons)
            for seed in _numbers(seeds):
                name = key(task, arm, programs, restarts, seed)
                if name not in done:
                    found = {
                        "key": name, "task": number, "name": task.name, "lines": lines,
                        "arm": arm, "seed": seed, "skeletons": len(programs),
                        **measure(task, programs, restarts, seed),
                    }  # fmt: skip
                    done[name] = found
                    with out.open("a") as file:
                        file.write(json.dumps(found) + "\n")
                shown.append(done[name])
    show(shown, console)


def _numbers(text: str) -> list[int]:
    """`0:8`, or `1,4,7`."""
    low, colon, high = text.partition(":")
    return list(range(int(low), int(high))) if colon else [int(n) for n in text.split(",")]


def read(path: Path) -> dict[str, dict[str, Any]]:
    """The runs in the file, by key. A last line that a kill cut off is left out."""
    runs = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        runs[found["key"]] = found
    return runs


if __name__ == "__main__":
    app()
