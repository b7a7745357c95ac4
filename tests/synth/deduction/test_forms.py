"""Forms of calls: their values are those of lists in Python."""

from __future__ import annotations

from collections.abc import Callable
from itertools import dropwhile, groupby, takewhile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.loading import convert_spec
from synth.deduction.calls.forms import forms
from synth.deduction.calls.found import meaning
from synth.deduction.calls.values import NEEDED, SIZES, Lists
from synth.deduction.shown import Shown
from synth.engines.deduction import shown_by
from synth.problem import resolve

LAYOUTS = ("terminated", "prefixed")
MACHINE = {"words": 40, "registers": 8, "lines": 32, "steps": 512, "instructions": "arithmetic"}
ROWS = [(2, [3, 1, 4, 1]), (1, [9]), (3, [2, 7, 7, 5, 8]), (4, [6, 2])]


def shown_of(layout: str, output: list[list[int]]) -> Shown:
    """A number and a list of each example."""
    examples = [{"inputs": [n, xs], "output": ys} for (n, xs), ys in zip(ROWS, output, strict=True)]
    spec = convert_spec({"machine": MACHINE, "layout": layout, "examples": examples})
    seen = shown_by(resolve(spec))
    assert seen is not None
    return seen


FORMS = [*forms(shown_of("prefixed", [xs for _, xs in ROWS]))]
PLAIN: dict[str, Callable[..., Any]] = {
    "sort": sorted,
    "descending": lambda xs: sorted(xs)[::-1],
    "reverse": lambda xs: xs[::-1],
    "unique": lambda xs: [*dict.fromkeys(xs)],
    "once": lambda xs: [x for x in xs if xs.count(x) == 1],
    "several": lambda xs: [x for x in xs if xs.count(x) > 1],
    "runs": lambda xs: [len([*run]) for _, run in groupby(xs)],
    "alternate": lambda xs: xs[::2],
    "second": lambda xs: xs[1::2],
    "mirror": lambda xs: xs + xs[::-1],
    "double": lambda xs: xs + xs,
    "repeat": lambda xs, k: [x for x in xs for _ in range(k)],
    "places": lambda xs: [*range(1, len(xs) + 1)],
    "peaks": lambda xs: [y for x, y, z in zip(xs, xs[1:], xs[2:], strict=False) if y > max(x, z)],
    "valleys": lambda xs: [y for x, y, z in zip(xs, xs[1:], xs[2:], strict=False) if y < min(x, z)],
    "delete": lambda xs, k: xs[:k] + xs[k + 1 :],
    "take": lambda xs, n: xs[:n],
    "drop": lambda xs, n: xs[n:],
    "ending": lambda xs, n: xs[max(len(xs) - n, 0) :],
    "beginning": lambda xs, n: xs[: max(len(xs) - n, 0)],
    "rotate": lambda xs, n: xs[n:] + xs[:n],
    "turned": lambda xs, n: xs[max(len(xs) - n, 0) :] + xs[: max(len(xs) - n, 0)],
    "append": lambda xs, n: [*xs, n],
    "insert": lambda xs, n, k: [*xs[:k], n, *xs[k:]] if k <= len(xs) else xs[k],
    "replace": lambda xs, n, k: [n if i == k else x for i, x in enumerate(xs)],
    "before": lambda xs, n: [*takewhile(lambda x: x != n, xs)],
    "from": lambda xs, n: [*dropwhile(lambda x: x != n, xs)],
    "behind": lambda xs, n: [*dropwhile(lambda x: x != n, xs)][1:],
    "led": lambda xs, n: [*dropwhile(lambda x: x != n, xs), *takewhile(lambda x: x != n, xs)],
    "head": lambda xs: xs[0],
    "last": lambda xs: xs[-1],
    "access": lambda xs, n: xs[n],
    "from end": lambda xs, n: xs[::-1][n - 1] if n else xs[40],
    "index": lambda xs, n: xs.index(n),
    "place": lambda xs, n: xs.index(n) + 1,
    "length": len,
    "sum": lambda xs: sum(xs) % 40,
    "greatest": max,
    "least": min,
}
"""What forms make of a list and a number, in Python."""
WITH_FUNCTIONS = ("map", "zip", "scan", "neighbours", "filter", "count", "of", "keep", "order")


elements = st.integers(0, 3) | st.integers(0, 39)


@pytest.mark.parametrize("name", PLAIN)
@settings(max_examples=20)
@given(
    rows=st.lists(st.tuples(st.lists(elements, max_size=5), st.integers(0, 6)), min_size=1),
    data=st.data(),
)
def test_values_are_those_of_lists_in_python(name, rows, data):
    """There is none where Python has none; and how many elements there will be is known."""
    form = data.draw(st.sampled_from([form for form in FORMS if form.name == name]))
    words = np.array([[[*xs, *[0] * (16 - len(xs))] for xs, _ in rows]], np.uint8)
    lists = Lists(words, np.array([[len(xs) for xs, _ in rows]]))
    args = (lists, np.array([[n for _, n in rows]], np.uint8))[: len(form.takes)]
    more = (*args, *form.constants)
    needed = NEEDED[name](*more)[0] if name in NEEDED else np.ones(len(rows), np.bool_)
    made = meaning(40, form, args)
    for i, (xs, n) in enumerate(rows):
        own = (xs, n)[: len(form.takes)]
        try:
            wanted = PLAIN[name](*own, *(() if form.fixed is None else (form.fixed,)))
        except (IndexError, ValueError):
            assert not needed[i]
            continue
        assert needed[i]
        if isinstance(made, Lists):
            assert made.words[0, i, : made.size[0, i]].tolist() == wanted
            assert not made.words[0, i, made.size[0, i] :].any()
            assert name not in SIZES or SIZES[name](*more)[0, i] == len(wanted)
        else:
            assert made[0, i] == wanted


def test_all_forms_that_apply_no_function_are_tested():
    assert {form.name for form in FORMS} == {*PLAIN, *WITH_FUNCTIONS}
