"""A run -> its sections -> HTML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup

from bridge import Spec
from synth.page.linked import Answer, answer
from synth.page.proof import Chain, EClass, e_class, proof
from synth.page.race import Perceived, Raced, perceived, raced
from synth.page.run import Run, of_solution, read
from synth.page.searched import Searched, searched
from synth.page.soft import Soft, soft
from synth.page.summary import Summary, summary
from synth.page.traces import Stepper, stepper
from synth.page.weighed import Weighed, weighed
from synth.solution import Solution

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Page", "framed", "page_of", "read_page", "render", "style"]


@dataclass(frozen=True)
class Page:
    """What is on a page, section by section; None: there is nothing of it."""

    summary: Summary
    answer: Answer | None
    stepper: Stepper | None
    search: Searched | None
    weights: Weighed | None
    soft: Soft | None
    pictures: Perceived | None
    race: Raced | None
    proof: Chain | None
    e_class: EClass | None


def read_page(folder: Path) -> Page:
    """The page of the run in that folder. Raises RunFolderError where it holds none, or is
    damaged."""
    return _page(read(folder))


def page_of(solution: Solution, spec: Spec) -> Page:
    """The page of a solution."""
    return _page(of_solution(solution, spec))


def _page(run: Run) -> Page:
    steps = stepper(run)
    return Page(
        summary(run), answer(run), steps, searched(run), weighed(run),
        soft(run, 0 if steps is None else steps.cells), perceived(run), raced(run), proof(run),
        e_class(run),
    )  # fmt: skip


def render(page: Page) -> str:
    """The page as one HTML file that needs no other."""
    return _templates().get_template("page.html").render(page=page)


def style() -> Markup:
    """The style of pages, for pages of others that look the same."""
    return _included("page.css")


def framed(page: Page) -> str:
    """The page in a frame, for a page of others: neither's styles or scripts reach the other's."""
    return Markup(
        '<iframe srcdoc="{}" sandbox="allow-scripts" title="{}" style="width: 100%; height: 44rem; '
        'border: 1px solid #8884; border-radius: 8px"></iframe>'
    ).format(str(render(page)), page.summary.name)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("synth.page"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.globals["included"] = _included
    found.filters |= {"data": _data, "in_a_row": _in_a_row}
    return found


def _included(name: str) -> Markup:
    """A style or script of ours, as it is."""
    return Markup(files("synth.page").joinpath("templates", name).read_text(encoding="utf-8"))


def _in_a_row(text: str) -> str:
    """A program on one line."""
    return "; ".join(line.strip() for line in text.splitlines()).replace(":; ", ": ").strip("; ")


def _data(value: Any) -> Markup:
    """Plain values as JSON within a script: no tag begins in it."""
    return Markup(msgspec.json.encode(value).decode().replace("<", "\\u003c"))
