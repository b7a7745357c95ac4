"""Learned costs against sizes, task by task."""

from __future__ import annotations

import json

from benchmarks.costs import compared, main, part_of


def pair(sizes: str, learned: str, before: int = 800, after: int = 100):
    return {"result": sizes, "terms": before}, {"result": learned, "terms": after}


def test_tasks_are_compared_one_by_one():
    yes, no = "verified", "fits_examples"
    said = compared([pair(yes, yes, 799, 99), pair(yes, yes, 799, 99), pair(no, yes), pair(no, no)])
    assert said.startswith("sizes 2/4 ")
    assert "learned 3/4 " in said
    assert "1 gained, 0 lost (p = 1.00)" in said
    assert said.endswith("8.00 times (8.00-8.00) fewer terms")


def test_tasks_of_one_name_are_on_one_side():
    assert part_of("mult-k.2") == part_of("mult-k.3")
    assert {part_of(f"c{n:03}") for n in range(20)} == {0, 1}


def test_costs_are_learned_from_the_other_part(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    terms = {0: "(do (map p (succ)))", 1: "(do (walk p (do (store p 1))))"}
    tasks = {part_of(name): name for name in ("a", "b", "c", "d", "e")}
    lines = [{"task": tasks[part], "result": "verified", "term": terms[part]} for part in (0, 1)]
    (tmp_path / "dev.jsonl").write_text("\n".join(map(json.dumps, lines)))
    arguments = ["dev.jsonl", "classics", "--sample", "1", "--terms", "500", "--out", "out.jsonl"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert said.startswith("classics        sizes ")
    assert main(arguments) == 0  # nothing is run again
    assert capsys.readouterr().out == said
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2
    assert main([*arguments, "--terms", "0"]) == 2
