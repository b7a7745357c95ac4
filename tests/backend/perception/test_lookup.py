"""Candidates without nets: words that make no difference are one, clusters say what explains."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.perception.classes import merge_words
from backend.perception.lookup import cluster, fit
from bridge.readings import Group, group_examples

WORDS = 4
EXAMPLES = 160
SIZE = 8
tables = st.lists(st.integers(-1, 2), min_size=WORDS**2, max_size=WORDS**2)


def pairs(picture: np.ndarray, answers: np.ndarray) -> Group:
    """Pairs of pictures at 0; the answer is expected at 2."""
    n = len(answers)
    which = np.full((n, SIZE), -1)
    which[:, :2] = 0
    index = np.zeros((n, SIZE), int)
    index[:, :2] = picture
    expect, checked = np.zeros((n, SIZE), int), np.zeros((n, SIZE), bool)
    expect[:, 2], checked[:, 2] = answers, True
    (group,) = group_examples(
        np.zeros((n, SIZE), int), which, index, expect, checked, [tuple(range(WORDS))]
    )
    return group


GROUP = pairs(np.zeros((3, 2), int), np.arange(3))


def merged(table: np.ndarray, group: Group = GROUP):
    return merge_words([np.ascontiguousarray(table).reshape(1, -1)], [group])


@given(table=tables, words=st.tuples(*[st.integers(0, WORDS - 1)] * 2))
def test_words_of_a_class_stand_for_each_other(table: list[int], words: tuple[int, int]):
    outcome = np.array(table).reshape(WORDS, WORDS)
    rows = [(*outcome[w], *outcome[:, w]) for w in range(WORDS)]
    few = merged(outcome)
    assert few.sizes == {0: len({*rows})}
    first = sorted({rows.index(row) for row in rows})
    one, other = (first.index(rows.index(rows[w])) for w in words)
    assert few.outcomes[0][0, one, other] == outcome[words]


def test_parity_has_two_classes():
    a, b = np.indices((WORDS, WORDS))
    assert merged((a + b) % 2).outcomes[0].tolist() == [[[0, 1], [1, 0]]]


def test_clusters_tell_what_explains_the_answers():
    """Of parity, whose classes no pixel names, and programs that may answer as often."""
    rng = np.random.default_rng(0)
    shown = rng.integers(0, WORDS, 200)
    pixels = rng.normal(0, 0.1, (200, WORDS))
    pixels[np.arange(200), shown] += 1
    picture = rng.integers(0, 200, (EXAMPLES, 2))
    group = pairs(picture, shown[picture].sum(1) % 2)
    seen = cluster([group], [pixels], 0)
    a, b = np.indices((WORDS, WORDS))
    candidates = ((a + b) % 2, a % 2, np.minimum(a % 2, b % 2), (a > b) * 1)
    losses = [fit(merged(table, group), seen, 0.02) for table in candidates]
    assert losses[0] < 0.1
    assert min(losses[1:]) > 0.5
    assert losses == [fit(merged(table, group), seen, 0.02) for table in candidates]
