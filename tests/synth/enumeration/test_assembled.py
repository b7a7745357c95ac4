"""Code put together from that of its parts is the code of the whole."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge import LoweringError
from synth.enumeration.grammar import Grammar
from synth.language import FULL
from tests.strategies import terms

GRAMMARS = {
    words: Grammar(words, 5, 64, names=("n", "p", "q", "x", "y"), language=FULL)
    for words in (2, 3, 8)
}


@given(st.data())
def test_it_is_the_code_of_the_whole(data):
    """Row by row, whatever was put together before."""
    words = data.draw(st.sampled_from([*GRAMMARS]))
    statement = data.draw(terms("Stmt", words=words, language=FULL))
    grammar = GRAMMARS[words]
    try:
        whole = grammar.lower(statement)
    except LoweringError:
        assume(False)  # too long
    np.testing.assert_array_equal(grammar.assembled(statement), whole)
