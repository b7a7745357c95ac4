"""Hypothesis strategies that several test packages share: terms by sort, memories, programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.term import Arg, Term
from synth.language import LANGUAGE, Language
from synth.language.constructs import AnyConstruct

__all__ = ["core_blocks", "memories", "terms", "variables", "word_sizes"]

NAMES = ("p", "q", "x", "y", "n")

word_sizes = st.sampled_from([2, 3, 4, 5, 8])


def memories(words: int) -> SearchStrategy[list[int]]:
    """Whole memories; zeros are frequent, so that lists come to an end."""
    cell = st.one_of(st.just(0), st.integers(0, words - 1))
    return st.lists(cell, min_size=words, max_size=words)


def variables(words: int) -> SearchStrategy[dict[str, int]]:
    """Values for some variables."""
    return st.dictionaries(st.sampled_from(NAMES), st.integers(0, words - 1))


def terms(
    sort: str = "Block",
    *,
    words: int = 8,
    core_only: bool = False,
    depth: int = 3,
    language: Language = LANGUAGE,
) -> SearchStrategy[Term]:
    """Well-sorted terms of the sort (Word, Stmt, Block, Fun1, Fun2) in that language, without
    holes; mostly such that end. `core_only` leaves out what `expand` would replace."""
    whole = _term(sort, words, core_only, depth, language)
    return whole.map(lambda t: t if isinstance(t, Term) else Term("load", (t,)))


def core_blocks(words: int = 8, depth: int = 3) -> SearchStrategy[Term]:
    """Blocks of core statements, ready to be lowered."""
    return terms("Block", words=words, core_only=True, depth=depth)


@cache
def _term(sort: str, words: int, core: bool, depth: int, language: Language) -> SearchStrategy[Arg]:
    def sub(sort: str) -> SearchStrategy[Arg]:
        if sort == "Word":  # words in statements stay small
            return st.deferred(lambda: _term(sort, words, core, min(depth - 1, 2), language))
        return st.deferred(lambda: _term(sort, words, core, depth - 1, language))

    if sort == "Name":
        return st.sampled_from(NAMES)
    if sort == "Block":
        return st.lists(sub("Stmt"), max_size=3).map(lambda s: Term("do", tuple(s)))
    found = [
        c
        for c in language.values()
        if c.sort == sort and c.in_terms and not c.hole and (c.core or not core)
    ]
    leaves: list[SearchStrategy] = [_node(c.name) for c in found if not c.sorts and not c.final]
    if sort == "Word":
        small, any_word = st.integers(0, min(3, words - 1)), st.integers(-2, words + 1)
        leaves = [st.one_of(st.sampled_from(NAMES), small, any_word)]
    if sort == "Stmt":
        leaves = [_built(c, sub) for c in found if c.core and not c.control and not c.final] * 2
    if depth <= 0:
        return st.one_of(leaves)
    return st.one_of(*leaves, *[_built(c, sub) for c in found if c.sorts or c.final])


def _built(c: AnyConstruct, sub: Callable[[str], SearchStrategy]) -> SearchStrategy:
    """Terms of the construct; of loops mostly such as end."""
    if c.endless:
        return st.builds(_ended_forever, sub("Block"), sub("Word"), sub("Block"))
    if c.tests and c.sorts.count("Block") == 1:
        return _loop(c.name, sub("Name"), sub("Word"), sub("Block"))
    return _node(c.name, *map(sub, c.sorts))


def _node(op: str, *args: SearchStrategy) -> SearchStrategy[Arg]:
    return st.tuples(*args).map(lambda a: Term(op, a))


def _loop(op: str, name: SearchStrategy, word: SearchStrategy, body: SearchStrategy):
    """A loop; three in four count a variable or move a pointer, so that they tend to end."""

    def build(x: str, condition: Arg, block: Arg, kind: int) -> Term:
        assert isinstance(block, Term)
        step = Term("assign", (x, Term("dec" if kind == 1 else "inc", (x,))))
        if kind:
            block = Term("do", (*block.args, step))
            condition = {1: x, 2: Term("load", (x,)), 3: condition}[kind]
        args = (block, condition) if op.startswith("do-") else (condition, block)
        return Term(op, args)

    return st.builds(build, name, word, body, st.sampled_from([0, 1, 2, 3]))


def _ended_forever(before: Arg, condition: Arg, after: Arg) -> Term:
    """A `forever` with a way out."""
    assert isinstance(before, Term)
    assert isinstance(after, Term)
    leave = Term("if-zero", (condition, Term("do", (Term("halt"),)), Term("do")))
    return Term("forever", (Term("do", (*before.args, leave, *after.args)),))
