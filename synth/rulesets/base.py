"""What every saturation includes: normal forms of blocks and constants, and what words depend on.

`word_size()` is b inside rules: `rewrite(…).to(…, eq(b).to(word_size()), n < b)`.
`*independent(e, x)` is the condition that e's value does not depend on the variable x, and
`*independent(e, MEMORY)` that it does not depend on memory; `independent1` and `independent2` say
so of functions. It never holds of a hole, since anything may be in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from egglog import (
    Fact,
    RewriteOrRule,
    Ruleset,
    Set,
    String,
    StringLike,
    convert,
    eq,
    expr_fact,
    function,
    i64,
    rule,
    ruleset,
    set_,
    var,
)

from synth.language import Block, Fun1, Fun2, Stmt, Word, append, const, end, seq, variable
from synth.language.constructs import AnyConstruct
from synth.language.depends import MEMORY, reads
from synth.language.language import Language
from synth.language.sorts import CLASSES
from synth.rulesets.named import rewrite

__all__ = ["MEMORY", "base", "depends", "depends1", "depends2", "independent", "independent1"]
__all__ += ["independent2", "word_size"]


@function
def word_size() -> i64:
    """The word size b."""
    ...


def _both(old: Set[String], new: Set[String]) -> Set[String]:
    """Equal words have equal values, which can depend only on what both mention."""
    return old & new


@function(merge=_both)
def depends(e: Word) -> Set[String]:
    """The variables, and MEMORY, that the value depends on at most."""
    ...


@function(merge=_both)
def depends1(f: Fun1) -> Set[String]:
    """The variables, and MEMORY, that the function's values depend on at most."""
    ...


@function(merge=_both)
def depends2(g: Fun2) -> Set[String]:
    """The variables, and MEMORY, that the function's values depend on at most."""
    ...


_DEPENDS = {"Word": depends, "Fun1": depends1, "Fun2": depends2}


def independent(e: Word, *names: StringLike) -> list[Fact]:
    """The conditions that the word's value depends on none of the variables (or MEMORY)."""
    return [expr_fact(depends(e).not_contains(convert(name, String))) for name in names]


def independent1(f: Fun1, *names: StringLike) -> list[Fact]:
    """The conditions that the function's values depend on none of the variables (or MEMORY)."""
    return [expr_fact(depends1(f).not_contains(convert(name, String))) for name in names]


def independent2(g: Fun2, *names: StringLike) -> list[Fact]:
    """The conditions that the function's values depend on none of the variables (or MEMORY)."""
    return [expr_fact(depends2(g).not_contains(convert(name, String))) for name in names]


def _dependence(construct: AnyConstruct, language: Language) -> RewriteOrRule:
    """depends(op(e, …)) = depends(e) ∪ … ∪ what op reads by itself"""
    whole = var("whole", CLASSES[construct.sort])
    args = [var(a, CLASSES[s]) for a, s in zip(construct.arguments, construct.sorts, strict=True)]
    conditions = [eq(whole).to(construct(*args))]
    found = Set[String].empty()
    for name in sorted(reads(construct.name, language)):
        found = found.insert(String(name))
    for i, (arg, sort) in enumerate(zip(args, construct.sorts, strict=True)):
        if sort in _DEPENDS:
            names = var(f"names{i}", Set[String])
            conditions.append(eq(names).to(_DEPENDS[sort](arg)))
            found = found | names
        elif sort == "Name":
            found = found.insert(arg)
    name = f"depends-{construct.name}"
    return rule(*conditions, name=name).then(set_(_DEPENDS[construct.sort](whole)).to(found))


@cache
def base(language: Language) -> Ruleset:
    """The ruleset, for the constructs of a language."""

    @ruleset
    def base(
        s: Stmt, j: Block, k: Block, e: Word, x: String, n: i64, b: i64
    ) -> Iterable[RewriteOrRule]:
        # end ++ k = k
        yield rewrite("append-end", append(end(), k)).to(k)
        # (s; j) ++ k = s; (j ++ k)
        yield rewrite("append-seq", append(seq(s, j), k)).to(seq(s, append(j, k)))
        # n = n mod b
        yield rewrite("const-above", const(n)).to(const(n % b), eq(b).to(word_size()), n >= b)
        yield rewrite("const-below", const(n)).to(const(n % b + b), eq(b).to(word_size()), n < 0)
        known = rule(eq(e).to(variable(x)), name="depends-var")
        yield known.then(set_(depends(e)).to(Set[String].empty().insert(x)))
        for construct in language.values():
            if construct.sort in _DEPENDS and construct.name != "var" and not construct.hole:
                yield _dependence(construct, language)

    return base
