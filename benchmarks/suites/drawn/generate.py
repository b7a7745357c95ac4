"""The command: `python -m benchmarks.suites.drawn.generate SUITE… --seed 0`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from benchmarks.command import UsageError, check_known, make_app, run_app
from benchmarks.suites.drawn.find import DRAWN, find_drawn, load_drawn
from bridge.counts import counted

__all__ = ["main"]

app = make_app("benchmarks.suites.drawn.generate")


@app.default
def generate(
    suites: Annotated[list[str] | None, Parameter(help="Names of suites; all by default.")] = None,
    /,
    *,
    seed: Annotated[int, Parameter(help="Of what is drawn.")] = 0,
    zeros: Annotated[
        bool, Parameter(negative=(), help="Lists hold zeros, too: every tenth number, about.")
    ] = False,
    out: Annotated[Path, Parameter(help="A folder; each suite has one in it.")] = DRAWN,
) -> int:
    """Draws the specs of suites that are drawn, and writes them."""
    every = find_drawn()
    chosen = every if suites is None else suites
    check_known("suites", chosen, every)
    if seed < 0:
        raise UsageError(f"--seed {seed}: give a number that is not negative")
    for name in chosen:
        suite = load_drawn(name)
        written = suite.write(out / name, seed, zeros=zeros)
        print(f"{counted(len(written), 'spec')} in {out / name}")
        for task, why in suite.unfit.items():
            print(f"not posed: {task}: {why}")
    return 0


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
