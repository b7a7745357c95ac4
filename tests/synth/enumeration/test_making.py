"""Templates as arrays: what their definitions say, one by one."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bridge.term import Term
from synth.enumeration.making.batch import Batch, first_of_each
from synth.enumeration.making.codes import Codes, Pool, codes_of
from synth.enumeration.making.columns import Column
from synth.enumeration.orders import MAX_VARIABLES, NUMBERS
from synth.enumeration.renamed import Renamed

PIECES = st.lists(st.integers(0, 5).map(lambda n: np.full((n, 5), n, np.int16)), max_size=4)
EFFECTS = arrays.arrays(
    np.uint64, st.tuples(st.integers(1, 3), st.integers(1, 2), st.sampled_from([1, 2, 6])),
    elements=st.integers(0, 1),
)  # fmt: skip


@given(st.data())
def test_statements_are_templates_in_all_orders_that_differ(data):
    own = data.draw(st.integers(0, MAX_VARIABLES))
    variables = data.draw(st.integers(max(own, 1), MAX_VARIABLES))
    orders = [*permutations(range(own))]
    n = data.draw(st.integers(0, 3))
    some = np.array([own > 0 and data.draw(st.booleans()) for _ in range(n)], bool)
    differ = data.draw(arrays.arrays(bool, (n, len(orders))))
    differ[:, 0] = True
    batch = Batch(own, codes_of([]), some, differ, lambda _: Term("noop"))
    expected = []
    for i in range(n):
        if not some[i]:
            expected.append((i, NUMBERS[()]))
            continue
        for chosen in combinations(range(variables), own):
            each = zip(orders, differ[i], strict=True)
            expected += [
                (i, NUMBERS[tuple(chosen[k] for k in order)]) for order, is_in in each if is_in
            ]
    template, uses = batch.within(variables)
    assert [*zip(template.tolist(), uses.tolist(), strict=True)] == expected


@given(EFFECTS)
def test_the_first_order_of_each_effect(effects):
    for own, first in zip(effects, first_of_each(effects), strict=True):
        columns = [tuple(column) for column in own.T.tolist()]
        assert first.tolist() == [column not in columns[:i] for i, column in enumerate(columns)]


@given(st.lists(st.lists(st.integers(0, 99), max_size=90), max_size=5))
def test_a_column_holds_what_was_added(parts):
    column = Column(np.int32)
    for part in parts:
        column.add(part)
    assert column.rows.tolist() == [value for part in parts for value in part]
    assert len(column) == len(column.rows)


@given(st.lists(PIECES, max_size=4))
def test_a_pool_holds_the_pieces_that_were_added(parts):
    pool = Pool()
    for part in parts:
        pool.add(codes_of(part))
    pieces = [piece for part in parts for piece in part]
    assert len(pool) == len(pieces)
    for i, piece in enumerate(pieces):
        assert (pool.codes.piece(i) == piece).all()


def test_a_statement_has_the_term_of_its_own_batch():
    def batch(names: str) -> Batch:
        n = len(names)
        codes = Codes(np.zeros((n, 5), np.int16), np.arange(n + 1, dtype=np.int32))
        return Batch(
            1, codes, np.ones(n, bool), np.ones((n, 1), bool), lambda i: Term(names[i], ("p",))
        )

    renamed, first, second = Renamed(), batch("ab"), batch("c")
    renamed.add([first, batch(""), second], 1)
    renamed.add([first, second], 2)
    terms = [renamed.term(i) for i in range(len(renamed))]
    assert [*map(str, terms)] == [
        "(a p)", "(b p)", "(c p)", "(a p)", "(a q)", "(b p)", "(b q)", "(c p)", "(c q)",
    ]  # fmt: skip
    assert len(renamed.pool) == 3
