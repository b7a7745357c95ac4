"""The command `python -m synth.costs fit RUNS…`: costs learned from what was solved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from bridge.counts import counted
from synth.command import UsageError, make_app, run_app, write_file
from synth.costs.costs import Costs, size_of_own
from synth.costs.files import encode_costs, known_names
from synth.costs.fit import costs_from, count_uses
from synth.costs.read import read_solved

__all__ = ["main"]

app = make_app("synth.costs", "Learns what constructs cost where programs are enumerated.")


@app.command
def fit(
    *runs: Annotated[Path, Parameter(help="Run folders, folders of these, files of results.")],
    out: Annotated[Path, Parameter(help="The file to write, for --costs.")] = Path("costs.json"),
) -> int:
    """Fits costs to the terms that solved something: what they are often made of is tried sooner.

    Exit code: 0 written, 2 bad input, 3 could not write.
    """
    if not runs:
        raise UsageError("name run folders, or files of results: fit runs/")
    solved = read_solved(runs)
    uses = count_uses(term for _, term in solved.terms)
    learned = costs_from(uses)
    write_file(out, encode_costs(learned, len(solved.terms)))
    console = Console()
    console.print(_changes(learned, uses))
    others = f", and {solved.without} without one of shipped constructs" if solved.without else ""
    console.print(f"learned from {counted(len(solved.terms), 'term')}{others}", highlight=False)
    use = f"python -m synth.search SPEC --costs {out}"
    console.print(f"written: {out}; to use it: {use}", soft_wrap=True, markup=False)
    return 0


def _changes(learned: Costs, uses: Mapping[str, int]) -> Table:
    """What costs something else than its size, the cheapest first, sort by sort."""
    alike: defaultdict[tuple[str, int, int], list[str]] = defaultdict(list)
    for name, sort in known_names().items():
        size, now = size_of_own(name, sort), learned.own.get(name)
        if now is not None and now != size * learned.unit:
            times = f" ({used})" if (used := uses.get(name)) else ""
            alike[sort, now, size].append(f"{name}{times}")
    table = Table("sort", "size", "now", "of (uses)", title="costs that are not the size")
    for (sort, now, size), names in sorted(alike.items()):
        table.add_row(sort, str(size), f"{now / learned.unit:g}", ", ".join(names))
    return table


main = partial(run_app, app)
