"""Whether two versions of the project give the same answers: programs found with budgets in work.

    python -m benchmarks.answers --out after.json [SUITE-OR-FOLDER …] [--checkout DIR]
    python -m benchmarks.answers --compare before.json after.json

Each spec is searched by the command of the checkout that is named (this one by default), in a
process of its own, with a seed, so many terms and restarts, and no limit on seconds: so the
answers may be compared program by program, whatever the machine was busy with. With `--compare`,
the answers that differ are printed, and the exit code is 1 if there are any.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.progress import track

from benchmarks.command import UsageError, check_engines, make_app, run_app
from benchmarks.measure import search_command
from benchmarks.suites import find_suites, load_suite
from synth.command import write_file
from synth.options import refuses

__all__ = ["answer", "differences", "main"]

ENDLESS: Final = 100_000.0
"""Seconds: work is what ends a search."""
COMPARED: Final = ("result", "program", "term", "found_by", "holdout")

Answers = dict[str, dict[str, Any]]
"""What the command printed, by engine and spec."""

app = make_app("benchmarks.answers")


def answer(spec: Path, checkout: Path, **options: str | float | None) -> dict[str, Any]:
    """What the checkout's command finds with these options, or the error that it ends with."""
    with tempfile.TemporaryDirectory(prefix="answers-") as folder:
        done = subprocess.run(
            search_command(spec.resolve(), Path(folder) / "run", **options),
            cwd=checkout,
            env=os.environ | {"PYTHONPATH": str(checkout)},
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"result": "error", "error": done.stderr.strip()[-500:]}


def differences(before: Answers, after: Answers) -> Iterator[tuple[str, str]]:
    """(key of the answer, what differs) of all answers that differ or that only one side has."""
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            yield key, f"only in {'the second' if one is None else 'the first'}"
            continue
        found = [name for name in COMPARED if one.get(name) != other.get(name)]
        if found:
            yield key, "; ".join(f"{n}: {one.get(n)!r} → {other.get(n)!r}" for n in found)


def read_answers(path: Path) -> Answers:
    """Raises UsageError if the file holds none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Answers)
    except (OSError, msgspec.MsgspecError) as e:
        raise UsageError(f"{path}: no answers in it ({e}): name a file that --out wrote") from None


@app.default
@refuses("compare", why="it runs nothing, and writes nothing")
def answers(
    *suites: str,
    out: Annotated[Path, Parameter(help="Answers that are there already are kept.")] = Path(
        "runs/answers.json"
    ),
    checkout: Annotated[Path, Parameter(help="The version to run.")] = Path("."),
    engines: Annotated[
        tuple[str, ...], Parameter(consume_multiple=True, help="'' is the default engine.")
    ] = ("",),
    terms: int = 100_000,
    restarts: int = 32,
    seed: int = 0,
    seconds: Annotated[
        float, Parameter(help="For engines that no budget of work ends: what is cut may differ.")
    ] = ENDLESS,
    compare: Annotated[
        tuple[Path, Path] | None, Parameter(help="Two files of answers to compare.")
    ] = None,
) -> int:
    """Runs the search on every spec of the suites (all by default), or compares two runs."""
    if compare is not None:
        before, after = map(read_answers, compare)
        differing = list(differences(before, after))
        for key, what in differing:
            print(f"{key}: {what}")
        print(f"answers that differ: {len(differing)} of {len({*before, *after})}")
        return 1 if differing else 0
    check_engines(engine for engine in engines if engine)
    found = read_answers(out) if out.exists() else {}
    out.parent.mkdir(parents=True, exist_ok=True)
    budget = {"terms": terms, "restarts": restarts, "seed": seed, "seconds": seconds}
    wanted = {
        f"{engine or 'default'} {name}/{path.stem}": (path, engine or None)
        for name in suites or find_suites()
        for path in load_suite(name).specs
        for engine in engines
    }
    missing = [(key, *what) for key, what in wanted.items() if key not in found]
    console = Console(stderr=True)
    for key, path, engine in track(missing, console=console, disable=not console.is_terminal):
        found[key] = answer(path, checkout.resolve(), engine=engine, **budget)
        write_file(out, json.dumps(found, indent=1))
    return 0


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
