"""Whether words and branches that are right on examples of numbers are right on others, too.

    python -m benchmarks.numbers --n 60 --seed 0 [--draws 3] [--out FILE] [--against FILE]

Functions of numbers are drawn by the seed (`benchmarks.suites.drawn.branches`), and ten examples of
each; of the tasks of `clia` that may be looked at, examples are drawn several times. What the
engine divide would answer counts where it is right on all 20 that are held out. The work is
limited, not the time: the same figures on any machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated, Any, Final, Literal

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.command import UsageError, check_positive, make_app, run_app
from benchmarks.statistics import rate, sign_test
from benchmarks.suites.clia.tasks import SUITE
from benchmarks.suites.drawn.branches import draw_function
from benchmarks.suites.drawn.task import EXAMPLES, HELD_OUT
from benchmarks.suites.halves import half_of
from bridge import SpecError, verify
from bridge.loading import convert_spec
from bridge.spec import Budget
from bridge.sygus import as_spec
from synth.engines import Candidate, Engine
from synth.engines.divide import DivideEngine
from synth.problem import resolve

__all__ = [
    "CLIA", "Against", "Out", "Outcome", "draw_tasks", "main", "outcome_of", "print_outcomes",
    "read_outcomes",
]  # fmt: skip

Outcome = Literal["right", "overfit", "nothing"]
CLIA: Final = "clia, dev"

app = make_app("benchmarks.numbers")


def draw_tasks(n: int, seed: int, draws: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """So many drawn functions, then tasks of `clia`, each with so many draws of examples: what kind
    it is, its name, its spec."""
    random, made = Random(f"numbers/{seed}"), 0
    while made < n:
        drawn = draw_function(random)
        try:
            spec = as_spec(drawn.problem, made, examples=EXAMPLES, held=HELD_OUT)
        except SpecError:  # numbers too large
            continue
        if len({example["output"] for example in spec["examples"]}) > 1:
            yield drawn.kind, f"{made}: {drawn.body}", spec
            made += 1
    for task in SUITE.tasks:
        if half_of(task) == "dev":
            for draw in range(1, draws + 1):
                yield CLIA, f"{task} {draw}", SUITE.spec(task, draw)


def outcome_of(spec: dict[str, Any], engine: Engine, budget: Budget) -> Outcome:
    """What comes of the engine there: of the first program that it believes."""
    problem = resolve(convert_spec(spec))
    fits = (fit for fit in engine(problem, budget, 0) if isinstance(fit, Candidate))
    found = last = next(fits, None)
    while last is not None and last.tentative:
        last = next(fits, None)
        found = last or found
    if found is None:
        return "nothing"
    verdict = verify(found.program, convert_spec(spec).holdout, problem.machine)
    return "right" if verdict.correct else "overfit"


Out = Annotated[Path | None, Parameter(help="What came of each, as JSON.")]
Against = Annotated[
    Path | None, Parameter(help="What --out of another version wrote, to be compared with.")
]


@app.default
def numbers(
    *,
    n: Annotated[int, Parameter(help="How many functions are drawn.")] = 60,
    seed: Annotated[int, Parameter(help="What draws them.")] = 0,
    draws: Annotated[int, Parameter(help="Of examples, for each dev task of clia.")] = 3,
    out: Out = None,
    against: Against = None,
) -> None:
    """Prints, by kind of function, how many answers are right on what is held out."""
    check_positive(n=n, draws=draws)
    before = read_outcomes(against)
    tasks = list(draw_tasks(n, seed, draws))
    kinds = {name: kind for kind, name, _ in tasks}
    found: dict[str, Outcome] = {
        name: outcome_of(spec, DivideEngine(), Budget())
        for _, name, spec in track(tasks, "searches", console=Console(stderr=True))
    }
    shown = Table("functions", "right (95 %, by task)", "right on examples only", "nothing")
    drawn = [kind for kind in dict.fromkeys(kinds.values()) if kind != CLIA]
    for title, some in (*((kind, [kind]) for kind in drawn), ("all drawn", drawn), (CLIA, [CLIA])):
        of = [outcome for name, outcome in found.items() if kinds[name] in some]
        units = len(of) // draws if title == CLIA else len(of)
        others = (str(of.count(kind)) for kind in ("overfit", "nothing"))
        shown.add_row(title, rate(of.count("right"), len(of), units), *others)
    print_outcomes(shown, found, before, out)


def print_outcomes(
    shown: Table, found: Mapping[str, Outcome], before: Mapping[str, Outcome], out: Path | None
) -> None:
    """Prints the table, and writes what came of each; how many of the tasks that `before` has are
    right now and were not, and the other way round."""
    console = Console(width=100)
    console.print(shown)
    if out is not None:
        out.write_text(json.dumps(found, indent=1))
    if both := found.keys() & before.keys():
        pairs = [(found[name] == "right", before[name] == "right") for name in both]
        gained, lost = pairs.count((True, False)), pairs.count((False, True))
        console.print(
            f"of {len(both)}: {gained} gained, {lost} lost: p = {sign_test(gained, lost):.3f}"
        )


def read_outcomes(path: Path | None) -> dict[str, Outcome]:
    """What --out wrote; nothing without a file. Raises UsageError."""
    if path is None:
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Outcome])
    except (OSError, msgspec.MsgspecError) as e:
        raise UsageError(f"--against {path}: give a file that --out wrote: {e}") from None


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
