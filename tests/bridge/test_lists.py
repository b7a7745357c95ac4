"""Lists as people write them: where they lie in memory, and that reading back is the way back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import Machine, Spec, parse_program, verify
from bridge.lists import Layout
from bridge.loading import convert_spec, decode_spec, encode_spec


def spec_of(*rows: tuple[Any, Any], **changes: Any) -> Spec:
    """The spec of these inputs, several in a tuple, and outputs."""
    examples = [
        {"inputs": list(a), "output": b} if isinstance(a, tuple) else {"input": a, "output": b}
        for a, b in rows
    ]
    return convert_spec({"examples": examples, **changes})


def memories(spec: Spec) -> list[tuple[tuple, tuple]]:
    return [(example.memory, example.expect.memory) for example in spec.examples]


_ = None
LAID_OUT = {
    "a list": ([([3, 1, 4], [4, 2, 5])], "terminated", (3, 1, 4, 0), (4, 2, 5, 0)),
    "a list -> a number": ([([3, 1], 4)], "terminated", (3, 1, 0), (4,)),
    "a list -> a boolean": ([([3, 1], True)], "terminated", (3, 1, 0), (1,)),
    "a number -> a list": ([(3, [1, 2])], "terminated", (3,), (_, 1, 2, 0)),
    "a number and a list": ([((2, [3, 1]), [5, 3])], "terminated", (2, 3, 1, 0), (_, 5, 3, 0)),
    "a list and a number": ([(([3, 1], 2), [5, 3])], "terminated", (2, 3, 1, 0), (_, 5, 3, 0)),
    "numbers": ([((2, 3, False), 6)], "terminated", (2, 3, 0), (6,)),
    "two lists": (
        [(([3, 1], [5]), [3, 1, 5])], "terminated", (4, 3, 1, 0, 5, 0), (_, 3, 1, 5, 0),
    ),
    "two lists and two numbers": (
        [((7, [3], [], 6), [4])], "terminated", (7, 6, 5, 3, 0, 0), (_, _, _, 4, 0),
    ),
    "three lists": (
        [(([1], [2, 2], [3]), 1)], "terminated", (4, 7, 1, 0, 2, 2, 0, 3, 0), (1,),
    ),
    "an empty list": ([([], [])], "terminated", (0,), (0,)),
    "a list that holds 0": ([([3, 0], [1])], "prefixed", (2, 3, 0), (1, 1)),
    "0 in an output as long": ([([3, 1], [0, 1])], "terminated", (3, 1, 0), (0, 1, 0)),
    "0 in an output as long as the second list": (
        [(([3], [3, 1]), [0, 1])], "prefixed", (3, 1, 3, 2, 3, 1), (_, 2, 0, 1),
    ),
    "booleans": ([([True, False], [False])], "prefixed", (2, 1, 0), (1, 0)),
    "booleans as long": ([([3, 1], [False, True])], "terminated", (3, 1, 0), (0, 1, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", LAID_OUT)
def test_where_lists_lie(name: str):
    rows, layout, before, after = LAID_OUT[name]
    spec = spec_of(*rows)
    assert spec.layout == layout
    assert memories(spec) == [(before, after)]


def test_a_zero_that_is_held_out_counts_too():
    rows = ([3, 1], 1), ([2], 1)
    assert spec_of(*rows).layout == "terminated"
    assert spec_of(*rows, holdout=[{"input": [1, 0], "output": 1}]).layout == "prefixed"
    assert spec_of(*rows, layout="prefixed").examples[0].memory == (2, 3, 1)


@pytest.mark.parametrize(
    ("rows", "changes", "words", "steps"),
    [
        ([([3, 1, 4], 8)], {}, 16, 128),
        ([([3, 1, 4], 7)], {}, 8, 128),
        ([([1] * 10, 7)], {}, 16, 288),
        ([([1] * 100, 7)], {}, 112, 2448),
        ([([1] * 126, 7)], {}, 136, 3072),
        ([([1], 127)], {}, 128, 128),
        ([([1], 255)], {}, 256, 128),
        ([([1] * 254, 7)], {}, 256, 6144),
        ([([-3, 7], 1)], {"signed": True}, 16, 128),
        ([([-9], 1)], {"signed": True}, 24, 128),
        ([([3], 1)], {"holdout": [{"input": [9], "output": 100}]}, 104, 128),
        ([([3], 1)], {"machine": {"words": 5, "steps": 9}}, 5, 9),
        ([([3], 1)], {"machine": {"words": 5}}, 5, 128),
        ([([3], 1)], {"machine": {"lines": 4}}, 8, 128),
    ],
)
def test_the_data_say_what_machine_is_enough(rows, changes, words: int, steps: int):
    machine = spec_of(*rows, **changes).machine
    assert (machine.words, machine.steps) == (words, steps)
    assert machine.lines == changes.get("machine", {}).get("lines", 16)


def test_a_program_is_judged_on_lists_as_on_memory():
    spec = spec_of(([3, 1, 4], [4, 2, 5]), ([], []), ([5], [6]))
    memory = convert_spec(
        {
            "machine": {"words": 8},
            "examples": [{"memory": a, "expect": {"memory": b}} for a, b in memories(spec)],
        }
    )
    assert (spec.examples, spec.machine) == (memory.examples, memory.machine)
    right = "loop: read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1\njump 3 loop\nend:"
    for text, passed in ((right, 3), ("halt", 1), ("read 1 2\ninc 2 2\nwrite 1 2", 1)):
        verdict = verify(parse_program(text), spec.examples, spec.machine)
        assert verdict.passed == passed


# ---------------------------------------------------------------- reading back

KINDS = ("number", "boolean", "list", "list of booleans")


def value_of(kind: str, numbers: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    one = st.booleans() if "boolean" in kind else numbers
    return st.lists(one, max_size=4) if "list" in kind else one


@st.composite
def list_specs(draw: st.DrawFn) -> dict[str, Any]:
    """Specs of lists, as plain data; zeros and negative numbers are frequent."""
    signed = draw(st.booleans())
    numbers = st.integers(-5 if signed else 0, draw(st.sampled_from([1, 9])))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    output = draw(st.sampled_from(KINDS))
    rows = [
        {
            "inputs": [draw(value_of(kind, numbers)) for kind in kinds],
            "output": draw(value_of(output, numbers)),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]
    if len(kinds) == 1 and draw(st.booleans()):
        rows = [{"input": row["inputs"][0], "output": row["output"]} for row in rows]
    first = draw(st.integers(1, len(rows)))
    return {"examples": rows[:first], "holdout": rows[first:], "signed": signed}


@given(list_specs())
def test_what_was_laid_out_is_read_back(raw: dict[str, Any]):
    spec = convert_spec(raw)
    assert isinstance(spec.lists, Layout)
    rows = raw["examples"] + raw["holdout"]
    for row, example in zip(rows, (*spec.examples, *spec.holdout), strict=True):
        inputs, output = spec.lists.values(example.memory, example.expect.memory)
        assert json.dumps(list(inputs)) == json.dumps(row.get("inputs", [row.get("input")]))
        assert json.dumps(output) == json.dumps(row["output"])
        assert spec.lists.memory(inputs) == example.memory
        assert spec.lists.expected(output) == example.expect.memory
    assert decode_spec(encode_spec(spec)) == spec


@given(list_specs())
def test_memory_says_the_same(raw: dict[str, Any]):
    """A spec of lists equals the one of its memory, but for how they are printed."""
    spec = convert_spec(raw)
    rows = [{"memory": a, "expect": {"memory": b}} for a, b in memories(spec)]
    same = convert_spec({"machine": {"words": spec.machine.words}, "examples": rows})
    assert same.examples == spec.examples


cells = st.lists(st.integers(-4, 3), max_size=8)


@given(cells, st.lists(st.none() | st.integers(-4, 3), min_size=1, max_size=8))
def test_memory_with_signs(before: list[int], after: list[int | None]):
    raw = {"memory": before, "expect": {"memory": [*after[:-1], 1], "registers": after[:3]}}
    spec = convert_spec({"machine": {"words": 8}, "examples": [raw], "signed": True})
    assert spec.machine == Machine(words=8)
    assert spec.examples[0].memory == tuple(cell % 8 for cell in before)
    assert json.loads(encode_spec(spec))["examples"] == [raw]
    assert decode_spec(encode_spec(spec)) == spec


@given(st.lists(st.integers(0, 7), min_size=8, max_size=8), st.sampled_from(KINDS))
def test_any_memory_holds_an_output_or_none(memory: list[int], kind: Any):
    for name in ("terminated", "prefixed"):
        layout = Layout(name=name, inputs=("list",), output=kind, words=8)
        output = layout.output_in(memory, ([1, 2],))
        if output is not None and kind in ("number", "list"):
            again = layout.expected(output)
            assert list(again) == memory[: len(again)]
