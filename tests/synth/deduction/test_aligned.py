"""Calls on two lists that lie side by side: what one says of the other, element by element."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.loading import convert_spec
from bridge.term import Term
from synth.deduction.calls.call import Call, Function
from synth.deduction.calls.found import found
from synth.deduction.calls.programs import programs
from synth.deduction.calls.values import MEANINGS, NEEDED, Lists
from synth.deduction.vectors import Tally
from synth.engines.deduction import shown_by
from synth.language.semantics import evaluate
from synth.problem import resolve
from tests.synth.deduction.test_forms import LAYOUTS, MACHINE, ROWS, shown_of

LESS, MORE = Function("(less {x} {y})"), Function("(less {y} {x})")
OTHER = Function("(eq {x} {y})", opposite=True)
LIST = Call("list")
KEYS = Call("map", (LIST, Call("constant", place=3)), Function("(mod {x} {y})"))
MIRRORED, SORTED = Call("reverse", (LIST,)), Call("sort", (LIST,))
PLACES = Call("scan", (Call("map", (LIST,), Function("1")),), Function("(add {x} {y})"))
PLAIN: dict[str, tuple[Call, Callable[[list[int]], list[int]]]] = {
    "by a remainder": (
        Call("order", (LIST, KEYS), LESS), lambda xs: sorted(xs, key=lambda x: x % 3),
    ),
    "by it, downwards": (
        Call("order", (LIST, KEYS), MORE), lambda xs: sorted(xs, key=lambda x: -(x % 3)),
    ),
    "what is mirrored, by the list": (
        Call("order", (MIRRORED, LIST), LESS),
        lambda xs: [x for _, _, x in sorted((x, i, xs[-1 - i]) for i, x in enumerate(xs))],
    ),
    "below what it is when turned, which is written behind the list on the way": (
        Call("keep", (Call("rotate", (LIST, Call("constant", place=1))), LIST), LESS),
        lambda xs: [x for x, y in zip(xs[1:] + xs[:1], xs, strict=True) if x < y],
    ),
    "not the place": (
        Call("keep", (LIST, PLACES), OTHER), lambda xs: [x for i, x in enumerate(xs, 1) if x != i],
    ),
    "below its mirror image": (
        Call("keep", (LIST, MIRRORED), LESS),
        lambda xs: [x for x, y in zip(xs, xs[::-1], strict=True) if x < y],
    ),
    "not where it is when sorted, twice": (
        Call("map", (Call("keep", (LIST, SORTED), OTHER), Call("constant", place=2)),
             Function("(mul {x} {y})")),
        lambda xs: [2 * x for x, y in zip(xs, sorted(xs), strict=True) if x != y],
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", PLAIN)
def test_a_list_is_held_against_what_was_made_of_a_copy(name: str, layout: str):
    call, plain = PLAIN[name]
    seen = shown_of(layout, [xs for _, xs in ROWS])

    def right(statements: tuple[Term, ...]) -> bool:
        for (_, xs), memory in zip(ROWS, seen.memory.tolist(), strict=True):
            done = evaluate(Term("do", statements), memory, seen.words, language=seen.language)
            made, first = [*done.memory], seen.first
            size = made[first - 1] if seen.counted else [*made[first:], 0].index(0)
            if made[first : first + size] != plain(xs):
                return False
        return True

    assert any(map(right, programs(seen, call)))


def test_where_other_lists_are_given_none_is_copied():
    rows = [([1, 5, 2], [7, 8, 9]), ([4, 3], [1, 1]), ([2, 6], [3])]
    examples = [{"inputs": [*row], "output": row[0]} for row in rows]
    problem = resolve(convert_spec({"machine": MACHINE, "examples": examples}))
    seen = shown_by(problem)
    assert seen is not None
    assert seen.others
    assert not [*programs(seen, Call("keep", (SORTED, MIRRORED), LESS))]


@pytest.mark.parametrize("name", ["by a remainder", "below its mirror image"])
def test_it_is_found(name: str):
    call, plain = PLAIN[name]
    seen = shown_of("prefixed", [plain(xs) for _, xs in ROWS])
    assert call in found(seen, Tally(), 60.0, 16)


pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=6)


@given(rows=pairs, f=st.sampled_from([LESS, MORE, OTHER]))
def test_values_are_those_of_lists_in_python(rows: list[tuple[int, int]], f: Function):
    words = np.zeros((2, 1, 8), np.uint8)
    words[:, 0, : len(rows)] = np.array(rows, np.uint8).reshape(-1, 2).T
    xs, ys = (Lists(own[None], np.array([[len(rows)]])) for own in words)
    holds = {LESS: lambda x, y: x < y, MORE: lambda x, y: x > y, OTHER: lambda x, y: x != y}[f]
    made = {"keep": [x for x, y in rows if holds(x, y)]}
    if f != OTHER:
        made["order"] = [x for x, _ in sorted(rows, key=lambda row: row[1] * (-1) ** (f == MORE))]
    for name, wanted in made.items():
        values = MEANINGS[name](40, f, xs, ys)
        assert isinstance(values, Lists)
        assert values.words[0, 0].tolist() == wanted + [0] * (8 - len(wanted))
        assert values.size.item() == len(wanted)
    assert NEEDED["order"](xs, ys).all()
    assert not NEEDED["order"](xs, Lists(ys.words, ys.size + 1)).any()
