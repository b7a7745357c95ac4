"""Several passes over a list in one, so that each cell is read once.

What is said of a pass holds where it writes no memory and its values depend on nothing that the
other passes change; each starts at the same word, which depends on nothing that they change either.
"""

from __future__ import annotations

from collections.abc import Iterable

from egglog import BaseExpr, Fact, RewriteOrRule, String, StringLike, ne, ruleset

from synth.language import Block, Fun2, Stmt, Word, assign, do, fold, variable, walk
from synth.rulesets.base import independent, independent2
from synth.rulesets.named import birewrite, rewrite

__all__ = ["passes"]


@ruleset
def passes(
    p: String, q: String, a: String, c: String, x: String,
    e: Word, d: Word, h: Word, w: Word, f: Fun2, g: Fun2, k: Block,
) -> Iterable[RewriteOrRule]:  # fmt: skip
    # p = e; walk p (a = d); p = e; walk p (c = h); k = p = e; walk p (a = d; c = h); k
    yield rewrite("two", do(_to(p, e), _pass(p, a, d), _to(p, e), _pass(p, c, h), rest=k)).to(
        do(_to(p, e), walk(p, do(assign(a, d), assign(c, h))), rest=k),
        *_differ(a, c, p), *independent(e, p, a), *independent(d, c), *independent(h, a),
    )  # fmt: skip
    # p = e; walk p (a = d; c = h); p = e; walk p (x = w); k
    #   = p = e; walk p (a = d; c = h; x = w); k
    yield rewrite(
        "three",
        do(
            _to(p, e), walk(p, do(assign(a, d), assign(c, h))), _to(p, e), _pass(p, x, w), rest=k
        ),
    ).to(
        do(_to(p, e), walk(p, do(assign(a, d), assign(c, h), assign(x, w))), rest=k),
        *_differ(a, x, p), *_differ(c, x, p), *independent(e, p, a, c),
        *independent(d, x), *independent(h, x), *independent(w, a, c),
    )  # fmt: skip
    # p = e; fold p a f; q = e; fold q c g; k = p = e; fold p a f; p = e; fold p c g; q = p; k
    yield rewrite("one-pointer", do(_to(p, e), fold(p, a, f), _to(q, e), fold(q, c, g), rest=k)).to(
        do(_to(p, e), fold(p, a, f), _to(p, e), fold(p, c, g), assign(q, variable(p)), rest=k),
        *_differ(c, p, q), ne(a).to(p), *independent(e, p, a), *independent2(g, p, q),
    )  # fmt: skip

    # ---- what stands between passes
    # walk p (a = d); x = e; k = x = e; walk p (a = d); k
    yield birewrite("assign-after", do(_pass(p, a, d), assign(x, e), rest=k)).to(
        do(assign(x, e), _pass(p, a, d), rest=k),
        ne(x).to(p), ne(x).to(a), *independent(e, p, a), *independent(d, x),
    )  # fmt: skip


def _to(x: StringLike, e: Word) -> Stmt:
    return assign(x, e)


def _pass(p: StringLike, a: StringLike, d: Word) -> Stmt:
    """walk p (a = d)"""
    return walk(p, do(assign(a, d)))


def _differ(x: String, y: String, z: String) -> list[Fact | BaseExpr]:
    return [ne(x).to(y), ne(x).to(z), ne(y).to(z)]
