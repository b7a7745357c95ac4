"""The plots of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from synth.page.svg import DASHES, LINE, SERIES, SETTINGS, SOFT, to_svg
from synth.runs.history import Point, Recorded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["course_plot", "progress_plot", "race_plot"]

COUNTS: Final = ("terms", "states", "programs", "restarts", "gradient_steps")


def progress_plot(history: Recorded) -> Markup:
    """The best score above, the work done below, over the seconds."""
    points = history.points
    seconds = [p.seconds for p in points]

    def draw(figure: Figure) -> None:
        top, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 1.25))
        share = [100 * p.cells / max(1, history.cells) for p in points]
        top.step(seconds, share, where="post", color=SERIES[0], linewidth=1.8)
        top.set(ylim=(-4, 104), ylabel="cells right, %")
        for i, (stage, begin, end) in enumerate(_stages(points)):
            if i % 2 == 0:
                for axes in (top, below):
                    axes.axvspan(begin, end, color=LINE, alpha=0.3, linewidth=0)
            if end - begin > 0.08 * (seconds[-1] - seconds[0]):
                top.text((begin + end) / 2, 108, stage, ha="center", color=SOFT, fontsize=9.5)
        for i, name in enumerate(COUNTS):
            values = [getattr(p, name) for p in points]
            if any(values):
                style: dict[str, Any] = {"color": SERIES[i], "linestyle": DASHES[i]}
                below.plot(seconds, values, label=name.replace("_", " "), **style)
        below.set(xlabel="seconds", ylabel="count")
        if any(getattr(p, name) for p in points for name in COUNTS):
            below.set_yscale("symlog", linthresh=10)
            below.legend(loc="upper left", bbox_to_anchor=(1.0, 1), borderaxespad=0.3)
        below.set_ylim(bottom=0)

    return _svg(draw, 8.2, 4.2)


def _stages(points: tuple[Point, ...]) -> list[tuple[str, float, float]]:
    """Each stage in turn, from when until when it was at work."""
    found: list[tuple[str, float, float]] = []
    for p in points:
        if found and found[-1][0] == p.stage:
            found[-1] = p.stage, found[-1][1], p.seconds
        else:
            if found:
                found[-1] = found[-1][0], found[-1][1], p.seconds
            found.append((p.stage, p.seconds, p.seconds))
    return found


def course_plot(
    steps: list[int], loss: list[float], doubt: list[list[float]], least: float
) -> Markup:
    """How a restart went: its loss above, the doubt in each of its lines below, where it was ever
    more than the least."""

    def draw(figure: Figure) -> None:
        top, below = figure.subplots(2, 1, sharex=True)
        top.plot(steps, loss, color=SERIES[0], marker="o", markersize=3)
        top.set(ylabel="loss")
        for i, line in enumerate(zip(*doubt, strict=True)):
            if max(line) > least:
                style: dict[str, Any] = {"color": SERIES[i % 8], "linestyle": DASHES[i // 8 % 8]}
                below.plot(steps, line, label=f"line {i}", **style)
        below.set(xlabel="gradient steps", ylabel="doubt, nats")
        below.set_ylim(bottom=0)
        if below.get_legend_handles_labels()[0]:
            below.legend(loc="upper left", bbox_to_anchor=(1.0, 1.6), borderaxespad=0.3, fontsize=9)

    return _svg(draw, 8.2, 3.8)


def race_plot(courses: list[tuple[str, list[tuple[int, float]], bool]]) -> Markup:
    """The loss of each candidate after each round; `(name, [(steps, loss)], still there)`."""

    def draw(figure: Figure) -> None:
        axes: Axes = figure.subplots()
        for i, (name, course, there) in reversed([*enumerate(courses)]):
            steps, losses = zip(*course, strict=True)
            told = i < 5
            style: dict[str, Any] = {
                "color": SERIES[i] if told else SOFT, "alpha": 1 if told else 0.35,
                "linewidth": 1.8 if told else 0.8, "marker": "o" if there else "x",
                "markersize": 4, "zorder": 100 - i,
            }  # fmt: skip
            axes.plot(steps, losses, label=name if told else None, **style)
        axes.set(xlabel="gradient steps", ylabel="loss on examples kept back, nats")
        handles, names = axes.get_legend_handles_labels()
        below: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0, -0.2), "fontsize": 9}
        axes.legend(handles[::-1], names[::-1], **below)

    return _svg(draw, 7.5, 4.4)


def _svg(draw: Callable[[Figure], None], width: float, height: float) -> Markup:
    """What is drawn, of that many inches."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        return to_svg(figure)
