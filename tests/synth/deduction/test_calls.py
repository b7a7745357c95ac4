"""Compositions of calls: a program does what the calls mean; what a few calls make is found."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bridge import verify
from bridge.loading import convert_spec
from bridge.spec import Budget
from bridge.term import Term
from synth.deduction.calls.call import PAIRS, SCANS, TESTS, Call, Function
from synth.deduction.calls.found import found
from synth.deduction.calls.programs import programs
from synth.deduction.calls.values import MEANINGS, NEEDED, SIZES, Lists, Values
from synth.deduction.shown import Shown
from synth.deduction.vectors import Tally
from synth.engines import Candidate
from synth.engines.deduction import CELLS, DeductionEngine, shown_by
from synth.language.semantics import evaluate
from synth.problem import resolve

MACHINE = {"words": 40, "registers": 8, "lines": 32, "steps": 512, "instructions": "arithmetic"}
ROWS = [(2, [3, 1, 4, 1]), (1, [9]), (3, [2, 7, 7, 5, 8]), (4, [6, 2])]


def shown_of(layout: str, output: list[list[int]]) -> Shown:
    """A number and a list of each example."""
    examples = [{"inputs": [n, xs], "output": ys} for (n, xs), ys in zip(ROWS, output, strict=True)]
    spec = convert_spec({"machine": MACHINE, "layout": layout, "examples": examples})
    seen = shown_by(resolve(spec))
    assert seen is not None
    return seen


def meant(call: Call, given: Shown) -> Values:
    """What the calls make of the inputs."""
    if call.name == "list":
        longest = max(map(len, given.lists))
        words = [[[*xs, *[0] * (longest - len(xs))] for xs in given.lists]]
        return Lists(np.array(words, np.uint8), np.array([[*map(len, given.lists)]]))
    if call.name == "number":
        return given.memory[None, :, call.place]
    if call.name == "constant":
        return np.full((1, len(given.memory)), call.place, np.uint8)
    args = [meant(arg, given) for arg in call.args]
    assume(call.name not in NEEDED or NEEDED[call.name](*args).all())
    return MEANINGS[call.name](given.words, call.function, *args)


NUMBERS = st.sampled_from([Call("number"), *(Call("constant", place=k) for k in (1, 2, 3))])


def lists_of(inner: st.SearchStrategy[Call]) -> st.SearchStrategy[Call]:
    number = NUMBERS | st.builds(
        lambda name, xs: Call(name, (xs,)),
        st.sampled_from(["head", "last", "length", "sum", "greatest", "least"]),
        inner,
    )
    return st.one_of(
        st.builds(
            lambda f, xs, n: Call("map", (xs, n), f), st.sampled_from(PAIRS), inner, number
        ),
        st.builds(lambda f, xs, ys: Call("zip", (xs, ys), f), st.sampled_from(PAIRS), inner, inner),
        st.builds(lambda f, xs: Call("scan", (xs,), f), st.sampled_from([*SCANS]), inner),
        st.builds(
            lambda f, xs, n: Call("filter", (xs, n)[: f.takes], f),
            st.sampled_from(TESTS), inner, number,
        ),
        st.builds(
            lambda name, xs, n: Call(name, (xs, n)),
            st.sampled_from(["take", "drop"]), inner, number,
        ),
        st.builds(
            lambda name, xs: Call(name, (xs,)),
            st.sampled_from(["reverse", "sort", "unique", "once", "several", "alternate"]), inner,
        ),
    )  # fmt: skip


CALLS = lists_of(st.just(Call("list")) | lists_of(st.just(Call("list"))))


LIST, NUMBER, ONE = Call("list"), Call("number"), Call("constant", place=1)
LARGEST_BY_SORTING = Call("last", (Call("sort", (LIST,)),))


@settings(max_examples=15, deadline=None)
@given(call=CALLS)
@example(Call("map", (LIST, LARGEST_BY_SORTING), Function("(sub {y} {x})")))  # a list that is gone
def test_a_program_does_what_the_calls_mean(call: Call):
    """The first of them: a map of what is sorted, for what is sorted of a map, comes later."""
    seen = shown_of("prefixed", [xs for _, xs in ROWS])
    lists = meant(call, seen)
    assert isinstance(lists, Lists)
    for statements in islice(programs(seen, call), 1):
        for i, memory in enumerate(seen.memory.tolist()):
            outcome = evaluate(Term("do", statements), memory, seen.words, language=seen.language)
            size = int(lists.size[0, i])
            assert outcome.memory[seen.first - 1] == size
            made = outcome.memory[seen.first : seen.first + size]
            assert made == tuple(lists.words[0, i, :size].tolist())


LAYOUTS = ("terminated", "prefixed")
ADDED = Function("(add {x} {y})")


def loops(statements: tuple[Term, ...]) -> int:
    return sum(s.op in ("walk", "while", "pairs") for s in statements)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_sorted_is_not_copied_before(layout: str):
    seen = shown_of(layout, [xs for _, xs in ROWS])
    for call in (Call("sort", (LIST,)), Call("reverse", (Call("sort", (LIST,)),))):
        assert [loops(found) for found in programs(seen, call)] == [1] * (2 - seen.counted)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_once_is_left_where_the_list_is(layout: str):
    seen = shown_of(layout, [xs for _, xs in ROWS])
    raised = Call("map", (LIST, NUMBER), ADDED)
    for call in (Call("unique", (LIST,)), Call("unique", (raised,))):
        (statements, *_) = programs(seen, call)
        for row, memory in zip(ROWS, seen.memory.tolist(), strict=True):
            after = evaluate(Term("do", statements), memory, seen.words, language=seen.language)
            wanted = [*dict.fromkeys(x + row[0] * (call.args[0] == raised) for x in row[1])]
            assert [*after.memory[seen.first : seen.first + len(wanted)]] == wanted


@pytest.mark.parametrize("layout", LAYOUTS)
def test_maps_of_what_is_sorted_are_one_loop(layout: str):
    """However many are sorted through: where they grow with their element that is the same."""
    seen = shown_of(layout, [xs for _, xs in ROWS])
    twice = Call("map", (Call("map", (LIST, NUMBER), ADDED), ONE), Function("(mul {x} {y})"))
    found = [*programs(seen, Call("sort", (twice,)))]
    sorted_first = [p for p in found if loops(p) == 2 and "swap" not in str(p[-1])]
    assert sorted_first
    for row, memory in zip(ROWS, seen.memory.tolist(), strict=True):
        after = evaluate(Term("do", sorted_first[0]), memory, seen.words, language=seen.language)
        wanted = sorted(x + row[0] for x in row[1])
        assert [*after.memory[seen.first : seen.first + len(wanted)]] == wanted


@pytest.mark.parametrize("name", ["drop", "access"])
def test_of_lists_that_end_with_a_zero_no_more_is_left_out_than_there_is(name: str):
    """Another list begins behind: what is at a place is known to be within, so that is added."""
    rows = [(3, [1], [5, 6, 7]), (1, [2, 4], [6]), (2, [9, 3, 8], [1, 1])]
    rows = rows if name == "drop" else [(n, [*xs, 4, 5, 6], ys) for n, xs, ys in rows]
    plain: Callable[..., Any] = PLAIN[name]
    examples = [{"inputs": [n, xs, ys], "output": plain(xs, n)} for n, xs, ys in rows]
    spec = convert_spec({"machine": MACHINE, "layout": "terminated", "examples": examples})
    seen = shown_by(resolve(spec))
    assert seen is not None
    found = [*programs(seen, Call(name, (LIST, NUMBER)))]
    assert found
    assert ("skip" in str(found[0])) == (name == "drop")
    for i, memory in enumerate(seen.memory.tolist()):
        after = evaluate(Term("do", found[0]), memory, seen.words, language=seen.language).memory
        wanted = seen.wanted[i]
        place = 0 if name == "access" else seen.first
        assert after[place : place + len(wanted)] == wanted
        assert name == "access" or after[place + len(wanted)] == 0


TASKS: dict[str, Any] = {
    "one call, at once": lambda n, xs: [x + n for x in xs],
    "three calls, fused": lambda n, xs: [x * x // 4 for x in xs[:n]],
    "a number on the way": lambda n, xs: xs[sum(x % 2 for x in xs) :],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", TASKS)
def test_what_a_few_calls_make_is_found(name: str, layout: str):
    random, answer = Random(0), TASKS[name]

    def example() -> dict[str, Any]:
        n, xs = random.randint(1, 4), [random.randint(2, 6) for _ in range(random.randint(2, 6))]
        return {"inputs": [n, xs], "output": answer(n, xs)}

    examples, holdout = ([example() for _ in range(count)] for count in (8, 12))
    parts = {"layout": layout, "examples": examples, "holdout": holdout}
    spec = convert_spec({"machine": MACHINE, **parts})
    problem = resolve(spec)
    engine = DeductionEngine(most=0)
    events = engine(problem, Budget(seconds=1_000, terms=400_000), 0)
    answers = (e for e in events if isinstance(e, Candidate) and not e.tentative)
    best = next(answers)
    assert verify(best.program, spec.holdout, spec.machine).correct


def test_a_call_that_occurs_twice_is_counted_once():
    squares = [[(x + 1) ** 2 % 40 for x in xs] for _, xs in ROWS]
    seen, tally = shown_of("prefixed", squares), Tally()
    call = next(call for call in found(seen, tally, 100_000, 2) if call is not None)
    assert (call.name, call.number) == ("zip", 2)
    assert call.args[0] == call.args[1]
    assert 0 < tally.tried <= 100_000


def calls_of(rows: list[tuple[int, list[int]]], output: Callable[..., Any], most: int, deep: int):
    """The calls found for such rows, and how many values were computed."""
    examples = [{"inputs": [n, xs], "output": output(n, xs)} for n, xs in rows]
    spec = convert_spec({"machine": MACHINE, "layout": "prefixed", "examples": examples})
    seen, tally = shown_by(resolve(spec)), Tally()
    assert seen is not None
    return [call for call in found(seen, tally, most, deep) if call is not None], tally.tried


def test_the_last_call_is_not_valued_where_it_makes_lists_of_another_length():
    _, alike = calls_of(ROWS, lambda n, xs: [x * x * x % 40 for x in xs], 100_000, 1)
    (least, *_), other = calls_of(ROWS, lambda n, xs: [min(xs)], 100_000, 2)
    assert least == Call("take", (Call("sort", (LIST,)), ONE))  # calls on the way may
    _, other = calls_of(ROWS, lambda n, xs: [min(xs)], 100_000, 1)
    assert 0 < other < alike / 2


ZEROS = [(n, [n + 4, 0, 0, 0, 0]) for n in (2, 1, 3, 4)]
"""Of their first elements as many as one likes are the same but for the length."""


def test_lists_that_differ_by_zeros_at_their_end_are_told_apart():
    made, _ = calls_of(ZEROS, lambda n, xs: xs[:n][::-1], 100_000, 2)
    assert Call("reverse", (Call("take", (LIST, NUMBER)),)) in made
    made, _ = calls_of(ZEROS, lambda n, xs: xs[:n], 100_000, 2)
    assert made[0] == Call("take", (LIST, NUMBER))


def test_a_number_that_is_the_same_on_all_examples_is_none_to_go_on_with():
    """The constants are there already: sums of these would be tried with everything."""
    rows = [(n, [3, 9, n, 5, 8]) for n in range(1, 7)]
    made, _ = calls_of(rows, lambda n, xs: [x for x in xs if x < 7], 100_000, 2)
    assert made == []


def test_values_are_computed_some_at_a_time_on_the_first_examples(monkeypatch):
    examples = [{"inputs": [1, [2, i % 7, 3]], "output": [3, i % 7, 2]} for i in range(2_000)]
    problem = resolve(
        convert_spec({"machine": MACHINE, "layout": "prefixed", "examples": examples})
    )
    seen = shown_by(problem)
    assert seen is not None
    assert len(seen.memory) == CELLS // len(problem.examples[0].words)
    raised = [[2 * (x + 1) for x in xs] for _, xs in ROWS]
    whole = [call for call in found(shown_of("prefixed", raised), Tally(), 100_000, 2) if call]
    monkeypatch.setattr("synth.deduction.calls.found._WORDS_AT_ONCE", 100)
    parts = [call for call in found(shown_of("prefixed", raised), Tally(), 100_000, 2) if call]
    assert whole == parts


PLAIN: dict[str, Callable[..., Any]] = {
    "sort": lambda xs, n: sorted(xs),
    "reverse": lambda xs, n: xs[::-1],
    "unique": lambda xs, n: [*dict.fromkeys(xs)],
    "once": lambda xs, n: [x for x in xs if xs.count(x) == 1],
    "several": lambda xs, n: [x for x in xs if xs.count(x) > 1],
    "alternate": lambda xs, n: xs[::2],
    "take": lambda xs, n: xs[:n],
    "drop": lambda xs, n: xs[n:],
    "head": lambda xs, n: xs[0],
    "last": lambda xs, n: xs[-1],
    "access": lambda xs, n: xs[n],
    "length": lambda xs, n: len(xs),
    "sum": lambda xs, n: sum(xs) % 40,
    "greatest": lambda xs, n: max(xs),
    "least": lambda xs, n: min(xs),
}
"""What calls make of a list and a number, in Python."""


elements = st.integers(0, 3) | st.integers(0, 39)


@pytest.mark.parametrize("name", PLAIN)
@settings(max_examples=25)
@given(st.lists(st.tuples(st.lists(elements, max_size=5), st.integers(0, 6)), min_size=1))
def test_values_are_those_of_lists_in_python(name, rows):
    """There is none where Python has none; and how many elements there will be is known."""
    longest = max(len(xs) for xs, _ in rows)
    words = np.array([[[*xs, *[0] * (longest - len(xs))] for xs, _ in rows]], np.uint8)
    lists = Lists(words.reshape(1, len(rows), longest), np.array([[len(xs) for xs, _ in rows]]))
    args = lists, np.array([[n for _, n in rows]], np.uint8)
    args = args if name in ("take", "drop", "access") else args[:1]
    needed = NEEDED[name](*args)[0] if name in NEEDED else np.ones(len(rows), np.bool_)
    made = MEANINGS[name](40, None, *args) if longest else None
    for i, (xs, n) in enumerate(rows):
        try:
            wanted = PLAIN[name](xs, n)
        except (IndexError, ValueError):
            assert not needed[i]
            continue
        assert needed[i]
        if isinstance(made, Lists):
            assert made.words[0, i, : made.size[0, i]].tolist() == wanted
            assert not made.words[0, i, made.size[0, i] :].any()
            assert name not in SIZES or SIZES[name](*args)[0, i] == len(wanted)
        elif made is not None:
            assert made[0, i] == wanted
