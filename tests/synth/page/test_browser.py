"""Pages in a browser: what is on them is what the interpreter does; no error, no network.

Each page is that of a real run, one of each kind. Without Chromium these tests are skipped.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.suites import ROOT
from bridge import load_spec, run
from bridge.loading import decode_spec
from synth.engines.perception import PerceptionEngine
from synth.page import read_page, render
from synth.page.page import Page
from synth.page.run import read
from synth.page.soft import soft_states
from synth.page.weighed import HEADS, softmax
from synth.pipeline import solve
from tests.synth.engines.test_perception import write_spec

pytest.importorskip("playwright", reason="playwright drives the browser: pip install playwright")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium: apt-get install chromium"
)

SKETCH = """{
  "name": "sketch", "machine": {"words": 8, "registers": 4, "lines": 8, "steps": 48},
  "sketch": "loop: read 1 2\\njump 2 end\\n?\\nwrite 1 2\\ninc 1 1\\njump 3 loop\\nend: halt",
  "examples": [{"memory": [3, 1, 4], "expect": {"memory": [4, 2, 5, 0]}},
               {"memory": [1, 5], "expect": {"memory": [2, 6, 0]}}],
  "holdout": [{"memory": [5, 3, 2], "expect": {"memory": [6, 4, 3, 0]}}]
}"""
EASY = ROOT / "table1" / "map_inc.json"
HARD = ROOT / "anc" / "bubble_sort.json"


def perception(folder: Path) -> None:
    folder.mkdir()
    spec = load_spec(write_spec(folder, sum))
    engine = PerceptionEngine(first=1_500, rounds=(40, 40), polish=40)
    solve(spec, engine=engine, seconds=1_000, out=folder / "run")


def interrupted(folder: Path) -> None:
    told: list[object] = []
    solve(
        load_spec(HARD), engine="enumeration", out=folder / "run", watch=told.append,
        interrupted=lambda: len(told) > 3,
    )  # fmt: skip


def unfinished(folder: Path) -> None:
    solve(load_spec(HARD), engine="enumeration", terms=500, out=folder / "run")
    (folder / "run" / "solution.json").unlink()


def solving(spec: Any, **options: Any) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        loaded = decode_spec(spec, "sketch") if isinstance(spec, str) else load_spec(spec)
        solve(loaded, out=folder / "run", **options)

    return make


KINDS: dict[str, Callable[[Path], None]] = {
    "enumeration": solving(EASY, engine="enumeration"),
    "edits": solving(SKETCH, engine="edits"),
    "tuning": solving(SKETCH, engine="tuning", restarts=8),
    "perception": perception,
    "steps": solving(ROOT / "anc" / "swap_biased.json", engine="rewriting"),
    "interrupted": interrupted,
    "failed": solving(HARD, engine="enumeration", terms=500),
    "unfinished": unfinished,
}
SECTIONS = {
    "tuning": ("weights", "soft"),
    "perception": ("pictures", "race", "answer"),
    "failed": ("fails", "search"),
    "interrupted": ("search",),
    "enumeration": ("answer", "equals", "search"),
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield chromium
        chromium.close()


class Opened:
    """A page of a run, opened from disk; what it complains of and asks for is noted down."""

    def __init__(self, browser: Any, file: Path, **options: Any) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.context = browser.new_context(viewport={"width": 1200, "height": 900}, **options)
        self.tab = self.context.new_page()
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.goto(file.as_uri())

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(("data:", "file:"))] == []
        assert sum(url.startswith("file:") for url in self.requests) == 1

    def words(self, where: str) -> list[int]:
        """What stands in those cells."""
        return [int(text) for text in self.tab.locator(f"{where} .cell b").all_inner_texts()]


@pytest.fixture(params=KINDS)
def made(request, tmp_path: Path) -> tuple[str, Path, Page]:
    """A run of that kind: its name, its folder and its page."""
    KINDS[request.param](tmp_path / "of")
    folder = tmp_path / "of" / "run"
    page = read_page(folder)
    text = render(page)
    assert len(text) < 400_000
    (folder / "page.html").write_text(text)
    return request.param, folder, page


def test_the_page_steps_as_the_interpreter_does(made, browser):
    kind, folder, page = made
    opened = Opened(browser, folder / "page.html")
    tab = opened.tab
    assert tab.locator("h1").inner_text().startswith(read(folder).spec.name)
    for section in SECTIONS.get(kind, ()):
        assert tab.locator(f"section#{section} h2").is_visible(), section
    if page.stepper is not None:
        for number in range(min(2, len(page.stepper.traces))):
            step_through(opened, read(folder), page, number)
    if page.stepper is not None and page.stepper.differences:
        tab.locator("[data-show]").first.click()
        assert tab.locator(".cell.wrong").count() or "not halted" in tab.inner_text("#told")
    if kind == "tuning":
        look_at_weights(opened, read(folder), page)
    if kind == "perception":
        look_at_pictures(opened, read(folder))
    opened.close()


def look_at_weights(opened: Opened, told: Any, page: Page) -> None:
    """The last weights as shades; and the soft program, a few steps on."""
    tab, weights = opened.tab, told.weights
    chances = [softmax(weights[head]) for head in HEADS]
    places = sum(each.shape[-1] for each in chances)
    shown = tab.locator("#heat > i").evaluate_all(
        "x => x.map(e => +e.style.getPropertyValue('--p'))"
    )
    assert len(shown) == len(page.weights.lines) * places
    expected = [100 * p for line in zip(*chances, strict=True) for each in line for p in each]
    assert all(abs(a - b) < 0.5 for a, b in zip(shown, expected[: len(shown)], strict=True))
    example = told.examples[0].words
    states = soft_states(weights, example, told.spec.machine.words, 3)
    tab.locator("#soft-stepper").focus()
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    assert tab.inner_text("#soft-told").startswith("After 3 steps")
    likeliest = [
        text.split(":")[0] for text in tab.locator("#soft-memory > span").all_inner_texts()
    ]
    assert [int(n) for n in likeliest[2::2]] == states["memory"][3].argmax(-1)[
        : page.soft.cells
    ].tolist()


def look_at_pictures(opened: Opened, told: Any) -> None:
    """Each is said to be what it was read as; candidates stand in their order."""
    tab = opened.tab
    said = tab.locator(".gallery li span").all_inner_texts()
    held = sorted({n for e in told.fresh for cell in e.memory for n in cell.values()})
    assert [int(text) for text in said] == told.readings["image"][held[: len(said)]].tolist()
    assert tab.locator(".cell img").count() > 0
    rows = tab.locator("#race tbody td:first-child").all_inner_texts()
    assert rows == [c.term or c.program for c in told.race.contenders]
    for course in told.race.courses:
        assert len(course.steps) == len(course.losses) > 0


def step_through(opened: Opened, told: Any, page: Page, number: int) -> None:
    """To the end by key, comparing each state with the interpreter's; and back to the start."""
    tab, machine = opened.tab, told.spec.machine
    trace, cells = page.stepper.traces[number], page.stepper.cells
    tab.locator("#trace").select_option(str(number))
    tab.locator("#trace").blur()
    steps = min(len(trace.path), 12)
    for t in range(steps + 1):
        least = msgspec.structs.replace(machine, steps=t)
        outcome = run(told.program, trace.start, least)
        assert opened.words("#memory") == [*outcome.memory[:cells]]
        assert opened.words("#registers") == [*outcome.registers]
        if t < len(trace.path):
            now = tab.locator(".program .line.now")
            assert [int(n) for n in now.evaluate_all("x => x.map(e => e.dataset.line)")] == [
                n for n in (trace.path[t],) if n < len(told.program)
            ]
        if t:
            changed = tab.locator(".cell.changed").evaluate_all("x => x.map(e => +e.dataset.cell)")
            assert sorted(changed) == sorted(c for c, _ in trace.changes[t - 1] if shown(c, page))
        tab.keyboard.press("ArrowRight")
    tab.locator("#stepper").focus()
    tab.keyboard.press("End")
    if len(trace.path) == trace.steps:
        end = tab.inner_text("#told")
        assert ("right." in end, "wrong." in end) == (trace.passed, not trace.passed)
        assert opened.words("#registers") == [*trace.end[machine.words :]]
    tab.keyboard.press("Home")
    assert opened.words("#memory") == [*trace.start[:cells]]


def shown(cell: int, page: Page) -> bool:
    return cell < page.stepper.cells or cell >= page.stepper.words


@pytest.fixture(scope="module")
def easy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("easy")
    KINDS["enumeration"](folder)
    (folder / "page.html").write_text(render(read_page(folder / "run")))
    return folder / "page.html"


def test_statements_and_lines_show_each_other(easy, browser):
    opened = Opened(browser, easy)
    opened.tab.locator(".unit").first.hover()
    assert opened.tab.locator(".line.on").count() == len(read(easy.parent / "run").program or ())
    opened.tab.locator("h1").hover()
    assert opened.tab.locator(".on").count() == 0
    opened.tab.locator(".line[data-units]").first.focus()
    assert opened.tab.locator(".unit.on").count() == 1
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_in_both_themes_and_on_a_narrow_window(easy, browser, scheme):
    opened = Opened(browser, easy, color_scheme=scheme)
    opened.tab.set_viewport_size({"width": 360, "height": 700})
    assert opened.tab.evaluate("document.documentElement.scrollWidth") <= 360
    ink, paper = opened.tab.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    light, dark = (sum(map(int, c[4:-1].split(","))) for c in (paper, ink))
    assert (light > dark) == (scheme == "light")
    assert abs(light - dark) > 500
    opened.close()


def test_a_changed_cell_is_outlined_and_no_more(easy, browser):
    opened = Opened(browser, easy)
    opened.tab.keyboard.press("ArrowRight")
    cell = opened.tab.locator(".cell.changed").first
    plain = opened.tab.locator(".cell:not(.changed)").first
    colour = "e => getComputedStyle(e).backgroundColor"
    assert cell.evaluate(colour) == plain.evaluate(colour)
    border = "e => getComputedStyle(e.querySelector('b')).borderTopWidth"
    assert cell.evaluate(border) != plain.evaluate(border)
    opened.close()
