"""Deduction: words are what they say; what a loop must compute is found, and nothing by chance."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate, islice, pairwise, takewhile
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest

from bridge import run, verify
from bridge.loading import convert_spec
from bridge.spec import Budget, Spec
from bridge.term import Term
from synth.deduction.features import features
from synth.deduction.frames import frames
from synth.deduction.moved import Moved
from synth.deduction.openings import openings
from synth.deduction.search import OPENING_WORK
from synth.deduction.shown import after
from synth.deduction.vectors import Expressions, Leaf, Tally, bits
from synth.engines import Candidate, Note, Spent
from synth.engines.base import AMBIGUOUS
from synth.engines.deduction import DeductionEngine, shown_by
from synth.language import check_term, language_for
from synth.language.semantics import TermState
from synth.problem import resolve
from tests.cases import TABLE1

ARITHMETIC = language_for("arithmetic", by_lists=True)


def spec_of(
    answer: Callable[..., Any],
    *,
    inputs: int = 1,
    numbers: int = 0,
    low: int = 1,
    least: int = 1,
    count: int = 8,
) -> Spec:
    """Some examples and eight held-out ones of a function of numbers, then lists; where a list may
    hold 0, lists begin with their length."""
    random = Random(0)

    def example() -> dict[str, Any]:
        size = random.randint(low, 6)
        given: list[Any] = [random.randint(1, 4) for _ in range(numbers)]
        given += [[random.randint(least, 9) for _ in range(size)] for _ in range(inputs)]
        key, value = ("inputs", given) if len(given) > 1 else ("input", given[0])
        return {key: value, "output": answer(*given)}

    examples, holdout = ([example() for _ in range(size)] for size in (count, 8))
    sizes = {"words": 40, "registers": 8, "lines": 32, "steps": 1024}
    machine = {**sizes, "instructions": "arithmetic"}
    layout = "terminated" if least else "prefixed"
    given = {"machine": machine, "layout": layout, "examples": examples, "holdout": holdout}
    return convert_spec(given)


def solved(spec: Spec, most: int = 1_000_000) -> Candidate | None:
    """What the engine offers first: after a quarter of the work, where that is enough."""
    problem = resolve(spec)
    for terms in (most // 4, most):
        for event in DeductionEngine()(problem, Budget(terms=terms), 0):
            if isinstance(event, Candidate):
                return event
    return None


TASKS: dict[str, tuple[Callable[..., Any], dict[str, int]]] = {
    "map": (lambda xs: [2 * x + 1 for x in xs], {}),
    "map by place": (lambda xs: [x + i for i, x in enumerate(xs, 1)], {}),
    "map by a number": (lambda k, xs: [x % (k + 1) for x in xs], {"numbers": 1}),
    "scan": (lambda xs: [sum(xs[: i + 1]) % 40 for i in range(len(xs))], {}),
    "neighbours": (lambda xs: [max(a, b) for a, b in pairwise(xs)], {}),
    "zip": (lambda xs, ys: [x + 2 * y for x, y in zip(xs, ys, strict=False)], {"inputs": 2}),
    "filter": (lambda xs: [x for x in xs if x > 4], {"low": 0}),
    "filter by place": (lambda xs: xs[::2], {}),
    "count": (lambda xs: sum(x % 2 for x in xs), {}),
    "sum of words": (lambda xs: [sum(min(x, 4) for x in xs)], {}),
    "around": (lambda xs: [7, *xs[1:], len(xs), xs[0]], {}),
    "left out": (lambda xs: [*xs[:1], *xs[2:-1]], {"low": 3}),
    "ends": (lambda xs: [xs[-1], max(xs)], {}),
    "all that is said": (lambda xs: [max(xs), xs[-1], len(xs), xs[0], min(xs)], {}),
    "a word": (lambda k, xs: xs[0] * k, {"numbers": 1}),
    "element": (lambda k, xs: (xs * 4)[k] if k < len(xs) else 0, {"numbers": 1}),
    "doubled": (lambda k, xs: [y for x in xs for y in (x, x + k)], {"numbers": 1, "low": 0}),
    "made": (lambda xs: [*range(xs[0], xs[0] + len(xs) * 2, 2)], {}),
    "one after the other": (lambda xs, ys: [*xs, *ys], {"inputs": 2}),
    "first ones, then": (lambda xs: xs[3:5], {"low": 0}),
    "sorted, then": (lambda xs: [x // 2 for x in sorted(xs)], {}),
    "as far as the first says": (lambda xs: xs[1 : 1 + xs[0] % 4], {"low": 4, "count": 14}),
    "behind a number": (lambda k, xs: xs[k // 2 :], {"numbers": 1, "low": 2}),
    "from least to largest": (lambda xs: [*range(min(xs), max(xs) + 1)], {}),
    "one of two pieces": (lambda xs: xs[1:] if xs[0] < xs[1] else xs[:-1], {"low": 2, "count": 14}),
    "one of two words": (lambda k, xs: [7 if k > 2 else 3, *xs], {"numbers": 1, "count": 14}),
    "constants": (lambda xs: [18, 37, 29, 33, 14], {}),
    "with the other side": (lambda xs: [x + y for x, y in zip(xs, xs[::-1], strict=True)], {}),
    "greater ones": (lambda xs: [sum(y > x for y in xs) for x in xs], {}),
    "above all before": (lambda xs: [x for i, x in enumerate(xs) if x > max([0, *xs[:i]])], {}),
    "sum of the highest so far": (lambda xs: sum(accumulate(xs, max)) % 40, {}),
    "places": (lambda xs: [i for i, x in enumerate(xs, 1) if x % 3 == 0], {}),
    "kept, then": (lambda xs: [x // 2 for x in xs if x > 3], {}),
    "twice": (lambda xs: [*xs, *xs], {"low": 0}),
    "repeated": (lambda xs: [x for x in xs for _ in range(x // 3)], {}),
    "one more": (
        lambda k, xs: [*xs[: k - 1], max(xs), *xs[k - 1 :]],
        {"numbers": 1, "low": 4, "count": 14},
    ),
    "another one": (
        lambda k, xs: [*xs[: k - 1], xs[k - 1] + 2, *xs[k:]],
        {"numbers": 1, "low": 4, "count": 14},
    ),
    "one less, if there": (lambda k, xs: [*xs[:k], *xs[k + 1 :]], {"numbers": 1, "count": 14}),
    "a piece less": (lambda k, xs: [*xs[1:k], *xs[k + 2 :]], {"numbers": 1, "low": 6, "count": 14}),
    "sorted, but with the last one": (
        lambda xs: [x + xs[-1] for x in sorted(xs)],
        {"low": 3},
    ),
    "between": (lambda xs: [x for x in xs if xs[0] < x < 8], {"low": 4, "count": 14}),
    "either": (
        lambda xs: [2 * x if x > 7 or x == xs[1] else x for x in xs],
        {"low": 4, "count": 14},
    ),
    "greatest word": (
        lambda k, xs: [max(x % (k + 3) for x in xs) + 1],
        {"numbers": 1, "count": 14},
    ),
    "above the first, then below": (
        lambda xs: [x for x in xs if x > xs[0]] + [x for x in xs if x < xs[0]],
        {"low": 3, "count": 12},
    ),
    "sorted, then as it was": (lambda xs: sorted(xs) + xs, {}),
    "each second, then the others down": (lambda xs: xs[::2] + xs[1::2][::-1], {}),
    "the least, then the others": (
        lambda xs: [min(xs)] + [x for x in xs if x != min(xs)],
        {"low": 2, "count": 12},
    ),
    "a word, then a map": (lambda xs: [len(xs), *(2 * x + 1 for x in xs)], {}),
    "sorted, but for some": (
        lambda xs: sorted(x for i, x in enumerate(xs) if i not in (0, 1, 4)),
        {"low": 5, "count": 12},
    ),
    "each and its counterpart": (
        lambda xs: [z for pair in zip(xs, xs[::-1], strict=True) for z in pair],
        {},
    ),
}


WITH_ZEROS = ("map by place", "neighbours", "zip", "filter", "sum of words", "around", "left out",
              "doubled", "made", "one after the other", "sorted, then",
              "one more", "one less, if there",
              "one of two pieces", "constants", "with the other side", "kept, then",
              "twice", "repeated")  # fmt: skip
"""Those that are tried with lists that hold zeros, too."""


@pytest.mark.parametrize(
    ("name", "least"), [*((name, 1) for name in TASKS), *((name, 0) for name in WITH_ZEROS)]
)
def test_what_a_loop_must_compute_is_read_off(name, least):
    answer, drawn = TASKS[name]
    spec = spec_of(answer, **drawn, least=least)
    found = solved(spec)
    assert found is not None
    check_term(found.term, language=resolve(spec).language)
    verdict = verify(found.program, spec.holdout, spec.machine)
    assert (verdict.passed, verdict.total) == (8, 8)


def test_nothing_is_found_by_chance():
    """One bit an example tells too little, and a random output nothing."""
    noise = Random(1)
    assert solved(spec_of(lambda xs: noise.random() < 0.5), 60_000) is None
    assert solved(spec_of(lambda xs: [noise.randint(1, 30) for _ in xs]), 60_000) is None


def test_words_are_what_they_say():
    random, b = np.random.default_rng(0), 11
    memory = random.integers(0, b, (5, b)).astype(np.uint8)
    leaves = [Leaf(3, 2, np.full(5, 3, np.uint8)), Leaf("x", 1, memory[:, 1])]
    tally = Tally()
    made = Expressions(leaves, ARITHMETIC, b, tally, 20_000, memory)
    seen, costs = set[bytes](), []
    for low, values, _ in made.parts():
        for i, row in islice(enumerate(values), 0, None, 37):
            term = made.term(low + i)
            states = (
                TermState(cells.tolist(), b, variables={"x": int(cells[1])}, language=ARITHMETIC)
                for cells in memory
            )
            assert [state.word(term) for state in states] == row.tolist()
            costs.append(sum(2 if t == 3 else 1 for t in _parts(term)))
        seen.update(row.tobytes() for row in values)
        assert sum(len(part) for _, part, _ in made._parts) == len(seen)
    assert costs == sorted(costs)
    assert tally.tried == made.tried >= 20_000
    assert bits([0, 0, 1, 1]) == 4
    assert bits([7, 7]) == 0


def _parts(term) -> list[Any]:
    return [*term.subterms()] if isinstance(term, Term) else [term]


def test_numbers_alone_show_no_lists():
    assert shown_by(resolve(spec_of(lambda k: k + 1, inputs=0, numbers=1))) is None
    assert shown_by(resolve(spec_of(lambda k: [k], inputs=0, numbers=1))) is not None


def test_openings_are_calls_of_the_language():
    given = shown_by(resolve(spec_of(lambda k, xs, ys: xs, inputs=2, numbers=1)))
    assert given is not None
    found = [*openings(given)]
    assert len(found) > 15
    for opening in found:
        then = after(given, Term("do", opening))
        assert then is None or (then.memory[:, : given.first] == given.memory[:, :2]).all()


def test_frames_are_of_all_examples():
    given = shown_by(resolve(spec_of(lambda xs: [5, *xs[1:]], low=2)))
    assert given is not None
    assert any(frame.cut == 1 and frame.front == ((5,) * 8,) for frame in frames(given))
    for frame in frames(given):
        for e, xs in enumerate(given.lists):
            piece = xs[frame.cut : len(xs) - frame.ending] if frame.cut >= 0 else ()
            words = ([part[e] for part in side] for side in (frame.front, frame.back))
            front, back = words
            assert (*front, *piece, *back) == given.wanted[e]


def test_it_keeps_to_its_budget_and_says_what_it_is_not_for():
    spec = spec_of(lambda xs: [x * x * x % 37 for x in xs])
    for terms in (0, 1000, 20_000):
        events = [*DeductionEngine()(resolve(spec), Budget(terms=terms), 0)]
        spent = sum(e.work.terms for e in events if isinstance(e, Spent))
        assert max(0, terms - OPENING_WORK) <= spent <= terms
    (note,) = DeductionEngine()(resolve(TABLE1["map_inc"].spec), Budget(), 0)
    assert isinstance(note, Note)
    assert "whose input or output is a list" in note.text
    assert "use the ladder" in note.text


def test_rivals_are_right_and_tell_themselves_apart():
    xs = np.array([1, 2, 3, 6, 7], np.uint8)
    leaves = [Leaf("x", 1, xs), *(Leaf(k, 2, np.full(5, k, np.uint8)) for k in range(8))]

    def goal(values):
        return ((values != 0) == (xs > 4)).all(1)

    made = Expressions(leaves, ARITHMETIC, 16, Tally(), 3_000)
    words = [*made.rivals(goal, tests=True)]
    kept = [
        tuple(
            TermState([], 16, variables={"x": x}, language=ARITHMETIC).word(w) != 0
            for x in range(1, 8)
        )
        for w in words
    ]
    assert {tuple(x > most for x in range(1, 8)) for most in (3, 4, 5)} <= {*kept}
    assert len({*kept}) == len(kept)
    assert all(row[:3] == (False,) * 3 and row[5:] == (True,) * 2 for row in kept)
    assert len([*made.rivals(goal)]) >= len(words)


@pytest.mark.parametrize("bits", [20, 0], ids=["one call", "a loop"])
def test_where_others_are_as_likely_it_says_so_by_an_input(bits):
    lists = [[1, 9, 2], [8, 3, 3], [9, 1, 8, 2], [3, 8], [2, 9, 9, 1], [1, 3, 9], [8, 2, 1]]
    examples = [{"input": xs, "output": [x for x in xs if x > 5]} for xs in lists]
    machine = {"words": 40, "registers": 8, "lines": 32, "instructions": "arithmetic"}
    given = resolve(convert_spec({"machine": machine, "examples": examples}))
    engine = DeductionEngine(composed=bits)
    events = [*islice(engine(given, Budget(terms=50_000), 0), 200)]
    note = next(event for event in events if isinstance(event, Note))
    at = events.index(note)
    first, *others = (e for e in events[at:] if isinstance(e, Candidate) and not e.tentative)
    assert AMBIGUOUS in note.text
    told = re.search(r"inputs \[(.*)\] this program makes (.*), another (.*); an", note.text)
    assert told is not None
    xs, one, other = map(json.loads, told.groups())
    layout = given.lists
    assert layout is not None

    def made(candidate):
        outcome = run(candidate.program, layout.memory([xs]), given.machine)
        return layout.output_in(outcome.memory, [xs])

    assert made(first) == one
    assert other in map(made, others)
    assert one != other


def test_simple_words_are_held_against_compositions():
    """All but the second element; or those that don't equal it, which nothing here tells."""
    random = Random(3)
    lists = [random.sample(range(1, 20), random.randint(2, 6)) for _ in range(10)]
    twice = [[4, 5, 5], [7, 1, 1, 7], [2, 2, 3]]
    examples, holdout = (
        [{"input": xs, "output": xs[:1] + xs[2:]} for xs in some] for some in (lists, twice)
    )
    machine = {"words": 40, "registers": 8, "lines": 32, "instructions": "arithmetic"}
    spec = convert_spec({"machine": machine, "examples": examples, "holdout": holdout})
    candidates = (
        e for e in DeductionEngine()(resolve(spec), Budget(), 0) if isinstance(e, Candidate)
    )
    answer = next(e for e in candidates if not e.tentative)
    assert verify(answer.program, spec.holdout, spec.machine).correct


@pytest.mark.parametrize("least", [0, 1])
def test_what_is_said_of_an_element_among_others_is_what_its_statements_make(least):
    given = shown_by(resolve(spec_of(lambda xs: xs, least=least)))
    assert given is not None
    moved = Moved(given, features(given), Tally(), 1)
    assert len(moved.parts) == 16
    for part in moved.parts:
        word = Term("inc", (part.term,))
        made = after(given, Term("do", moved.program([word], moved.emit(word))))
        assert made is not None
        for xs, ys in zip(given.lists, made.lists, strict=True):
            said = [(value + 1) % given.words for value in part.of(xs)]
            assert list(ys) == (said if given.counted else [*takewhile(bool, said)]), part.name


def test_what_doesnt_fit_the_machine_is_told():
    """And fits where the machine is as large as the note says."""
    spec = spec_of(lambda xs: [9, 3, 7, *xs, 8])

    def events(**sizes: int) -> list[Candidate | Note]:
        machine = msgspec.structs.replace(spec.machine, **sizes)
        problem = replace(resolve(spec), machine=machine)
        made = DeductionEngine()(problem, Budget(terms=100_000), 0)
        return [event for event in made if isinstance(event, Candidate | Note)]

    *_, note = events(lines=16)
    assert isinstance(note, Note)
    told = re.search(r"doesn't fit: raise machine.lines \(now 16\) to (\d+)", note.text)
    assert told
    assert isinstance(events(lines=int(told[1]))[0], Candidate)
    assert not any(isinstance(event, Candidate) for event in events(lines=int(told[1]) - 1))
