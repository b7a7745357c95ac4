"""The command: `python -m benchmarks.saturation`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.console import Console

from benchmarks.command import UsageError, make_app, run_app
from benchmarks.saturation.arms import ARMS, key, measure, shared
from benchmarks.saturation.report import show
from benchmarks.saturation.tasks import NearMiss, draw_tasks, lowered

OUT: Final = Path("runs/saturation.jsonl")
TASKS: Final = "1,2,3,9,10,15,18,24,27,29"
"""Of the tasks as drawn, the first ten on which one run of each arm, with seed 1000, did not all
end alike: on the others, this budget is too much or too little to tell arms apart."""

app = make_app("benchmarks.saturation", "What saturation is worth to tuning.")


@app.default
def saturation(
    *,
    seeds: Annotated[str, Parameter(help="FROM:TO, without TO.")] = "0:6",
    tasks: Annotated[str, Parameter(help="Numbers of tasks as drawn, or FROM:TO.")] = TASKS,
    restarts: Annotated[int, Parameter(help="Restarts per run, in total.")] = 24,
    skeletons: Annotated[int, Parameter(help="Skeletons that share them.")] = 6,
    arms: Annotated[str, Parameter(help="Which to run, of miss,padded,equals.")] = ",".join(ARMS),
    out: Annotated[Path, Parameter(help="Runs, one a line; what is there is not run again.")] = OUT,
) -> None:
    """Tunes near misses, their padded variants and their e-graph equivalents; compares."""
    wanted, numbers = _numbers(tasks), _numbers(seeds)
    if restarts < 1 or skeletons < 1 or restarts % skeletons:
        raise UsageError(f"{restarts} restarts cannot be shared by {skeletons} skeletons")
    if unknown := [arm for arm in arms.split(",") if arm not in ARMS]:
        raise UsageError(f"--arms {unknown[0]}: there are {', '.join(ARMS)}")
    done = read(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    drawn = zip(range(max(wanted) + 1), draw_tasks(), strict=False)
    chosen = [(number, task) for number, task in drawn if number in wanted]
    choices = [
        (number, task, arm, shared(make(task, skeletons), restarts))
        for number, task in chosen
        for arm, make in ARMS.items()
        if arm in arms.split(",")
    ]
    shown = []
    for seed in numbers:
        for number, task, arm, programs in choices:
            name = key(task, arm, programs, restarts, seed)
            if name not in done:
                done[name] = {
                    "key": name, "task": number, "name": task.name, "lines": _lines(task),
                    "arm": arm, "seed": seed, "skeletons": len(programs),
                    **measure(task, programs, restarts, seed),
                }  # fmt: skip
                with out.open("a") as file:
                    file.write(json.dumps(done[name]) + "\n")
            shown.append(done[name])
    show(shown, Console())


def _numbers(text: str) -> list[int]:
    """`0:8`, or `1,4,7`."""
    low, colon, high = text.partition(":")
    try:
        found = list(range(int(low), int(high))) if colon else [int(n) for n in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 0:
        raise UsageError(f"{text!r}: expected numbers such as 0:8 or 1,4,7")
    return found


def _lines(task: NearMiss) -> str:
    return " → ".join(str(len(lowered(term) or ())) for term in (task.term, task.target))


def read(path: Path) -> dict[str, dict[str, Any]]:
    """The runs in the file, by key. A last line that a kill cut off is closed, and left out."""
    text = path.read_text() if path.exists() else ""
    if text and not text.endswith("\n"):
        with path.open("a") as file:
            file.write("\n")
    runs = {}
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        runs[found["key"]] = found
    return runs


def main() -> int:
    """Runs the command; the exit code. What was measured until an interruption stays."""
    return run_app(app)


if __name__ == "__main__":
    sys.exit(main())
