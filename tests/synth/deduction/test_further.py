"""What else is said of an example: the statements make it, of lists of every length, and what is
made of it is right on held-out examples; a random output is made of nothing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from bridge.loading import convert_spec
from bridge.spec import Spec
from bridge.term import Term
from bridge.verify import verify
from synth.deduction.features import features, used
from synth.deduction.further import further, told_further
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from synth.engines.base import Candidate
from synth.engines.deduction import shown_by
from synth.engines.written import written
from synth.language.semantics import evaluate
from synth.problem import resolve

MACHINE = {"words": 40, "registers": 8, "lines": 40, "steps": 4096, "instructions": "arithmetic"}
LAYOUTS = ("terminated", "prefixed")


def spec_of(answer: Callable[..., Any], layout: str, numbers: int = 0, low: int = 1) -> Spec:
    """Twelve examples, and eight held-out ones, of a function of numbers, then a list; where lists
    begin with their length they hold zeros, too."""
    random, least = Random(0), layout == "terminated"

    def example(size: int) -> dict[str, Any]:
        given: list[Any] = [random.randint(1, 4) for _ in range(numbers)]
        given.append([random.randint(least, 5) for _ in range(size)])
        return {"inputs": given, "output": answer(*given)}

    sizes = [low, *(random.randint(low, 8) for _ in range(19))]
    both = [*map(example, sizes)]
    examples, holdout = both[:12], both[12:]
    return convert_spec(
        {"machine": MACHINE, "layout": layout, "examples": examples, "holdout": holdout}
    )


def offered(spec: Spec) -> Candidate | None:
    """The first program of further words that is right on the examples."""
    problem = resolve(spec)
    given = shown_by(problem)
    assert given is not None
    words = Words(given, features(given), Tally(), 20_000)
    found = (written(problem, made) for made in told_further(words) if made is not None)
    return next((candidate for candidate in found if candidate is not None), None)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_words_are_what_their_statements_make(layout):
    given = shown_by(resolve(spec_of(lambda k, xs: k, layout, numbers=1, low=0)))
    assert given is not None
    assert min(map(len, given.lists)) == 0
    found = [*further(given, ())]
    names = [feature.name for feature in found]
    assert names == ["nd", "nh", "nl", "n0", "no", "ne", "ms", "ws", "pm", "pw", "fx"]
    assert [feature.name for feature in further(given, tuple(found[:1]))] == names[1:]
    together = used(given, names, found)
    for feature in found:
        for begin in (used(given, [feature.name], found), together):
            program = Term("do", (*begin, Term("store", (0, feature.name))))
            ends = [
                evaluate(program, cells, given.words, language=given.language)
                for cells in given.memory.tolist()
            ]
            assert all(end.halted for end in ends)
            assert [end.memory[0] for end in ends] == feature.values.tolist(), feature.name


def second(xs: list[int]) -> int:
    return sorted((0, 0, *xs))[-2]


TASKS: dict[str, tuple[Callable[..., Any], int]] = {
    "how many different ones, behind": (lambda xs: [*xs, len({*xs})], 0),
    "as many as are different": (lambda xs: [*range(1, len({*xs}) + 1)], 0),
    "as many of the first as are odd": (lambda xs: xs[: sum(x % 2 for x in xs)], 0),
    "all but the second largest": (lambda xs: [x for x in xs if x != second(xs)], 0),
    "and how often a number occurs": (lambda k, xs: [x + xs.count(k) for x in xs], 1),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", TASKS)
def test_what_is_made_of_them_is_right(name, layout):
    answer, numbers = TASKS[name]
    spec = spec_of(answer, layout, numbers)
    candidate = offered(spec)
    assert candidate is not None
    assert verify(candidate.program, spec.holdout, resolve(spec).machine).correct


def test_nothing_is_made_of_them_by_chance():
    noise = Random(1)
    for answer in (
        lambda xs: noise.randint(0, 9),
        lambda xs: [*xs, noise.randint(0, 5)],
        lambda xs: xs[: noise.randint(0, len(xs))],
        lambda xs: [x for x in xs if noise.random() < 0.5],
    ):
        assert offered(spec_of(answer, "prefixed")) is None
