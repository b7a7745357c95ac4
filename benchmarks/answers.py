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
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track

from benchmarks.command import UsageError, make_app, run_app
from benchmarks.suites import find_suites, load_suite

__all__ = ["answer", "differences", "main"]

ENDLESS: Final = 100_000
"""Seconds: work is what ends a search."""
COMPARED: Final = ("result", "program", "term", "found_by", "holdout")

app = make_app("benchmarks.answers", "Compares the answers of two versions.")


def answer(
    spec: Path,
    engine: str | None,
    checkout: Path,
    *,
    terms: int,
    restarts: int,
    seed: int,
    seconds: float = ENDLESS,
) -> dict[str, Any]:
    """What the checkout's command finds, or the error that it ends with."""
    with tempfile.TemporaryDirectory(prefix="answers-") as folder:
        command = [
            sys.executable, "-m", "synth.search", str(spec.resolve()), "--json", "--out",
            f"{folder}/run", "--seconds", str(seconds), "--terms", str(terms), "--restarts",
            str(restarts), "--seed", str(seed), *(["--engine", engine] if engine else []),
        ]  # fmt: skip
        done = subprocess.run(
            command,
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


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(key of the answer, what differs) of all answers that differ or that only one side has."""
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            yield key, f"only in {'the second' if one is None else 'the first'}"
            continue
        found = [name for name in COMPARED if one.get(name) != other.get(name)]
        if found:
            yield key, "; ".join(f"{n}: {one.get(n)!r} → {other.get(n)!r}" for n in found)


@app.default
def run(
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
    console = Console(stderr=True)
    if compare is not None:
        before, after = (json.loads(path.read_text()) for path in compare)
        differing = list(differences(before, after))
        for key, what in differing:
            print(f"{key}: {what}")
        print(f"{len(differing)} of {len({*before, *after})} answers differ")
        return 1 if differing else 0
    answers = json.loads(out.read_text()) if out.exists() else {}
    specs = [(n, p) for n in suites or find_suites() for p in load_suite(n).specs]
    if not specs:
        raise UsageError("no specs: name a suite or a folder of specs")
    jobs = [(f"{engine or 'default'} {name}/{p.stem}", p, engine) for name, p in specs
            for engine in engines]  # fmt: skip
    for key, path, engine in track(jobs, console=console, disable=not console.is_terminal):
        if key not in answers:
            answers[key] = answer(
                path, engine or None, checkout.resolve(),
                terms=terms, restarts=restarts, seed=seed, seconds=seconds,
            )  # fmt: skip
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(json.dumps(answers, indent=1))
    return 0


def main(argv: list[str] | None = None) -> int:
    """Runs the command; the exit code."""
    return run_app(app, argv)


if __name__ == "__main__":
    sys.exit(main())
