"""Pictures of results: matplotlib figures, in colours that the colour-blind can tell apart."""

from __future__ import annotations

import io
from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING, Any, Final

from benchmarks.report.groups import Group, ReportError, count
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
GREY: Final = {"color": "#666666", "linewidth": 1}
SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "skeletune",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "axes.axisbelow": True,
}


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    try:
        import matplotlib
        from matplotlib.figure import Figure as NewFigure
    except ImportError:
        raise ReportError("matplotlib is not installed: pip install 'skeletune[report]'") from None
    matplotlib.rcParams.update(SETTINGS)
    figure = NewFigure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _style(group: Group, engine: str) -> dict[str, Any]:
    i = group.engines.index(engine) % len(COLOURS)
    return {"color": COLOURS[i], "linestyle": LINES[i], "marker": MARKERS[i]}


def _verified_seconds(group: Group, engine: str) -> list[float]:
    solved = filter(is_solved, group.runs(engine=engine))
    return sorted(max(r["search_seconds"], 1e-3) for r in solved)


def cactus(group: Group) -> Figure:
    """Runs solved, each within so many seconds: further right and lower is better."""
    figure, axes = _axes(7, 4.5)
    for engine in group.engines:
        seconds = _verified_seconds(group, engine)
        style = _style(group, engine) | {"label": f"{engine} ({len(seconds)})", "markersize": 5}
        often = max(1, len(seconds) // 20)
        axes.plot(range(1, len(seconds) + 1), seconds, markevery=often, **style)
    axes.axhline(group.seconds, **GREY)
    where = {"xycoords": ("axes fraction", "data"), "xytext": (4, 2), "textcoords": "offset points"}
    text = {"va": "bottom", "color": GREY["color"], "fontsize": 9}
    axes.annotate("budget", (0.005, group.seconds), **where, **text)
    axes.set(yscale="log", xlabel="runs verified", ylabel="seconds of search", xlim=(0, None))
    axes.set_title("Cactus plot: verified runs in order of their time")
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
        every = count(group.runs(engine=engine))
        seconds = [s for s in _verified_seconds(group, engine) if s <= most]
        x = [0.01, *seconds, most]
        solved = [0, *range(1, len(seconds) + 1), len(seconds)]
        style = _style(group, engine) | {"marker": None}
        axes.step(x, [100 * n / every.runs for n in solved], where="post", label=engine, **style)
        low, high = zip(*(replace(every, solved=n).interval for n in solved), strict=True)
        band = {"step": "post", "alpha": 0.1, "color": style["color"], "linewidth": 0}
        axes.fill_between(x, [100 * v for v in low], [100 * v for v in high], **band)
    axes.set(xscale="log", xlim=(0.01, most), ylim=(0, 100))
    axes.set(xlabel="budget, seconds of search", ylabel="runs verified, %")
    axes.set_title("Verified within a budget (bands: 95 % intervals)")
    _plain_numbers(axes.xaxis)
    _legend(axes)
    return figure


def heat_map(group: Group, suite: str) -> Figure:
    """The share of verified runs of each task, by engine."""
    engines = group.engines
    tasks = sorted({r["task"] for r in group.runs(suite=suite)})
    cells = [
        [count(group.runs(suite=suite, task=task, engine=engine)) for engine in engines]
        for task in tasks
    ]
    figure, axes = _axes(2.6 + 0.95 * len(engines), 1.2 + 0.3 * len(tasks))
    shares = [[of.solved / of.runs if of.runs else nan for of in row] for row in cells]
    axes.imshow(shares, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for y, row in enumerate(cells):
        for x, of in enumerate(row):
            text = f"{100 * of.solved / of.runs:.0f}" if of.runs else "–"
            colour = "white" if of.runs and of.solved / of.runs <= 0.55 else "black"
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
            if is_solved(r)
            else missed
            for r in group.runs(engine=engine)
        }

    ours, theirs = seconds(one), seconds(other)
    both = sorted(ours.keys() & theirs.keys())
    for i, suite in enumerate(group.suites):
        keys = [key for key in both if key[0] == suite]
        x, y = [ours[k] for k in keys], [theirs[k] for k in keys]
        colour, marker = COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]
        axes.scatter(x, y, s=28, alpha=0.7, label=suite, color=colour, marker=marker)
    axes.plot([0.01, missed], [0.01, missed], **GREY)
    axes.axvline(most, linestyle=":", **GREY)
    axes.axhline(most, linestyle=":", **GREY)
    limits = 0.008, 3 * most
    axes.set(xscale="log", yscale="log", xlim=limits, ylim=limits, aspect="equal")
    axes.set(xlabel=f"{one}, seconds", ylabel=f"{other}, seconds")
    axes.set_title(f"{one} against {other}\n(beyond the dotted lines: not verified)")
    _plain_numbers(axes.xaxis, axes.yaxis)
    _legend(axes)
    return figure


def repair_curve(group: Group, change: str) -> Figure:
    """The share repaired by number of instructions changed, with Wilson's intervals; all seeds of
    a task are one observation."""
    figure, axes = _axes(7, 4.5)
    for i, engine in enumerate(group.engines):
        counts = {n: count(of) for n, of in group.repairs(change, engine=engine).items()}
        rates = [100 * of.solved / of.runs for of in counts.values()]
        bounds = [of.interval for of in counts.values()]
        below = [max(0.0, r - 100 * low) for r, (low, _) in zip(rates, bounds, strict=True)]
        above = [max(0.0, 100 * high - r) for r, (_, high) in zip(rates, bounds, strict=True)]
        shift = 0.06 * (i - (len(group.engines) - 1) / 2)  # so that bars don't cover each other
        style = _style(group, engine) | {"label": engine, "markersize": 5}
        numbers = [n + shift for n in counts]
        axes.errorbar(numbers, rates, [below, above], capsize=2, elinewidth=1, **style)
    what = "holes" if change == "holes" else "wrong instructions"
    axes.set(xlabel=what, ylabel="repaired, %", ylim=(-2, 102))
    axes.set_title(f"Repair by number of {what} (95 %)")
    axes.set_xticks(list(group.repairs(change)))
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
