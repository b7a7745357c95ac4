"""Whether what deduction believes of list functions that nobody was shown is right on other lists.

    python -m benchmarks.compositions --n 250 --seed 0 [--out FILE] [--against FILE]

Functions of a list are drawn by the seed (`benchmarks.suites.drawn.compositions`), and ten examples
of each. What the engine deduction would answer counts where it is right on all 20 that are held
out. The work is limited, not the time: the same figures on any machine.
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import partial
from random import Random
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.command import check_positive, make_app, run_app
from benchmarks.numbers import Against, Out, Outcome, outcome_of, print_outcomes, read_outcomes
from benchmarks.statistics import rate
from benchmarks.suites.drawn.compositions import Drawn, draw_list_function
from bridge.spec import Budget
from synth.engines.deduction import DeductionEngine

__all__ = ["draw_functions", "main"]

app = make_app("benchmarks.compositions")


def draw_functions(n: int, seed: int) -> dict[str, Drawn]:
    """So many functions, by their names."""
    random, found = Random(f"compositions/{seed}"), dict[str, Drawn]()
    while len(found) < n:
        drawn = draw_list_function(random)
        found.setdefault(drawn.name, drawn)
    return found


@app.default
def compositions(
    *,
    n: Annotated[int, Parameter(help="How many functions are drawn.")] = 250,
    seed: Annotated[int, Parameter(help="What draws them.")] = 0,
    terms: Annotated[int, Parameter(help="Words that are tried for each, at most.")] = 2_000_000,
    out: Out = None,
    against: Against = None,
) -> None:
    """Prints, by kind of function, how many answers are right on what is held out."""
    check_positive(n=n, terms=terms)
    before = read_outcomes(against)
    tasks, budget = draw_functions(n, seed), Budget(terms=terms)
    found: dict[str, Outcome] = {}
    for name, drawn in track(tasks.items(), "searches", console=Console(stderr=True)):
        found[name] = outcome_of(drawn.spec(), DeductionEngine(), budget)
    shown = Table("functions", "right (95 %)", "right on examples only (95 %)", "nothing")
    kinds = [*dict.fromkeys(drawn.kind for drawn in tasks.values())]
    for title, some in (*((kind, [kind]) for kind in kinds), ("all", kinds)):
        of = Counter(found[name] for name, drawn in tasks.items() if drawn.kind in some)
        rates = (rate(of[outcome], of.total()) for outcome in ("right", "overfit"))
        shown.add_row(title, *rates, str(of["nothing"]))
    print_outcomes(shown, found, before, out)


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
