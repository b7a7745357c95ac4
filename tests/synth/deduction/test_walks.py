"""Walks: where a loop must stop is read off the examples; what is found holds on others."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

from bridge import verify
from bridge.loading import convert_spec
from bridge.spec import Budget, Example, Expect, Machine, Spec
from bridge.tests import Tests, encode_examples
from synth.deduction.vectors import Tally
from synth.deduction.walks.chain import chains
from synth.deduction.walks.search import walks
from synth.engines import Candidate, Note
from synth.engines.walks import WalksEngine, wants_a_walk
from synth.problem import resolve

WORDS = 24
MACHINE = {"words": WORDS, "registers": 6, "lines": 20, "steps": 400}
FIRST = 4
"""Where nodes begin."""

Memory = list[int]


def linked(random: Random, size: int) -> tuple[Memory, list[int], list[int]]:
    """A linked list somewhere in memory, its first node's address in cell 0; the addresses of its
    nodes, and their values, which all differ."""
    places = random.sample(range(FIRST, WORDS - 1, 2), size)
    values = random.sample(range(1, WORDS), size)
    memory = [0] * WORDS
    for here, onward, value in zip(places, [*places[1:], 0], values, strict=True):
        memory[here : here + 2] = onward, value
    memory[0] = places[0]
    return memory, places, values


def with_value(random: Random, size: int) -> tuple[Memory, int]:
    memory, places, values = linked(random, size)
    i = random.randrange(size)
    memory[1] = values[i]
    return memory, places[i]


def last_value(random: Random, size: int) -> tuple[Memory, int]:
    memory, _, values = linked(random, size)
    return memory, values[-1]


def behind_value(random: Random, size: int) -> tuple[Memory, int]:
    """The value behind the given one."""
    memory, _, values = linked(random, size + 1)
    i = random.randrange(size)
    memory[1] = values[i]
    return memory, values[i + 1]


def length(random: Random, size: int) -> tuple[Memory, int]:
    memory = [0, 0, *(random.randrange(1, WORDS) for _ in range(size))]
    return [*memory, *[0] * (WORDS - len(memory))], size


def place_of(random: Random, size: int) -> tuple[Memory, int]:
    """The address of the first word that is the given one."""
    values = random.sample(range(1, WORDS), size)
    i = random.randrange(size)
    memory = [0, values[i], *values]
    return [*memory, *[0] * (WORDS - len(memory))], i + 2


Draw = Callable[[Random, int], tuple[Memory, int]]
TASKS: dict[str, Draw] = {
    each.__name__: each for each in (with_value, last_value, behind_value, length, place_of)
}


def spec_of(draw: Draw, *, place: int = 2, count: int = 16, **more: Any) -> Spec:
    """Examples that want the word in that cell, and more that are held out."""
    random = Random(1)

    def example(size: int) -> dict[str, Any]:
        memory, wanted = draw(random, size)
        expected: list[int | None] = [None] * WORDS
        expected[place] = wanted
        return {"memory": memory, "expect": {"memory": expected}}

    examples, holdout = ([example(1 + i % 7) for i in range(n)] for n in (count, 14))
    return convert_spec({"machine": MACHINE, "examples": examples, "holdout": holdout, **more})


def solved(spec: Spec) -> Candidate | None:
    events = WalksEngine()(resolve(spec), Budget(), 0)
    found = (e for e in events if isinstance(e, Candidate) and not e.tentative)
    return next(found, None)


@pytest.mark.parametrize("name", TASKS)
def test_what_is_found_holds_on_others(name: str):
    spec = spec_of(TASKS[name])
    found = solved(spec)
    assert found is not None
    assert verify(found.program, spec.holdout, spec.machine).correct


def test_a_word_that_needs_no_walk_is_stored():
    spec = spec_of(lambda random, size: ([size, a := random.randrange(9)], (size + a) % WORDS))
    found = solved(spec)
    assert found is not None
    assert str(found.term) == "(do (store 2 (add (load 0) (load 1))))"


def test_what_goes_straight_there_is_likelier_than_what_is_a_little_cheaper():
    """A scan of all memory meets the value, too, but pointers before it that are the same word."""
    found = solved(spec_of(with_value))
    assert found is not None
    assert "(assign p (load p))" in str(found.term)


def test_a_constant_to_begin_with_is_none_that_suits_the_examples():
    """No list here goes beyond the address 5: but others may."""

    def last_place_of(random: Random, size: int) -> tuple[Memory, int]:
        values = [random.randrange(1, 4) for _ in range(min(size, 5))]
        memory = [random.choice(values), *values]
        at = max(i for i, word in enumerate(values, 1) if word == memory[0])
        return [*memory, *[0] * (WORDS - len(memory))], at

    spec = spec_of(last_place_of, place=0)
    found = solved(spec)
    assert found is not None
    longer = Example(memory=(1, *[2] * 17, 1), expect=Expect(memory=(18,)))
    assert verify(found.program, [longer], spec.machine).correct


def test_words_by_chance_are_none_of_a_walk():
    def drawn(random: Random, size: int) -> tuple[Memory, int]:
        return with_value(random, size)[0], random.randrange(1, WORDS)

    assert solved(spec_of(drawn)) is None
    few = spec_of(with_value, count=3)  # many walks are right on these
    assert solved(few) is None


def test_the_same_comes_of_the_same_examples():
    given = next(chains(resolve(spec_of(with_value)).tests, {}, resolve(spec_of(length)).language))
    first, second = (
        [None if w is None else [*map(str, w)] for w in walks(given, Tally(), 100_000)]
        for _ in range(2)
    )
    assert first == second


def test_where_examples_change_several_words_or_none_there_is_no_place():
    random = Random(2)

    def examples(changed: int) -> Tests:
        some = []
        for _ in range(6):
            memory = [random.randrange(1, 9) for _ in range(WORDS)]
            after = [word + 9 if i < changed else word for i, word in enumerate(memory)]
            some.append(Example(memory=tuple(memory), expect=Expect(memory=tuple(after))))
        return encode_examples(some, Machine(**MACHINE))

    language = resolve(spec_of(length)).language
    assert [given.place for given in chains(examples(1), {}, language)] == [0]
    assert not [*chains(examples(2), {}, language)]
    assert not [*chains(examples(0), {}, language)]


def test_a_place_that_a_cell_always_holds_is_a_constant():
    """(load 5) is 3 in all of these: no other place than 3."""
    memories = [[i, 2, 7, 1, 4, 3, *[0] * (WORDS - 6)] for i in range(6)]
    some = [
        Example(memory=tuple(m), expect=Expect(memory=(*m[:3], 9 + m[0], *m[4:]))) for m in memories
    ]
    tests = encode_examples(some, Machine(**MACHINE))
    language = resolve(spec_of(length)).language
    assert [given.place for given in chains(tests, {}, language)] == [3]


def test_no_work_no_walk():
    assert [*WalksEngine()(resolve(spec_of(with_value)), Budget(terms=0), 0)] == []


def test_work_is_bounded():
    def drawn(random: Random, size: int) -> tuple[Memory, int]:
        return with_value(random, size)[0], random.randrange(1, WORDS)

    problem = resolve(spec_of(drawn))
    given = next(chains(problem.tests, {}, problem.language))
    tally = Tally(most=50_000)
    for _ in walks(given, tally, 20_000):
        pass
    assert tally.tried <= 3 * 20_000


def test_places_are_constant_or_held_by_a_cell():
    def there(random: Random, size: int) -> tuple[Memory, int]:
        memory, places, _ = linked(random, size)
        return memory, places[-1]

    places = [given.place for given in chains(*_arguments(spec_of(there, place=3)))]
    assert 3 in places
    spec = spec_of(there)
    memory = np.array([example.words for example in spec.examples])
    assert (memory[:, 0] != memory[0, 0]).any()


def _arguments(spec: Spec) -> tuple[Any, ...]:
    problem = resolve(spec)
    return problem.tests, {}, problem.language


def test_what_it_is_for():
    one = spec_of(length)
    assert wants_a_walk(resolve(one))
    two = {"memory": [1, 2], "expect": {"memory": [2, 3]}}
    register = {"memory": [1, 2], "expect": {"registers": [2]}}
    for example in (two, register):
        problem = resolve(convert_spec({"machine": MACHINE, "examples": [example] * 4}))
        assert not wants_a_walk(problem)
        note = next(WalksEngine()(problem, Budget(), 0))
        assert isinstance(note, Note)
        assert "use the ladder" in note.text
    assert not wants_a_walk(resolve(spec_of(length, accuracy=0.9)))
    assert not wants_a_walk(resolve(spec_of(length, count=2)))
