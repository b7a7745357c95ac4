"""Pictures of results: matplotlib figures, in the colours of pages."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, ParamSpec

from benchmarks.report.groups import Group, ReportError, count
from benchmarks.store import is_solved
from synth.page.svg import DASHES, MARKERS, SERIES, SETTINGS, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = ["budget_curve", "cactus", "repair_curve", "scatter"]

P = ParamSpec("P")

GREY: Final = {"color": SOFT, "linewidth": 1}


def _styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """A decorator: drawn in the style of pages."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        try:
            import matplotlib
        except ImportError:
            why = "matplotlib is not installed: pip install 'skeletune[report]'"
            raise ReportError(why) from None
        with matplotlib.rc_context(SETTINGS):
            return draw(*args, **kwargs)

    return styled


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure as NewFigure

    figure = NewFigure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _style(group: Group, engine: str) -> dict[str, Any]:
    i = group.engines.index(engine) % len(SERIES)
    return {"color": SERIES[i], "linestyle": DASHES[i], "marker": MARKERS[i]}


def _verified_seconds(group: Group, engine: str) -> list[float]:
    solved = filter(is_solved, group.runs(engine=engine))
    return sorted(max(r["search_seconds"], 1e-3) for r in solved)


@_styled
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


@_styled
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


@_styled
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
        colour, marker = SERIES[i % len(SERIES)], MARKERS[i % len(MARKERS)]
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


@_styled
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
