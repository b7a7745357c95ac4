"""Pictures of results: matplotlib figures, in colours that the colour-blind can tell apart."""

from __future__ import annotations

import io
from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Any, Final

from benchmarks.report.queries import REPAIR, Group, ReportError
from benchmarks.statistics import wilson
from benchmarks.store import is_solved

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = ["budget_curve", "cactus", "heat_map", "repair_curve", "scatter", "to_svg"]

COLOURS: Final = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999",
)  # fmt: skip
"""Okabe and Ito's."""
MARKERS: Final = "os^Dv*PX"
LINES: Final = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), "-")


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    try:
        import matplotlib
        from matplotlib.figure import Figure as NewFigure
    except ImportError:
        raise ReportError("matplotlib is not installed: pip install 'skeletune[report]'") from None
    matplotlib.rcParams.update(
        {
            "svg.hashsalt": "skeletune", "font.size": 10, "axes.spines.top": False,
            "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.3,
            "legend.frameon": False, "axes.axisbelow": True,
        }
    )  # fmt: skip
    figure = NewFigure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _style(engines: Sequence[str], engine: str) -> dict[str, Any]:
    i = engines.index(engine) % len(COLOURS)
    return {"color": COLOURS[i], "linestyle": LINES[i], "marker": MARKERS[i]}


def _verified_seconds(group: Group, engine: str) -> list[float]:
    return sorted(
        max(r["search_seconds"], 1e-3) for r in group.records
        if r["engine"] == engine and is_solved(r)
    )  # fmt: skip


def cactus(group: Group) -> Figure:
    """Runs solved, each within so many seconds: further right and lower is better."""
    figure, axes = _axes(7, 4.5)
    for engine in group.engines:
        seconds = _verified_seconds(group, engine)
        style = _style(group.engines, engine)
        numbers = range(1, len(seconds) + 1)
        often = max(1, len(seconds) // 20)
        axes.plot(
            numbers,
            seconds,
            markersize=5,
            markevery=often,
            label=f"{engine} ({len(seconds)})",
            **style,
        )
    axes.axhline(group.seconds, color="#666666", linewidth=1)
    axes.annotate(
        "budget", (0.005, group.seconds), xycoords=("axes fraction", "data"), va="bottom",
        xytext=(4, 2), textcoords="offset points", color="#666666", fontsize=9,
    )  # fmt: skip
    axes.set(
        yscale="log", xlabel="runs verified", ylabel="seconds of search", xlim=(0, None),
        title="Cactus plot: verified runs in order of their time",
    )  # fmt: skip
    axes.locator_params(axis="x", integer=True)
    _plain_numbers(axes.yaxis)
    _legend(axes)
    return figure


def budget_curve(group: Group) -> Figure:
    """The share of runs verified within a budget of seconds, with Wilson's intervals; all seeds of
    a task are one observation."""
    figure, axes = _axes(7, 4.5)
    most = group.seconds
    for engine in group.engines:
        n = sum(r["engine"] == engine for r in group.records)
        seconds = [s for s in _verified_seconds(group, engine) if s <= most]
        x = [0.01, *seconds, most]
        counts = [0, *range(1, len(seconds) + 1), len(seconds)]
        style = _style(group.engines, engine) | {"marker": None}
        axes.step(x, [100 * c / n for c in counts], where="post", label=engine, **style)
        tasks = group.tasks(engine)
        low, high = zip(*(wilson(c, n, units=tasks) for c in counts), strict=True)
        axes.fill_between(
            x, [100 * v for v in low], [100 * v for v in high], step="post", alpha=0.1,
            color=style["color"], linewidth=0,
        )  # fmt: skip
    axes.set(
        xscale="log", xlabel="budget, seconds of search", ylabel="runs verified, %",
        xlim=(0.01, most), ylim=(0, 100), title="Verified within a budget (bands: 95 % intervals)",
    )  # fmt: skip
    _plain_numbers(axes.xaxis)
    _legend(axes)
    return figure


def heat_map(group: Group, suite: str) -> Figure:
    """The share of verified runs of each task, by engine."""
    tasks = sorted({r["task"] for r in group.records if r["suite"] == suite})
    engines = group.engines
    cells = []
    for task in tasks:
        row = []
        for engine in engines:
            of = [
                is_solved(r) for r in group.records
                if (r["suite"], r["task"], r["engine"]) == (suite, task, engine)
            ]  # fmt: skip
            row.append(sum(of) / len(of) if of else float("nan"))
        cells.append(row)
    figure, axes = _axes(2.6 + 0.95 * len(engines), 1.2 + 0.3 * len(tasks))
    axes.imshow(cells, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for y, row in enumerate(cells):
        for x, share in enumerate(row):
            text = "–" if isnan(share) else f"{100 * share:.0f}"
            colour = "black" if isnan(share) or share > 0.55 else "white"
            axes.text(x, y, text, ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(engines)), engines, rotation=30, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(tasks)), tasks)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.set_title(f"{suite}: runs verified, %", loc="left")
    return figure


def scatter(group: Group, one: str, other: str) -> Figure:
    """Every task and seed, by the seconds that two engines took."""
    figure, axes = _axes(5.5, 5.5)
    most = group.seconds
    missed = 2 * most

    def seconds(engine: str) -> dict[tuple[str, str, int], float]:
        return {
            (r["suite"], r["task"], r["seed"]): max(r["search_seconds"], 0.01)
            if is_solved(r) else missed
            for r in group.records if r["engine"] == engine
        }  # fmt: skip

    ours, theirs = seconds(one), seconds(other)
    both = sorted(ours.keys() & theirs.keys())
    for i, suite in enumerate(group.suites):
        keys = [key for key in both if key[0] == suite]
        axes.scatter(
            [ours[k] for k in keys], [theirs[k] for k in keys], s=28, alpha=0.7, label=suite,
            color=COLOURS[i % len(COLOURS)], marker=MARKERS[i % len(MARKERS)],
        )  # fmt: skip
    axes.plot([0.01, missed], [0.01, missed], color="#666666", linewidth=1)
    axes.axvline(most, color="#666666", linewidth=1, linestyle=":")
    axes.axhline(most, color="#666666", linewidth=1, linestyle=":")
    axes.set(
        xscale="log", yscale="log", xlim=(0.008, 3 * most), ylim=(0.008, 3 * most), aspect="equal",
        xlabel=f"{one}, seconds", ylabel=f"{other}, seconds",
        title=f"{one} against {other}\n(beyond the dotted lines: not verified)",
    )  # fmt: skip
    _plain_numbers(axes.xaxis, axes.yaxis)
    _legend(axes)
    return figure


def repair_curve(group: Group, change: str) -> Figure:
    """The share repaired by number of instructions changed, with Wilson's intervals; all seeds of
    a task are one observation."""
    figure, axes = _axes(7, 4.5)
    engines = group.engines
    counts: dict[tuple[str, int], list[bool]] = {}
    tasks: dict[tuple[str, int], set[tuple[str, str]]] = {}
    for r in group.records:
        found = REPAIR.fullmatch(r["task"])
        if found is not None and found[1] == change:
            key = r["engine"], int(found[2])
            counts.setdefault(key, []).append(is_solved(r))
            tasks.setdefault(key, set()).add((r["suite"], r["task"]))
    for i, engine in enumerate(engines):
        numbers = sorted(n for e, n in counts if e == engine)
        of = [counts[engine, n] for n in numbers]
        rates = [100 * sum(c) / len(c) for c in of]
        units = [len(tasks[engine, n]) for n in numbers]
        bounds = [wilson(sum(c), len(c), units=u) for c, u in zip(of, units, strict=True)]
        below = [max(0.0, r - 100 * low) for r, (low, _) in zip(rates, bounds, strict=True)]
        above = [max(0.0, 100 * high - r) for r, (_, high) in zip(rates, bounds, strict=True)]
        shift = 0.06 * (i - (len(engines) - 1) / 2)  # so that bars don't cover each other
        axes.errorbar(
            [n + shift for n in numbers], rates, yerr=[below, above], capsize=2, label=engine,
            markersize=5, elinewidth=1, **_style(engines, engine),
        )  # fmt: skip
    what = "holes" if change == "holes" else "wrong instructions"
    axes.set(
        xlabel=what,
        ylabel="repaired, %",
        ylim=(-2, 102),
        title=f"Repair by number of {what} (95 %)",
    )
    axes.set_xticks(sorted({n for _, n in counts}))
    _legend(axes)
    return figure


def _plain_numbers(*logarithmic: Axis) -> None:
    """0.1 rather than a power of ten."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    for axis in logarithmic:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())


def _legend(axes: Axes) -> None:
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)


def to_svg(figure: Figure) -> str:
    """The same text for the same figure."""
    with io.StringIO() as file:
        figure.savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue()
