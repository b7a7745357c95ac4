"""Words that are right on some examples, joined by branches."""

from __future__ import annotations

from functools import reduce
from itertools import product
from operator import or_
from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import synth
from bridge import verify
from bridge.loading import convert_spec
from bridge.spec import Budget
from bridge.term import Term
from synth.divide.join import _Search, join
from synth.divide.linear import Sum, weighted_sums
from synth.divide.tests import find_tests
from synth.divide.tree import BRANCH, Branch, trees
from synth.divide.values import Values
from synth.engines import Candidate, Note, engine_name
from synth.engines.divide import DivideEngine
from synth.engines.ladder import CORRECT
from synth.language import language_for
from synth.language.semantics import TermState
from synth.problem import resolve

WORDS = 16
LANGUAGE = language_for("arithmetic")


def spec(function, inputs, *, seed=0, top=12, **machine):
    """Ten examples of a function of numbers, and 20 held out."""
    random = Random(seed)
    rows = [[random.randrange(top) for _ in range(inputs)] for _ in range(30)]
    examples = [{"inputs": row, "output": function(*row)} for row in rows]
    return convert_spec(
        {
            "machine": {"instructions": "arithmetic", "registers": 8, "lines": 32} | machine,
            "examples": examples[:10],
            "holdout": [e for e in examples[10:] if e not in examples[:10]],
        }
    )


def grown(inputs, cost, most=1 << 40):
    values = Values(np.array(inputs, np.uint8), WORDS, LANGUAGE, {7: 2}, most)
    for c in range(1, cost + 1):
        sum(values.grow(c))
    return values


@given(st.lists(st.tuples(*[st.integers(0, WORDS - 1)] * 2), min_size=1, max_size=4))
def test_words_have_the_values_that_they_mean(rows):
    values = grown(np.array(rows).T, 3)
    for number in range(0, len(values), 7):
        term = values.term(number)
        meant = [TermState([*r], WORDS, language=LANGUAGE).word(term) for r in rows]
        assert values.values[number].tolist() == meant
    kinds = {(*row, uses) for row, uses in zip(values.values.tolist(), values.uses, strict=True)}
    assert len(kinds) == len(values)


@given(st.lists(st.tuples(*[st.integers(0, WORDS - 1)] * 2), min_size=1, max_size=4))
def test_a_word_uses_the_inputs_that_its_parts_use_but_none_where_it_never_differs(rows):
    values = grown(np.array(rows).T, 3)

    def uses(term):
        if not isinstance(term, Term):
            return 0
        if term.op == "load":
            return 1 << term.args[0]
        states = (TermState([*r], WORDS, language=LANGUAGE) for r in rows)
        constant = len({state.word(term) for state in states}) == 1
        return 0 if constant else reduce(or_, map(uses, term.args))

    for number in range(0, len(values), 5):
        assert values.uses[number] == uses(values.term(number))


def number_of(values, term):
    return next(n for n in range(len(values)) if str(values.term(n)) == term)


def test_what_wraps_around_costs_more():
    rows = np.array([[3, 5, 9, 15, 2], [4, 1, 2, 11, 6]], np.uint8)
    values = grown(rows, 5)
    assert values.costs[number_of(values, "(dec (load 0))")] == 2
    assert values.costs[number_of(values, "(inc (load 0))")] == 5  # 15 + 1 is no word
    assert (np.diff(values.costs) >= 0).all()
    signed = Values(rows, WORDS, LANGUAGE, signed=True)
    for cost in (1, 2):
        sum(signed.grow(cost))
    assert signed.costs[number_of(signed, "(inc (load 0))")] == 2  # -1 + 1 is 0


def test_a_tests_answer_that_counts_as_a_number_costs_more_but_not_in_a_sum_of_such():
    values = grown([[3, 5, 9, 14, 2], [4, 1, 2, 11, 6]], 4)
    names = "(less (load 0) (load 1))", "(less (load 0) 7)", "(load 0)"
    answer, other, word = (number_of(values, name) for name in names)
    sums = values.values[answer] + values.values[[other, word]]
    for wanted in sums.astype(np.int64):
        sum(values.join(np.array([answer]), np.array([other, word]), wanted))
    costs = {str(values.term(n)): values.costs[n] for n in range(len(values))}
    assert costs[f"(add {names[0]} {names[1]})"] == 3 + 4 + 1
    assert costs[f"(add {names[0]} {names[2]})"] == 3 + 1 + 1 + 3


def test_joined_words_mean_what_they_say_and_the_cheapest_is_kept():
    rows = np.array([[1, 2, 3, 9], [4, 0, 2, 9], [1, 1, 5, 0]])
    values, wanted = grown(rows, 3), rows.max(0)
    few = np.flatnonzero(values.costs <= 1)
    sum(values.join(np.arange(len(values)), few, wanted))
    right = np.flatnonzero((values.values == wanted).all(1) & (values.uses == 7))
    best = right[values.costs[right].argmin()]
    assert values.costs[best] == 5
    state = TermState([3, 9, 2], WORDS, language=LANGUAGE)
    assert state.word(values.term(int(best))) == 9


def test_no_more_are_valued_than_may_be():
    assert grown([[1, 2], [3, 4]], 6, most=500).executed == 500


def cost_of(tree, right_costs, test_costs):
    if not isinstance(tree, Branch):
        return right_costs[tree]
    parts = sum(cost_of(t, right_costs, test_costs) for t in (tree.then, tree.otherwise))
    return parts + test_costs[tree.test] + BRANCH


def fits(tree, subset, right, tests):
    if not isinstance(tree, Branch):
        return subset & ~right[tree] == 0
    inside = subset & tests[tree.test]
    return fits(tree.then, inside, right, tests) and fits(
        tree.otherwise, subset & ~inside, right, tests
    )


def by_hand(subset, depth, words, tests):
    """The cost of the cheapest tree, by trying all."""
    costs = [cost for mask, cost in words if subset & ~mask == 0]
    if depth:
        for mask, cost in tests:
            if 0 < (inside := subset & mask) < subset:
                parts = [by_hand(s, depth - 1, words, tests) for s in (inside, subset & ~mask)]
                costs += [sum(parts) + cost + BRANCH] if None not in parts else []
    return min(costs, default=None)


masks = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 9)), min_size=1, max_size=6)


@given(masks, masks)
def test_trees_are_right_and_the_cheapest(words, tests):
    arrays = [np.array(column) for pairs in (words, tests) for column in zip(*pairs, strict=True)]
    found = list(trees(5, *arrays, 2))
    right, right_costs, masks, test_costs = (a.tolist() for a in arrays)
    for cost, tree in found:
        assert fits(tree, 31, right, masks)
        assert cost_of(tree, right_costs, test_costs) == cost
    best = min((cost for cost, _ in found), default=None)
    by_tree = [by_hand(31, 2, words, tests)] if best is not None else []
    alone = [cost for mask, cost in words if mask == 31]
    assert by_tree == ([] if best is None else [min([best, *alone])])


def test_weighted_sums_are_found_where_half_of_the_examples_follow_them():
    random = np.random.default_rng(0)
    inputs = random.integers(0, 12, (3, 10)).astype(np.uint8)
    sums = Sum(4, (3, 0, -2)), Sum(0, (0, 1, 1))
    made = [s.values(inputs, 128) for s in sums]
    wanted = np.where(np.arange(10) % 2, *made)
    usual = made[0] < 64  # a difference below 0 wraps around, and is no whole sum
    wanted = np.where(usual | (np.arange(10) % 2 == 0), wanted, made[1])
    found = list(weighted_sums(inputs, wanted, LANGUAGE))
    assert sums[1] in found
    for one in found:
        state = TermState([*map(int, inputs[:, 0])], 128, language=LANGUAGE)
        assert state.word(one.term()) == one.values(inputs, 128)[0]
        assert (one.values(inputs, 128) == wanted).sum() > sum(map(bool, one.weights)) + 1


@pytest.mark.parametrize(
    ("weight", "right", "counts"), [(2, 4, True), (2, 3, True), (2, 2, False), (16, 4, True),
    (17, 4, False)],
)  # fmt: skip
def test_a_sum_counts_by_one_example_more_than_determine_it(weight, right, counts):
    inputs = np.array([[1, 2, 5, 7]], np.uint8)
    line = weight * inputs[0].astype(np.int64) + 3
    wanted = np.where(np.arange(4) < right, line, 0)
    assert (Sum(3, (weight,)) in weighted_sums(inputs, wanted, LANGUAGE)) == counts


def test_sums_cost_what_their_words_do():
    assert [Sum(*of).cost({}) for of in [(0, (1,)), (1, (1,)), (0, (1, 1)), (0, (-1,))]] == [
        1, 3, 3, 3,
    ]  # fmt: skip


def test_an_input_that_is_not_used_costs():
    rows = np.array([[3, 5, 9, 14], [1, 2, 4, 6]], np.uint8)
    values = grown(rows, 3)
    found = _Search(values, rows[0].astype(np.int64), [], len(values)).cheapest()[0]
    assert str(found.statements(0)[0]) == "(store 0 (max (load 0) (load 1)))"


def test_an_input_that_only_a_test_uses_is_used():
    """It costs what its two words, the test and the branch cost, and nothing besides."""
    rows = np.array([[3, 12, 4, 6, 5, 11, 14, 2], [1, 2, 3, 0, 8, 9, 10, 13]], np.uint8)
    values = grown(rows, 3)
    wanted = np.where(rows[1] < 7, rows[0], 0).astype(np.int64)
    found = _Search(values, wanted, [], len(values)).cheapest()[0]
    words = "(do (store 0 (load 0))) (do (store 0 0))"
    assert str(found.statements(0)[0]) == f"(if-zero (less 7 (load 1)) {words})"
    assert found.cost == (1 + 1) + (1 + 1 + 2) + BRANCH


def test_tests_hold_where_they_say():
    values = grown([[1, 2, 7, 9], [4, 0, 2, 9]], 3)
    tests = find_tests(values, len(values), [0, 1, 2, 3], 3, 1000)
    assert (np.diff(tests.costs) >= 0).all()
    for number, mask in enumerate(tests.masks.tolist()):
        holds = tests.holds(number, values)
        assert sum(1 << i for i in np.flatnonzero(holds)) == mask
        for i, row in enumerate(values.inputs.T):
            state = TermState([*map(int, row)], WORDS, language=LANGUAGE)
            assert (state.word(tests.term(number, values)) != 0) == holds[i]


@pytest.mark.parametrize(
    ("function", "inputs", "seed"),
    [
        (lambda x, y, z: max(x, y, z), 3, 0),
        (lambda x, y: x if x < y else x + y + 7, 2, 0),
        (lambda x, y: 5 * x + 3 * y + 2 if x >= 3 else 3 * x + 1, 2, 2),
        (lambda x, y, z: (x < z) + (y < z), 3, 0),
        (lambda x, y, z: x + y if x + y > 12 else y + z if y + z > 12 else 0, 3, 0),
    ],
    ids=["greatest", "by order", "weighted", "counted", "first"],
)
def test_numbers_make_a_number(function, inputs, seed):
    given = spec(function, inputs, seed=seed)
    solution = synth.solve(given, engine="divide", seconds=1_000)
    assert solution.result is synth.Result.VERIFIED
    assert solution.found_by == "divide"


def test_where_others_are_as_likely_it_says_so():
    """The number is above 7, or at least 9: no example tells."""
    examples = [{"inputs": [x, 5], "output": x if x > 7 else 5} for x in (1, 2, 6, 9, 12, 14)]
    machine = {"instructions": "arithmetic", "words": 32, "lines": 32}
    given = convert_spec({"machine": machine, "examples": examples})
    events = list(DivideEngine()(resolve(given), Budget(), 0))
    first = next(i for i, event in enumerate(events) if isinstance(event, Candidate))
    (note,) = (event for event in events[:first] if isinstance(event, Note))
    assert "about as likely: from inputs [" in note.text
    programs = [event.program for event in events[first:]]
    assert len({*programs}) == len(programs) > 1  # all of them, where more are wanted
    assert all(verify(p, given.examples, given.machine).correct for p in programs)


@pytest.mark.parametrize(("count", "tentative"), [(4, True), (10, False)])
def test_what_few_examples_say_is_no_reason_to_stop(count, tentative):
    """The same program, of four examples and of ten: three numbers, by order of the inputs."""
    given = spec(lambda x, y: x if x < y else x + y + 7, 2, top=11)
    few = msgspec.structs.replace(given, examples=given.examples[:count])
    events = DivideEngine()(resolve(few), Budget(), 0)
    first = next(event for event in events if isinstance(event, Candidate))
    assert first.tentative == tentative


def test_it_is_deterministic_and_keeps_to_its_budget():
    given = spec(lambda x, y: x if x < y else x + y + 7, 2)
    one, other = (
        synth.solve(given, engine="divide", seconds=1_000, terms=60_000) for _ in range(2)
    )
    assert (one.program, one.stats.terms) == (other.program, other.stats.terms)
    assert synth.solve(given, engine="divide", seconds=1_000, terms=900).stats.terms == 900


def test_the_ladder_divides_where_numbers_make_a_number():
    (rung,) = [rung for rung in CORRECT if engine_name(rung.engine) == "divide"]
    assert rung.when(resolve(spec(lambda x, y, z: max(x, y, z), 3)))
    examples = [{"input": [3, 1], "output": 4}]
    assert not rung.when(resolve(convert_spec({"examples": examples})))


def test_examples_that_were_not_looked_at_come_in():
    """Of 20 examples the first 12 have one kind."""
    inputs = [*product([0, 1, 2], [3, 4, 5, 6]), *((9 - i, i % 3) for i in range(8))]
    examples = [{"inputs": [x, y], "output": y - x if x < y else x + y} for x, y in inputs]
    given = convert_spec({"machine": {"instructions": "arithmetic"}, "examples": examples})
    assert (
        synth.solve(given, engine="divide", seconds=1_000, terms=60_000).result
        is synth.Result.FITS_EXAMPLES
    )


def test_it_says_what_it_is_for():
    examples = [{"input": [3, 1], "output": [4, 2]}]
    (note,) = DivideEngine()(resolve(convert_spec({"examples": examples})), None, 0)
    assert isinstance(note, Note)
    assert "makes one word" in note.text


def test_words_are_valued_on_some_examples_and_executed_on_all(monkeypatch):
    """Of 90 examples the first 60 say max(x, 5), all say max(x, y)."""
    rows = [*([i % 30, 5] for i in range(60)), *([i, 29 - i] for i in range(30))]
    examples = [{"inputs": row, "output": max(row)} for row in rows]
    problem = resolve(convert_spec({"examples": examples}))
    shapes = []

    def noting(inputs, *rest):
        shapes.append(inputs.shape)
        return join(inputs, *rest)

    monkeypatch.setattr("synth.divide.join.join", noting)
    for most in (60, 61):
        events = DivideEngine(examples=most)(problem, Budget(terms=2_000), 0)
        found = [event for event in events if isinstance(event, Candidate)]
        assert shapes.pop() == (2, most)
        assert all(problem.passes(each.program) for each in found)
    assert found


def test_values_are_computed_some_at_a_time(monkeypatch):
    """What is made doesn't depend on how many."""
    rows, wanted = [[3, 12, 4, 6], [1, 2, 3, 0]], np.array([4, 12, 7, 6])
    whole = grown(rows, 4)
    monkeypatch.setattr("synth.divide.values._CHUNK", 28)
    parts = grown(rows, 4)
    for values in (whole, parts):
        sum(values.join(np.arange(9), np.arange(4), wanted))
    assert len(whole) == len(parts) > 90
    assert whole.executed == parts.executed
    assert [*map(whole.term, range(len(whole)))] == [*map(parts.term, range(len(parts)))]
