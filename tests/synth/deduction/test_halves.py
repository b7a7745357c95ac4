"""Words of an element in two halves: sums, differences, relations."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from bridge.loading import convert_spec
from bridge.term import Term
from synth.deduction.features import features
from synth.deduction.halves import filtered_by_relation, mapped_to_sum
from synth.deduction.loops import Loop, loops
from synth.deduction.vectors import Tally
from synth.engines.deduction import shown_by
from synth.language.semantics import evaluate
from synth.problem import resolve

MACHINE = {"words": 64, "registers": 8, "lines": 48, "steps": 512, "instructions": "arithmetic"}


def loop_of(answer: Callable[[list[int]], list[int]]) -> Loop:
    """The loop over the elements of ten lists."""
    random = Random(3)
    rows = [[random.randint(1, 40) for _ in range(random.randint(3, 8))] for _ in range(10)]
    examples = [{"input": xs, "output": answer(xs)} for xs in rows]
    seen = shown_by(resolve(convert_spec({"machine": MACHINE, "examples": examples})))
    assert seen is not None
    return next(iter(loops(seen, features(seen), Tally(), 20_000)))


def right(loop: Loop, statements: tuple[Term, ...]) -> bool:
    given = loop.given
    for memory, ys in zip(given.memory.tolist(), given.wanted, strict=True):
        after = evaluate(Term("do", statements), memory, given.words, language=given.language)
        if after.memory[given.first : given.first + len(ys)] != ys:
            return False
    return True


@pytest.mark.parametrize("name", ["x // 10 + x % 10", "x // 2 - x // 7", "x // 3 + xs[0] % 2"])
def test_a_sum_of_two_words_is_met(name: str):
    loop = loop_of(lambda xs: [eval(name, {"x": x, "xs": xs}) for x in xs])
    (found,) = mapped_to_sum(loop)
    assert right(loop, found)


@pytest.mark.parametrize(
    "name",
    ["x // 10 > x % 10", "x % 2 == xs[0] % 2", "x // 2 != xs[-1] // 2", "x % 3 <= len(xs) % 3"],
)
def test_a_relation_of_two_words_is_met(name: str):
    loop = loop_of(lambda xs: [x for x in xs if eval(name, {"x": x, "xs": xs})])
    assert any(right(loop, found) for found in filtered_by_relation(loop))


def test_chance_is_not_believed():
    random = Random(1)
    drawn = loop_of(lambda xs: [random.randint(0, 9) for _ in xs])
    assert not [*mapped_to_sum(drawn)]
    few = loop_of(lambda xs: [x + 5 * (x == 17) for x in xs])  # what one half leaves tells little
    assert not [*mapped_to_sum(few)]
    some = loop_of(lambda xs: [x for x in xs if random.randint(0, 1)])
    assert not [*filtered_by_relation(some)]
