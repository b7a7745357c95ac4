"""The page for a run: what is on it, whatever the run folder lacks; and that it is one file."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from benchmarks.suites import ROOT
from bridge import SpecError, load_spec
from bridge.loading import decode_spec, encode_spec
from synth import solve
from synth.page import read_page, render
from synth.page.command import main
from synth.page.proof import e_class
from synth.page.run import read
from synth.runs.files import RunFolderError
from synth.runs.folder import RunFolder

SPEC = load_spec(ROOT / "table1" / "map_inc.json")
VOID = {"meta", "input", "img", "br", "link", "hr"}


class Outline(HTMLParser):
    """What a page holds; elements that are not closed are an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.tags: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        told = dict(attrs)
        if "id" in told:
            self.ids.append(told["id"] or "")
        self.links += [told[name] or "" for name in ("src", "href") if name in told]

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Without the drawing of the e-class, which takes a process of its own: see test_proof.py."""
    monkeypatch.setattr("synth.page.page.e_class", lambda run: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "run"
    solve(SPEC, out=path)
    return path


def copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to / "copy"))


def outline(folder: Path) -> Outline:
    return Outline(render(read_page(folder)))


def test_it_is_one_file_in_good_order(folder):
    page = outline(folder)
    assert len(page.ids) == len(set(page.ids))
    assert all(link.startswith(("data:", "#")) for link in page.links)
    assert not re.search(r"https?://(?!www\.w3\.org/)", render(read_page(folder)))


def test_the_same_run_makes_the_same_page(folder):
    assert render(read_page(folder)) == render(read_page(folder))


@pytest.mark.parametrize(
    "lacking",
    ["solution.json", "checkpoint.json", "candidates.jsonl", "history.json", "run.json"],
)
def test_an_older_or_unfinished_folder_has_a_page(folder, tmp_path, lacking):
    path = copy(folder, tmp_path)
    (path / lacking).unlink()
    page = outline(path)
    assert "read 1 2" in page.words
    assert ("unfinished" in " ".join(page.words)) == (lacking == "solution.json")


def test_a_folder_with_nothing_but_a_spec_has_a_page(folder, tmp_path):
    (tmp_path / "spec.json").write_bytes((folder / "spec.json").read_bytes())
    assert "none was executed yet" in outline(tmp_path).words


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("spec.json", "{", "spec.json"),
        ("solution.json", '{"notes": 3}', "solution.json: $.notes"),
        ("solution.json", '{"program": "fly 1"}', "solution.json"),
        ("solution.json", '{"term": "(do"}', "solution.json: $.term"),
        ("checkpoint.json", "[]", "checkpoint.json"),
        ("solution.json", '{"steps": {"max": 3}}', "solution.json: $.steps"),
        ("race.json", '{"contenders": [{}]}', "race.json: $.contenders[0]"),
        ("run.json", "{}", "run.json"),
        ("weights.npz", "no", "weights.npz"),
    ],
)
def test_a_damaged_file_is_named(folder, tmp_path, name, text, said):
    path = copy(folder, tmp_path)
    (path / name).write_text(text)
    with pytest.raises(RunFolderError) as error:
        read_page(path)
    assert said in str(error.value)


def test_a_line_that_was_cut_off_is_left_out(folder, tmp_path):
    path = copy(folder, tmp_path)
    with (path / "candidates.jsonl").open("a") as f:
        f.write('{"found_by": "tuni')
    assert read(path).candidates == read(folder).candidates


def test_constructs_that_are_not_there_are_shown_as_they_are(folder, tmp_path):
    path = copy(folder, tmp_path)
    told = json.loads((path / "solution.json").read_bytes()) | {"term": "(do (fly p) (noop))"}
    told |= {"skeleton": "(do (fly q))", "near_miss": "(do (fly r))"}
    (path / "solution.json").write_text(json.dumps(told))
    page = read_page(path)
    assert page.answer is not None
    assert "(fly p)" in str(page.answer.term)
    assert not page.answer.linked
    assert e_class(read(path)) is None
    assert page.proof is None
    assert "(fly p)" in render(page)


def test_what_users_say_is_escaped(folder, tmp_path):
    path = copy(folder, tmp_path)
    told = json.loads((path / "solution.json").read_bytes())
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    told |= {"notes": [evil], "found_by": evil, "optimised_by": evil, "result": evil}
    told["answers"] = [dict(told["answers"][0], term=evil, found_by=evil)] * 2
    (path / "solution.json").write_text(json.dumps(told))
    for name in ("run.json", "candidates.jsonl", "history.json"):
        text = (path / name).read_text()
        (path / name).write_text(re.sub(r"\b(ladder|enumeration)\b", lambda _: evil, text))
    text = render(read_page(path))
    page = Outline(text)
    assert evil in page.words
    assert evil not in text
    assert page.tags.count("script") == outline(folder).tags.count("script")


def test_a_spec_may_not_have_such_a_name_at_all():
    raw = json.loads(encode_spec(SPEC)) | {"name": "<script>"}
    with pytest.raises(SpecError, match=r"\$\.name"):
        decode_spec(json.dumps(raw))


def test_the_command_writes_it(folder, tmp_path, capsys):
    assert main([str(folder), "--out", str(tmp_path / "a.html")]) == 0
    assert (tmp_path / "a.html").read_text() == render(read_page(folder))
    assert "a.html" in capsys.readouterr().out
    assert main([str(folder)]) == 0
    assert (folder / "page.html").exists()


@pytest.mark.parametrize(
    ("words", "code"), [(["nowhere"], 2), (["{run}", "--out", "{run}/no/such/page.html"], 3)]
)
def test_the_command_says_what_is_wrong(folder, words, code, capsys):
    assert main([word.format(run=folder) for word in words]) == code
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert "Traceback" not in said


def test_a_run_with_a_page_goes_on(folder):
    assert main([str(folder)]) == 0
    with RunFolder.open(folder)[0] as opened:
        assert opened.last_checkpoint()


def test_where_the_best_program_fails_is_told(folder, tmp_path):
    path = copy(folder, tmp_path)
    told = json.loads((path / "solution.json").read_bytes())
    told |= {"result": "budget_exhausted", "program": "halt", "term": None}
    (path / "solution.json").write_text(json.dumps(told))
    page = read_page(path)
    assert page.stepper is not None
    assert page.stepper.differences
    words = outline(path).words
    assert "Where it fails" in words
    for difference in page.stepper.differences:
        assert difference.cells in words
    assert not page.stepper.traces[page.stepper.first].passed


def test_a_notebook_shows_the_same():
    solution = solve(SPEC)
    shown = solution._repr_html_()
    assert shown is not None
    frame = Outline(shown)
    assert frame.tags == ["iframe"]
    inside = html.unescape(shown.partition('srcdoc="')[2].partition('" sandbox')[0])
    assert "read 1 2" in Outline(inside).words
    assert replace(solution, spec=None)._repr_html_() is None


def test_jax_is_loaded_for_weights_alone(folder, tmp_path):
    code = (
        "import sys; from synth.page.command import main; "
        "assert main(sys.argv[1:]) == 0; assert 'jax' not in sys.modules"
    )
    argv = [sys.executable, "-c", code, str(folder), "--out", str(tmp_path / "page.html")]
    assert subprocess.run(argv, check=False).returncode == 0
