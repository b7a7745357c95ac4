"""Figures of matplotlib as SVG within a page, in its colours, light and dark.

matplotlib, which the project has already: what it draws is some 20 KB and needs no script. The
JavaScript of Plotly (4 MB), Bokeh or Vega (0.8 MB or more) would be many times the rest of a page.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DASHES", "INK", "LINE", "MARKERS", "SERIES", "SETTINGS", "SOFT", "draws", "to_svg"]

COLOURS: Final = {f"#c0000{i}": f"var(--c{i})" for i in range(1, 9)} | {
    "#d00001": "var(--ink)", "#d00002": "var(--soft)", "#d00003": "var(--line)",
}  # fmt: skip
"""What stands for the page's colours, while matplotlib draws."""
SERIES: Final = tuple(colour for colour in COLOURS if colour.startswith("#c"))
"""Of series: Okabe and Ito's, which the colour-blind can tell apart."""
INK, SOFT, LINE = (colour for colour in COLOURS if colour.startswith("#d"))
DASHES: Final = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), "-")
MARKERS: Final = "os^Dv*PX"
SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none", "svg.hashsalt": "skeletune", "font.size": 10.5, "text.color": INK,
    "axes.labelcolor": SOFT, "axes.edgecolor": LINE, "xtick.color": SOFT, "ytick.color": SOFT,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": LINE,
    "grid.linewidth": 0.6, "axes.axisbelow": True, "legend.frameon": False,
    "axes.titlesize": 11, "axes.titlelocation": "left",
}  # fmt: skip


def draws() -> bool:
    """Whether plots can be made: matplotlib is there."""
    try:
        import matplotlib  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        return False
    return True


def to_svg(figure: Figure) -> Markup:
    """A figure that was made under SETTINGS; the same text for the same figure. It is hidden from
    screen readers: what holds it says what it shows."""
    import matplotlib

    figure.patch.set_alpha(0)
    for axes in figure.axes:
        axes.patch.set_alpha(0)
    with matplotlib.rc_context(SETTINGS):
        figure.savefig(file := io.StringIO(), format="svg", metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r' id="[a-zA-Z0-9]+_[0-9]+"', "", text)  # those that nothing refers to
    text = re.sub(r"font: ([0-9.]+px) [^;\"]*", r"font: \1 system-ui, sans-serif", text)
    for drawn, shown in COLOURS.items():
        text = text.replace(drawn, shown)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r'\1 aria-hidden="true"', text, count=1)
    return Markup(text)
