"""A report as Markdown, and as one HTML page with pictures that needs no other file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup

from benchmarks.report.heat import Cell, HeatMap
from benchmarks.report.queries import Table
from synth.page.page import style

__all__ = ["Heading", "Part", "Picture", "write_page"]


@dataclass(frozen=True)
class Heading:
    """A heading, with a line of text below it."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture."""

    title: str
    svg: Markup


DARK: Final = 0.8
"""Share above which a cell's shade is so strong that its text is of the paper's colour."""
SHORT: Final = 24
"""Characters of a cell that is not broken."""

Part = Heading | Table | Picture | HeatMap


def write_page(folder: Path, parts: list[Part]) -> list[Path]:
    """Writes report.md, the tables, and report.html, all; the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.md": "\n\n".join(filter(None, map(_markdown, parts))) + "\n",
        "report.html": _page([_html(part, folder) for part in parts]),
    }
    written = []
    for name, text in texts.items():
        written.append(folder / name)
        written[-1].write_text(text, encoding="utf-8")
    return written


def _markdown(part: Part) -> str:
    match part:
        case Heading(title, text):
            return f"## {title}\n\n{text}".rstrip()
        case Table(title, columns, rows):
            cells = [columns, ["---"] * len(columns), *rows]
            lines = ("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in cells)
            return f"**{title}**\n\n" + "\n".join(lines)
        case Picture() | HeatMap():
            return ""


def _html(part: Part, folder: Path) -> Markup:
    match part:
        case Heading(title, text):
            return Markup("<section><h2>{}</h2>\n<p>{}</p></section>").format(title, text)
        case Picture(title, svg):
            text = (
                '<figure role="img" aria-label="{}"><div class="scroll"><div class="plot">{}</div>'
            )
            return Markup(text + "</div></figure>").format(title, svg)
        case Table(title, columns, rows):
            return _table(title, columns, [list(map(_plain, row)) for row in rows])
        case HeatMap(title, engines, rows):
            shown = [
                [
                    Markup('<th scope="row">{}</th>').format(task),
                    *(_cell(cell, folder) for cell in cells),
                ]
                for task, cells in rows
            ]
            return _table(title, ["task", *engines], shown, "confusion")


def _table(title: str, columns: list[str], rows: list[list[Markup]], name: str = "") -> Markup:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(c) for c in columns)
    body = Markup("\n").join(Markup("<tr>{}</tr>").format(Markup("").join(row)) for row in rows)
    return Markup(
        '<div class="scroll"><table class="{}"><caption>{}</caption>\n'
        "<thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table></div>"
    ).format(name, title, head, body)


def _plain(text: str) -> Markup:
    """A cell; what is short stays on one line."""
    short = Markup(' class="short"') if len(text) <= SHORT else ""
    return Markup("<td{}>{}</td>").format(short, text)


def _cell(cell: Cell, folder: Path) -> Markup:
    """The share as number and shade; and links to the pages of its runs, by their seeds."""
    if cell.share is None:
        return Markup('<td class="number">–</td>')
    links = Markup("").join(
        Markup(' <a href="{}" title="seed {}">{}</a>').format(
            Path(os.path.relpath(run.page, folder)).as_posix(), run.seed, run.seed
        )
        for run in cell.runs
    )
    much = " much" if cell.share > DARK else ""
    text = '<td class="number{}" style="--p: {:.0f}">{:.0f}{}</td>'
    return Markup(text).format(much, 100 * cell.share, 100 * cell.share, links)


def _page(parts: list[Markup]) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>skeletune: benchmark report</title><style>{style()}</style></head><body>\n"
        "<h1>Benchmark report</h1>\n" + "\n".join(parts) + "\n</body></html>\n"
    )
