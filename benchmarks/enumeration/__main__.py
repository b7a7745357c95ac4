"""Terms per second of enumeration, against another version in one run, and repeats.

    python -m benchmarks.enumeration [SUITE …] [--against CHECKOUT] [--terms N] [--tasks N]

Each task's search runs to its end of terms, whatever it finds on the way, in a process of its own;
the two versions take turns. Seconds are the process's own, without compilation. The ratio is the
median over tasks, with a bootstrap interval. Repeats are counted on fewer terms, one by one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from benchmarks.command import UsageError, check_positive, make_app, run_app
from benchmarks.enumeration.repeats import repeats
from benchmarks.statistics import bootstrap, rate
from benchmarks.suites import load_suite
from bridge import load_spec

__all__ = ["main"]

HERE: Final = Path(__file__).parents[2]

app = make_app("benchmarks.enumeration")


def measured(spec: Path, terms: int, checkout: Path) -> dict[str, float]:
    """What `rate.py` prints with the packages of that checkout. Raises UsageError where
    these can't."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("rate.py"), spec.resolve(), str(terms)],
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UsageError(f"{checkout} enumerates nothing:\n{done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)


@app.default
def enumeration(
    *suites: str,
    against: Annotated[Path | None, Parameter(help="A checkout of another version.")] = None,
    terms: int = 1_000_000,
    tasks: Annotated[int, Parameter(help="Of each suite, evenly chosen.")] = 4,
    counted: Annotated[int, Parameter(help="Terms among which repeats are counted.")] = 20_000,
) -> None:
    """Measures terms per second, and executions that repeat earlier ones."""
    check_positive(terms=terms, tasks=tasks, counted=counted)
    if against is not None and not (against / "synth").is_dir():
        raise UsageError(f"--against {against}: no checkout: name a folder that holds synth/")
    ratios, executed, repeated = [], 0, 0
    print(
        "task                     terms/s   states/s" + "   before  ratio" * (against is not None)
    )
    for suite in suites or ("lists", "anc"):
        specs = load_suite(suite).specs
        for spec in specs[:: max(1, len(specs) // tasks)][:tasks]:
            now = measured(spec, terms, HERE)
            line = f"{spec.stem:22} {now['terms'] / now['seconds']:9,.0f}"
            line += f"  {now['states'] / now['seconds']:9,.0f}"
            if against is not None:
                before = measured(spec, terms, against.resolve())
                speed = before["terms"] / before["seconds"]
                ratios.append(now["terms"] / now["seconds"] / speed)
                line += f"{speed:9,.0f}  {ratios[-1]:5.2f}"
            print(line, flush=True)
            found = load_spec(spec)
            some, again = repeats(found.examples, found.machine, counted)
            executed, repeated = executed + some, repeated + again
    print(f"repeated: {rate(repeated, executed)}")
    if ratios:
        low, high = bootstrap(ratios, statistics.median)
        print(f"terms/s: {statistics.median(ratios):.2f} times ({low:.2f}-{high:.2f})")


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
