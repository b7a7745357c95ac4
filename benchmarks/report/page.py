"""A report as Markdown, with its pictures beside it, and as one HTML page that holds all."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report.queries import Table

__all__ = ["Heading", "Part", "Picture", "write_page"]


@dataclass(frozen=True)
class Heading:
    """A heading, with a line of text below it."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture; `name` is its file's, without the ending."""

    name: str
    title: str
    svg: str


Part = Heading | Table | Picture

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px }
caption { text-align: left; font-weight: 600; padding: .5rem 0 }
th, td { border-bottom: 1px solid #ddd; padding: .2rem .7rem; text-align: left;
         vertical-align: top }
.scroll { overflow-x: auto; margin: 1rem 0 2rem }
img { max-width: 100%; height: auto }
"""


def write_page(folder: Path, parts: list[Part]) -> list[Path]:
    """Writes report.md, report.html and the pictures; the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for part in parts:
        if isinstance(part, Picture):
            written.append(folder / f"{part.name}.svg")
            written[-1].write_text(part.svg)
    texts = {
        "report.md": "\n\n".join(_markdown(part) for part in parts) + "\n",
        "report.html": _page([_html(part) for part in parts]),
    }
    for name, text in texts.items():
        written.append(folder / name)
        written[-1].write_text(text)
    return written


def _markdown(part: Part) -> str:
    match part:
        case Heading(title, text):
            return f"## {title}\n\n{text}".rstrip()
        case Picture(name, title, _):
            return f"![{title}]({name}.svg)"
        case Table(title, columns, rows):
            cells = [columns, ["---"] * len(columns), *rows]
            lines = ("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in cells)
            return f"**{title}**\n\n" + "\n".join(lines)


def _html(part: Part) -> str:
    match part:
        case Heading(title, text):
            return f"<h2>{html.escape(title)}</h2>\n<p>{html.escape(text)}</p>"
        case Picture(_, title, svg):
            data = base64.b64encode(svg.encode()).decode()
            return f'<p><img alt="{html.escape(title)}" src="data:image/svg+xml;base64,{data}"></p>'
        case Table(title, columns, rows):
            head = "".join(f"<th>{html.escape(c)}</th>" for c in columns)
            body = "\n".join(
                "<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>"
                for row in rows
            )
            return (
                f'<div class="scroll"><table><caption>{html.escape(title)}</caption>\n'
                f"<tr>{head}</tr>\n{body}</table></div>"
            )


def _page(parts: list[str]) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>skeletune: benchmark report</title><style>{STYLE}</style></head><body>\n"
        "<h1>Benchmark report</h1>\n" + "\n".join(parts) + "\n</body></html>\n"
    )
