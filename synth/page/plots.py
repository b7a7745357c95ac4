"""Plots as SVG within the page, in its colours, light and dark.

matplotlib, which the project has already: what it draws is some 20 KB and needs no script. The
JavaScript of Plotly (4 MB), Bokeh or Vega (0.8 MB or more) would be many times the rest of a page.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from synth.runs.history import Point, Recorded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["course_plot", "draws", "progress_plot", "race_plot"]

COLOURS: Final = {f"#c0000{i}": f"var(--c{i})" for i in range(1, 7)} | {
    "#d00001": "var(--ink)", "#d00002": "var(--soft)", "#d00003": "var(--line)",
}  # fmt: skip
"""What stands for the page's colours, while matplotlib draws."""
SERIES: Final = tuple(colour for colour in COLOURS if colour.startswith("#c"))
INK, SOFT, LINE = (colour for colour in COLOURS if colour.startswith("#d"))
SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none", "svg.hashsalt": "skeletune", "font.size": 10.5, "text.color": INK,
    "axes.labelcolor": SOFT, "axes.edgecolor": LINE, "xtick.color": SOFT, "ytick.color": SOFT,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": LINE,
    "grid.linewidth": 0.6, "axes.axisbelow": True, "legend.frameon": False,
}  # fmt: skip
DASHES: Final = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
COUNTS: Final = ("terms", "states", "programs", "restarts", "gradient_steps")


def draws() -> bool:
    """Whether plots can be made: matplotlib is there."""
    try:
        import matplotlib  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        return False
    return True


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
                style: dict[str, Any] = {"color": SERIES[i % 6], "linestyle": DASHES[i // 6 % 6]}
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


def _svg(draw: Any, width: float, height: float) -> Markup:
    """The figure, in the page's colours and letters; the same text for the same figure."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        figure.patch.set_alpha(0)
        draw(figure)
        for axes in figure.axes:
            axes.patch.set_alpha(0)
        figure.savefig(file := io.StringIO(), format="svg", metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r' id="[a-zA-Z]+_[0-9]+"', "", text)  # those that nothing refers to
    text = re.sub(r"font: ([0-9.]+px) [^;\"]*", r"font: \1 system-ui, sans-serif", text)
    text = re.sub(r"font-size: ([0-9.]+px); font-family: [^;\"]*", r"font: \1 sans-serif", text)
    for drawn, shown in COLOURS.items():
        text = text.replace(drawn, shown)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r'\1 aria-hidden="true"', text, count=1)
    return Markup(text)
