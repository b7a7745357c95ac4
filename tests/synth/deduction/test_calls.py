"""Compositions of calls: a program does what the calls mean; what a few calls make is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
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
from synth.deduction.calls.call import Call, Function
from synth.deduction.calls.distinct import Distinct
from synth.deduction.calls.forms import Form
from synth.deduction.calls.found import found, meaning
from synth.deduction.calls.programs import programs
from synth.deduction.calls.solved import SOLVED, solved
from synth.deduction.calls.values import MEANINGS, NEEDED, SIZES, Lists, Values
from synth.deduction.shown import Shown
from synth.deduction.vectors import Tally
from synth.engines import Candidate
from synth.engines.deduction import CELLS, DeductionEngine, shown_by
from synth.language.semantics import evaluate
from synth.problem import resolve
from tests.synth.deduction.test_forms import FORMS, LAYOUTS, MACHINE, PLAIN, ROWS, shown_of


def meant(call: Call, given: Shown) -> Values:
    """What the calls make of the inputs."""
    if call.name == "list":
        longest = LONGEST
        words = [[[*xs, *[0] * (longest - len(xs))] for xs in given.lists]]
        return Lists(np.array(words, np.uint8), np.array([[*map(len, given.lists)]]))
    if call.name == "number":
        return given.memory[None, :, call.place]
    if call.name == "constant":
        return np.full((1, len(given.memory)), call.place, np.uint8)
    args = [meant(arg, given) for arg in call.args]
    assume(call.name not in NEEDED or NEEDED[call.name](*args).all())
    assume(call.name not in SIZES or (SIZES[call.name](*args) <= LONGEST).all())
    return MEANINGS[call.name](given.words, call.function, *args)


LONGEST = 12
ENOUGH = 60.0
"""Bits."""
LIST, NUMBER, ONE = Call("list"), Call("number"), Call("constant", place=1)


def made_by(kind: str, args: Mapping[str, st.SearchStrategy[Call]]) -> st.SearchStrategy[Call]:
    """Calls that make such."""

    def of(form: Form) -> st.SearchStrategy[Call]:
        return st.tuples(*(args[kind] for kind in form.takes)).map(form.call)

    return st.sampled_from([form for form in FORMS if form.gives == kind]).flatmap(of)


NUMBERS = st.sampled_from([NUMBER, *(Call("constant", place=k) for k in (1, 2, 3))])
NONE = {"L": st.just(LIST), "N": NUMBERS}
SOME = {"L": NONE["L"] | made_by("L", NONE), "N": NUMBERS | made_by("N", NONE)}
LARGEST_BY_SORTING = Call("last", (Call("sort", (LIST,)),))
ONCE = Call("once", (LIST,))
BELOW = Function("(sub {y} {x})")


@settings(max_examples=25, deadline=None)
@given(call=made_by("L", SOME), layout=st.sampled_from(LAYOUTS))
@example(Call("map", (LIST, LARGEST_BY_SORTING), BELOW), "prefixed")  # a list that is gone
@example(Call("map", (ONCE, Call("last", (ONCE,))), BELOW), "prefixed")  # one that is used twice
def test_a_program_does_what_the_calls_mean(call: Call, layout: str):
    """One of the first of them: a list that ends with a 0 may be thought to have none before; and
    a map of what is sorted, for what is sorted of a map, comes later."""
    seen = shown_of(layout, [xs for _, xs in ROWS])
    lists = meant(call, seen)
    assert isinstance(lists, Lists)
    wanted = [lists.words[0, i, :n].tolist() for i, n in enumerate(lists.size[0].tolist())]
    assume(seen.counted or all(map(all, wanted)))
    each = [*islice(programs(seen, call), 1 if seen.counted else None)]

    def does(statements: tuple[Term, ...]) -> bool:
        for memory, ys in zip(seen.memory.tolist(), wanted, strict=True):
            outcome = evaluate(Term("do", statements), memory, seen.words, language=seen.language)
            after, at = outcome.memory, seen.first
            if [*after[at : at + len(ys)]] != ys:
                return False
            if (after[at - 1] != len(ys)) if seen.counted else after[at + len(ys)]:
                return False
        return True

    assert not each or any(map(does, each))


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
    "a number, as the only element": lambda n, xs: [1 + sum(x for x in xs if x % 2)],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", TASKS)
def test_what_a_few_calls_make_is_found(name: str, layout: str):
    assert is_found(TASKS[name], layout, DeductionEngine(most=0, further=()))


def test_where_nothing_is_right_more_bits_are_allowed(monkeypatch):
    monkeypatch.setattr("synth.engines.deduction.opened", lambda *_: ())
    task, few = TASKS["one call, at once"], partial(DeductionEngine, most=0, opened=0, composed=2)
    assert not is_found(task, "prefixed", few(further=(3,)))
    assert is_found(task, "prefixed", few(further=(3, 10)))


def is_found(answer: Callable[..., Any], layout: str, engine: DeductionEngine) -> bool:
    """Whether that which it believes is right on lists that it was not shown."""
    random = Random(0)

    def example() -> dict[str, Any]:
        n, xs = random.randint(1, 4), [random.randint(2, 6) for _ in range(random.randint(2, 6))]
        return {"inputs": [n, xs], "output": answer(n, xs)}

    examples, holdout = ([example() for _ in range(count)] for count in (8, 12))
    parts = {"layout": layout, "examples": examples, "holdout": holdout}
    spec = convert_spec({"machine": MACHINE, **parts})
    problem = resolve(spec)
    events = engine(problem, Budget(seconds=1_000, terms=400_000), 0)
    answers = (e for e in events if isinstance(e, Candidate) and not e.tentative)
    best = next(answers, None)
    return best is not None and verify(best.program, spec.holdout, spec.machine).correct


def test_a_call_that_occurs_twice_is_counted_once():
    squares = [[(x + 1) ** 2 % 40 for x in xs] for _, xs in ROWS]
    seen, tally = shown_of("prefixed", squares), Tally()
    calls = [call for call in found(seen, tally, ENOUGH, 17) if call is not None]
    (call,) = [call for call in calls if call.name == "zip"]
    assert call.number == 2
    assert call.args[0] == call.args[1]
    assert 0 < tally.tried <= 100_000


def calls_of(rows: Sequence[tuple[int, list[int]]], output: Callable[..., Any], bits: int):
    """The calls found for such rows, and how many values were computed."""
    examples = [{"inputs": [n, xs], "output": output(n, xs)} for n, xs in rows]
    spec = convert_spec({"machine": MACHINE, "layout": "prefixed", "examples": examples})
    seen, tally = shown_by(resolve(spec)), Tally()
    assert seen is not None
    return [call for call in found(seen, tally, ENOUGH, bits) if call is not None], tally.tried


def test_the_last_call_is_not_valued_where_it_makes_lists_of_another_length():
    _, alike = calls_of(ROWS, lambda n, xs: [x * x * x % 40 for x in xs], 12)
    least, _ = calls_of(ROWS, lambda n, xs: [min(xs)], 11)
    assert Call("take", (Call("sort", (LIST,)), ONE)) in least  # calls on the way may
    _, other = calls_of(ROWS, lambda n, xs: [min(xs), max(xs)], 12)
    assert 0 < other < alike


ZEROS = [(n, [n + 4, 0, 0, 0, 0]) for n in (2, 1, 3, 4)]
"""Of their first elements as many as one likes are the same but for the length."""


def test_lists_that_differ_by_zeros_at_their_end_are_told_apart():
    made, _ = calls_of(ZEROS, lambda n, xs: xs[:n][::-1], 12)
    assert Call("reverse", (Call("take", (LIST, NUMBER)),)) in made
    made, _ = calls_of(ZEROS, lambda n, xs: xs[:n], 8)
    assert made[0] == Call("take", (LIST, NUMBER))


def test_a_number_that_is_the_same_on_all_examples_is_none_to_go_on_with():
    """The constants are there already: sums of these would be tried with everything."""
    numbers = np.array([[3, 3, 3], [1, 2, 3], [3, 1, 2], [1, 2, 3]], np.uint8)
    assert Distinct(numbers[:0]).fresh(numbers).tolist() == [1, 2]


def test_values_are_computed_some_at_a_time_on_the_first_examples(monkeypatch):
    examples = [{"inputs": [1, [2, i % 7, 3]], "output": [3, i % 7, 2]} for i in range(2_000)]
    problem = resolve(
        convert_spec({"machine": MACHINE, "layout": "prefixed", "examples": examples})
    )
    seen = shown_by(problem)
    assert seen is not None
    assert len(seen.memory) == CELLS // len(problem.examples[0].words)
    raised = [[2 * (x + 1) for x in xs] for _, xs in ROWS]
    whole = [call for call in found(shown_of("prefixed", raised), Tally(), ENOUGH, 15) if call]
    monkeypatch.setattr("synth.deduction.calls.found._WORDS_AT_ONCE", 100)
    parts = [call for call in found(shown_of("prefixed", raised), Tally(), ENOUGH, 15) if call]
    assert whole == parts


@settings(max_examples=20, deadline=None)
@given(call=made_by("L", SOME), form=st.sampled_from([f for f in FORMS if f.name in SOLVED]))
def test_the_number_that_a_last_call_takes_is_solved_for(call: Call, form: Form):
    """All numbers are told that make what is wanted, and no others."""
    seen = shown_of("prefixed", [xs for _, xs in ROWS])
    lists, every = meant(call, seen), np.arange(40, dtype=np.uint8)
    numbers = np.concatenate([seen.memory[None, :, 0], np.repeat(every[:, None], len(ROWS), 1)])
    assert isinstance(lists, Lists)
    assume(form.takes == "LN")
    wanted = meaning(40, form, (lists, numbers[:1]))
    assert isinstance(wanted, Lists)
    told = {n for own, i, n in solved(40, FORMS, lists, wanted, numbers) if own == form}
    made = [meaning(40, form, (lists, numbers[n : n + 1])) for n in range(41)]
    assert told == {n for n, own in enumerate(made) if same(own, wanted)}


def same(one: Values, other: Values) -> bool:
    assert isinstance(one, Lists)
    assert isinstance(other, Lists)
    return (one.words == other.words).all() and (one.size == other.size).all()


def test_a_composition_may_be_dearer_than_those_that_are_tried_if_its_number_is_solved_for():
    made, tried = calls_of(ROWS, lambda n, xs: [x % 5 for x in [xs[0], *xs]], 14)
    own = Call("map", (Call("insert", (LIST, Call("head", (LIST,)), Call("constant"))), FIVE), MOD)
    assert own in made
    assert tried < 10_000


FIVE, MOD = Call("constant", place=5), Function("(mod {x} {y})")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_list_that_is_used_twice_is_made_first(layout: str):
    seen = shown_of(layout, [xs for _, xs in ROWS])
    call = Call("map", (ONCE, Call("last", (ONCE,))), BELOW)
    assert next(programs(seen, call), None)
