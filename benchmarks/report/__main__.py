"""The command: `python -m benchmarks.report RESULTS… [--compare A B] [--out DIR]`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.command import make_app, run_app
from benchmarks.report import pictures
from benchmarks.report.compare import compare
from benchmarks.report.failures import how_far
from benchmarks.report.groups import Group, ReportError, count, groups
from benchmarks.report.halves import by_half
from benchmarks.report.heat import heat_map
from benchmarks.report.page import Heading, Part, Picture, write_page
from benchmarks.report.queries import (
    Table,
    attribution,
    by_steps,
    by_suite,
    by_task,
    repairs,
    unsolved,
)
from benchmarks.report.rungs import LADDER, in_pairs, solved_by
from benchmarks.store import read_records
from synth.page.svg import to_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["main", "make_report"]

app = make_app("benchmarks.report")


@app.default
def report(
    *results: Annotated[Path, Parameter(help="Files of results.")],
    compare_: Annotated[
        tuple[Path, Path] | None,
        Parameter(name="--compare", help="Two files of results to compare in pairs."),
    ] = None,
    out: Annotated[Path, Parameter(help="The folder to write.")] = Path("runs/report"),
) -> int:
    """Tables and pictures of what benchmarks.run measured: report.md, the tables, and report.html,
    one file with all.

    Runs of another version or machine, or at another budget, have a section of their own.
    """
    if not results and compare_ is None:
        raise ReportError("name a file of results, or two with --compare")
    console = Console()
    parts: list[Part] = []
    if compare_ is not None:
        one, other = compare_
        table = compare(read_records(one), read_records(other), (str(one), str(other)))
        parts += [Heading("Comparison"), table]
        show(table, console)
    records = [_placed(record, path) for path in results for record in read_records(path)]
    for group in groups(records):
        section = make_report(group)
        parts += section
        show(next(part for part in section if isinstance(part, Table)), console, columns=5)
    try:
        written = write_page(out, parts)
    except OSError as e:
        raise ReportError(f"{out}: cannot be written: {e.strerror or e}") from None
    Console(soft_wrap=True).print(f"written: {', '.join(str(path) for path in written[-2:])}")
    return 0


def _placed(record: dict[str, Any], results: Path) -> dict[str, Any]:
    """The record, with the place of its page, if it has one, as seen from anywhere."""
    page = record.get("page")
    return record if page is None else record | {"page": str((results.parent / page).resolve())}


def make_report(group: Group) -> list[Part]:
    """The section of a group: tables, then pictures."""
    engines = group.engines
    plain = [suite for suite in group.suites if not group.is_repair(suite)]
    parts: list[Part] = [
        Heading(f"Results {group.number}", group.title),
        by_suite(group),
        attribution(group),
    ]
    if (halves := by_half(group)).rows:
        parts.append(halves)
    if LADDER in engines and len(engines) > 1:
        parts += [solved_by(group), in_pairs(group)]

    def draw(figure: Figure) -> None:
        title = figure.axes[0].get_title() or figure.axes[0].get_title(loc="left")
        title = " ".join(title.split())
        parts.append(Picture(title, to_svg(figure)))

    draw(pictures.cactus(group))
    draw(pictures.budget_curve(group))
    parts += [heat_map(group, suite) for suite in plain]
    best = max(engines, key=lambda engine: count(group.runs(engine=engine)).solved)
    for other in engines:
        if other != best:
            draw(pictures.scatter(group, best, other))
    for change, table in repairs(group):
        parts.append(table)
        draw(pictures.repair_curve(group, change))
    parts += [by_task(group, suite) for suite in plain]
    if plain:
        parts.append(by_steps(group))
    parts += [table for table in (how_far(group), unsolved(group)) if table.rows]
    return parts


def show(table: Table, console: Console, columns: int | None = None) -> None:
    """On the terminal, the first so many columns."""
    shown = RichTable(*table.columns[:columns], title=table.title, title_justify="left")
    for row in table.rows:
        shown.add_row(*row[:columns])
    console.print(shown)


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
