"""Writes the specs of this suite: `python -m benchmarks.suites.repair.generate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from cyclopts import Parameter

from benchmarks.command import check_known, make_app, run_app
from benchmarks.suites import find_suites, load_solved
from benchmarks.suites.inputs import write_specs
from benchmarks.suites.repair.changes import breakage, with_holes
from bridge.counts import counted

__all__ = ["main", "repairs"]

Change = Literal["holes", "wrong"]
MOST: Final = 6
"""The most instructions that are replaced."""

app = make_app("benchmarks.suites.repair.generate")


def repairs(
    seed: int, chosen: list[str] | None = None, only: Change | None = None
) -> Iterator[dict[str, Any]]:
    """The specs, as plain dicts and lists: of every task of the chosen suites (all by default)
    that has a program beside it and asks for nothing but a correct one; with 1 to 6 holes in its
    `sketch`, and with 1 to 6 wrong instructions in its `start`, or only one of the two."""
    for suite, paths in find_suites().items():
        if chosen is not None and suite not in chosen:
            continue
        for path in paths:
            raw = json.loads(path.read_text())
            if (
                raw.get("objective", "correct") != "correct"
                or not path.with_suffix(".asm").exists()
            ):
                continue
            task = load_solved(path)
            for number in range(1, MOST + 1):
                for change, key, changed in (
                    ("holes", "sketch", with_holes(task, number, seed)),
                    ("wrong", "start", breakage(task, number, seed)),
                ):
                    if changed is not None and only in (None, change):
                        name = f"{suite}-{task.spec.name}.{change}.{number}.{seed}"
                        yield {**raw, "name": name, key: str(changed)}


@app.default
def generate(
    *,
    out: Annotated[Path, Parameter(help="The folder to write.")] = Path("runs/repair"),
    seeds: Annotated[int, Parameter(help="How many variants of each.")] = 1,
    suites: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    change: Annotated[Change | None, Parameter(help="Only these.")] = None,
) -> int:
    """Writes the specs of the suite repair into a folder, which `benchmarks.run` takes."""
    check_known("suites", suites or (), find_suites())
    out.mkdir(parents=True, exist_ok=True)
    specs = (spec for seed in range(seeds) for spec in repairs(seed, suites, change))
    number = write_specs(out, specs)
    print(f"{counted(number, 'spec')} in {out}: python -m benchmarks.run {out}")
    return 0


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
