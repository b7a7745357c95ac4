"""Hypothesis strategies that several test packages share: terms by sort, memories, programs."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.term import Arg, Term

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
    sort: str = "Block", *, words: int = 8, core_only: bool = False, depth: int = 3
) -> SearchStrategy[Term]:
    """Well-sorted terms of the sort (Word, Stmt, Block, Fun1, Fun2), without holes; mostly such
    that end. `core_only` leaves out what `synth.language.expand` would replace."""
    whole = _term(sort, words, core_only, depth)
    return whole.map(lambda t: t if isinstance(t, Term) else Term("load", (t,)))


def core_blocks(words: int = 8, depth: int = 3) -> SearchStrategy[Term]:
    """Blocks of core statements, ready to be lowered."""
    return terms("Block", words=words, core_only=True, depth=depth)


@cache
def _term(sort: str, words: int, core: bool, depth: int) -> SearchStrategy[Arg]:
    def sub(sort: str) -> SearchStrategy[Arg]:
        return st.deferred(lambda: _term(sort, words, core, depth - 1))

    name = st.sampled_from(NAMES)
    if sort == "Name":
        return name
    if sort == "Word":
        leaf = st.one_of(name, st.integers(0, min(3, words - 1)), st.integers(-2, words + 1))
        if depth <= 0:
            return leaf
        w = sub("Word")
        choices = [leaf, *[_node(op, w) for op in ("inc", "dec", "load")]]
        choices += [_node(op, w, w) for op in ("add", "sub", "min", "max")]
        if not core:
            choices += [_node("apply", sub("Fun1"), w), _node("apply2", sub("Fun2"), w, w)]
        return st.one_of(choices)
    if sort == "Fun1":
        leaf = st.sampled_from([Term(op) for op in ("id", "succ", "pred", "fetch")])
        if depth <= 0:
            return leaf
        f, g = sub("Fun1"), sub("Fun2")
        return st.one_of(leaf, _node("bind", g, sub("Word")), _node("compose", f, f))
    if sort == "Fun2":
        ops = ("plus", "minus", "least", "greatest", "first", "second")
        leaf = st.sampled_from([Term(op) for op in ops])
        return leaf if depth <= 0 else st.one_of(leaf, _node("flip", sub("Fun2")))
    if sort == "Block":
        return st.lists(sub("Stmt"), max_size=3).map(lambda s: Term("do", tuple(s)))
    assert sort == "Stmt"
    w = _term("Word", words, core, min(depth, 2))
    plain = [_node("assign", name, w), _node("store", w, w), _node("swap", w, w)]
    plain += [st.just(Term("noop"))] if depth % 2 else [st.just(Term("halt")) | plain[0]]
    if depth <= 0:
        return st.one_of(plain)
    choices = [*plain, *plain, _node("if-zero", w, sub("Block"), sub("Block"))]
    choices += [_loop(op, name, w, sub("Block")) for op in _LOOPS]
    choices += [st.builds(_ended_forever, sub("Block"), w, sub("Block"))]
    if not core:
        f, g = sub("Fun1"), sub("Fun2")
        choices += [_node(op, name, sub("Block")) for op in ("walk", "times")]
        choices += [_node(op, name, f) for op in ("map", "find", "find-down", "generate")]
        two = ("map-to", "map-down", "filter", "filter-down", "iterate")
        choices += [_node(op, name, name, f) for op in two]
        choices += [_node(op, name, name, g) for op in ("fold", "scan", "zip")]
        choices += [_node("recur", name, g), _node("fill", name, name, w)]
        choices += [_node("follow", name), _node("reverse", name, name)]
    return st.one_of(choices)


_LOOPS = ("while", "until", "do-while", "do-until")


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
