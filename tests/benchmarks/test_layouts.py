"""Layouts of lists, compared: the same examples in both."""

from __future__ import annotations

import pytest

from benchmarks.layouts import LAYOUTS, TASKS, draw_spec, main
from bridge.loading import convert_spec


@pytest.mark.parametrize("task", TASKS)
def test_both_layouts_hold_the_same_examples(task: str):
    given = []
    for layout in LAYOUTS:
        spec = convert_spec(draw_spec(task, layout, 1))
        assert spec.lists is not None
        assert spec.layout == layout
        rows = (*spec.examples, *spec.holdout)
        given.append([spec.lists.values(e.words, e.expect.memory) for e in rows])
    assert given[0] == given[1]


def test_the_table_has_a_row_for_each_task(capsys):
    assert main(["--seeds", "0", "--terms", "30"]) == 0
    shown = capsys.readouterr().out
    assert all(task in shown for task in TASKS)
    row = next(line for line in shown.splitlines() if "increase each" in line)
    assert row.split("│")[2].strip().startswith("1/1, ")
    assert main(["--terms", "0"]) == 2
