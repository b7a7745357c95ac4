"""A hook of mkdocs: formulas as MathML, which browsers draw without JavaScript or a network."""

from __future__ import annotations

import html
import re
from typing import Any, Final

from latex2mathml.converter import convert

__all__ = ["on_page_content"]

FORMULA: Final = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)
"""What pymdownx.arithmatex makes of `$…$`, a span, and of `$$…$$`, a div."""


def on_page_content(content: str, **_: Any) -> str:
    """The page with its formulas drawn."""
    return FORMULA.sub(_draw, content)


def _draw(found: re.Match[str]) -> str:
    display = "block" if found["tag"] == "div" else "inline"
    return convert(html.unescape(found["latex"]).strip(), display=display)
