"""The checker catches what is unsound, and says so with a counterexample that can be replayed."""

from __future__ import annotations

from collections.abc import Iterable

from egglog import (
    RewriteOrRule,
    String,
    eq,
    function,
    i64,
    relation,
    rewrite,
    rule,
    ruleset,
    union,
)

from bridge.term import Term
from synth.egraph.graph import read_rules
from synth.language import (
    LANGUAGE,
    Block,
    Fun1,
    Stmt,
    Word,
    add,
    apply,
    assign,
    const,
    construct,
    do,
    if_zero,
    inc,
    load,
    max_,
    min_,
    store,
    sub,
    variable,
)
from synth.language.semantics import TermState, evaluate
from synth.rules.rule import equation
from synth.rules.soundness import check_rule, check_ruleset
from synth.rulesets.base import MEMORY, independent, independent1
from tests.synth.rules.unsound import unsound


def test_planted_unsound_rules_are_all_caught():
    verdicts = list(check_ruleset(unsound))
    assert len(verdicts) >= 40
    for verdict in verdicts:
        assert verdict.sound is False, verdict
        replay(verdict)


def replay(verdict):
    """Runs the counterexample again, apart from the checker."""
    found = verdict.counterexample
    sort = verdict.rule.sort
    if sort in ("Stmt", "Block"):
        one, other = (
            evaluate(t, found.memory, found.words, fuel=5_000, variables=found.variables)
            for t in (found.left, found.right)
        )
    else:
        state = TermState(list(found.memory), found.words, variables=dict(found.variables))
        every = range(found.words)
        one, other = (
            {
                "Word": state.word,
                "Fun1": lambda t: [state.word(Term("apply", (t, x))) for x in every],
                "Fun2": lambda t: [
                    state.word(Term("apply2", (t, x, y))) for x in every for y in every
                ],
            }[sort](t)
            for t in (found.left, found.right)
        )
    assert one != other


def test_counterexamples_are_small():
    for verdict in check_ruleset(unsound):
        found = verdict.counterexample
        assert found is not None
        assert found.words <= 16
        sizes = [t.size if isinstance(t, Term) else 1 for t in (found.left, found.right)]
        assert max(sizes) <= 30


def test_the_same_seed_gives_the_same_verdicts():
    first = [(v.sound, v.cases, v.counterexample) for v in check_ruleset(unsound, seed=3)]
    assert first == [(v.sound, v.cases, v.counterexample) for v in check_ruleset(unsound, seed=3)]


@function
def rank(x: Word) -> i64: ...


small = relation("small", Word)


@ruleset
def doubtful(x: Word, y: Word, n: i64) -> Iterable[RewriteOrRule]:
    yield rewrite(add(x, y)).to(x, small(y))
    yield rewrite(add(x, const(n))).to(x, n > 1_000_000)
    yield rule(min_(x, y)).then(union(x).with_(y), union(y).with_(x))
    yield rule(min_(x, y)).then(union(inc(x)).with_(sub(x, y)))
    yield rewrite(load(x)).to(load(add(x, const(i64(0) / i64(1)))))


def test_what_cannot_be_checked_is_not_called_sound():
    verdicts = list(map(check_rule, read_rules(doubtful)))
    assert [v.sound for v in verdicts] == [None, None, None, False, None]
    assert verdicts[0].reason == "the condition (small ?y) is known only inside the e-graph"
    assert "hardly ever hold" in verdicts[1].reason
    assert verdicts[2].reason == "no rewrite, and not a single union"
    assert verdicts[4].reason == "(i64.__truediv__ 0 1) is known only inside the e-graph"


@construct(applied=lambda x: load(inc(x)))
def after() -> Fun1:
    """x ↦ memory[x + 1]"""
    ...


@construct()
def ticks() -> Word:
    """The variable t, plus 1."""
    return inc(variable("t"))


@ruleset
def guarded(f: Fun1, e: Word, d: Word, x: String, y: String, k: Block) -> Iterable[RewriteOrRule]:
    # M[d] = e; x = f(y); k = x = f(y); M[d] = e; k, if neither looks at what the other changes
    yield rewrite(do(store(d, e), assign(x, apply(f, y)), rest=k)).to(
        do(assign(x, apply(f, y)), store(d, e), rest=k),
        *independent1(f, MEMORY),
        *independent(e, x),
        *independent(d, x),
    )


def test_what_depends_on_memory_and_variables_follows_from_definitions():
    language = LANGUAGE.extended(after, ticks)
    (verdict,) = check_ruleset(guarded, language=language)
    assert verdict.sound is True, verdict


@ruleset
def equating(
    x: Word, y: Word, z: Word, a: Word, c: Word, f: Fun1, g: Fun1, j: Block, k: Block, s: Stmt,
    p: String, q: String, n: i64, m: i64,
) -> Iterable[RewriteOrRule]:  # fmt: skip
    # ---- sound
    yield rewrite(sub(x, y)).to(const(0), eq(x).to(y))
    yield rewrite(sub(x, y)).to(const(0), eq(y).to(x))
    yield rewrite(sub(x, z)).to(const(0), eq(x).to(y), eq(y).to(z))
    yield rewrite(max_(x, y)).to(z, eq(x).to(y), eq(z).to(y))
    yield rewrite(max_(x, y)).to(x, eq(max_(y, x)).to(x))
    yield rewrite(add(x, y)).to(const(0), eq(add(y, x)).to(const(0)))
    yield rewrite(sub(x, y)).to(const(0), eq(inc(x)).to(inc(y)))
    yield rewrite(load(x)).to(load(y), eq(load(x)).to(load(y)))
    yield rewrite(add(const(n), const(m))).to(add(const(n), const(n)), eq(n).to(m))
    yield rewrite(sub(variable(p), variable(q))).to(const(0), eq(p).to(q))
    yield rewrite(apply(f, x)).to(apply(g, x), eq(f).to(g))
    yield rewrite(do(if_zero(x, j, k))).to(j, eq(j).to(k))
    yield rewrite(do(store(a, x), rest=k)).to(k, eq(load(a)).to(x))
    yield rewrite(do(store(a, x), s)).to(do(s, store(a, x)), eq(s).to(store(a, x)))
    yield rule(eq(z).to(sub(x, y)), eq(x).to(y)).then(union(z).with_(const(0)))
    # ---- not
    yield rewrite(max_(x, y)).to(inc(x), eq(x).to(y))
    yield rewrite(sub(x, z)).to(const(1), eq(x).to(y), eq(y).to(z))
    yield rewrite(max_(x, y)).to(y, eq(max_(y, x)).to(x))
    yield rewrite(add(x, y)).to(const(1), eq(add(y, x)).to(const(0)))
    yield rewrite(sub(x, y)).to(const(1), eq(inc(x)).to(inc(y)))
    yield rewrite(load(x)).to(inc(load(y)), eq(load(x)).to(load(y)))
    yield rewrite(add(const(n), const(m))).to(const(n), eq(n).to(m))
    yield rewrite(sub(variable(p), variable(q))).to(const(1), eq(p).to(q))
    yield rewrite(apply(f, x)).to(apply(g, inc(x)), eq(f).to(g))
    yield rewrite(do(if_zero(x, j, k))).to(do(), eq(j).to(k))
    yield rewrite(do(store(a, x), rest=k)).to(k, eq(load(a)).to(y))
    yield rewrite(do(store(a, x), store(c, y))).to(do(store(a, x)), eq(a).to(c))
    yield rule(eq(z).to(sub(x, y)), eq(x).to(y)).then(union(z).with_(const(1)))


def test_what_conditions_equate_is_sampled_as_such():
    verdicts = list(check_ruleset(equating))
    assert [v.sound for v in verdicts] == [True] * 15 + [False] * 13, [
        (equation(v.rule), v.sound, v.reason, v.cases) for v in verdicts
    ]


@ruleset
def hopeless(x: Word, y: Word) -> Iterable[RewriteOrRule]:
    yield rewrite(inc(x)).to(x, eq(x).to(inc(x)))
    yield rewrite(max_(x, y)).to(x, eq(x).to(inc(y)), eq(y).to(inc(x)), small(x))


def test_equations_that_nothing_fulfils_are_unknown():
    assert [v.sound for v in check_ruleset(hopeless)] == [None, None]


def test_without_time_a_rule_is_unknown():
    verdicts = list(check_ruleset(equating, seconds=0))
    assert {v.sound for v in verdicts} == {None}
    assert {v.reason for v in verdicts} == {"no time for more than 0 cases: give more seconds"}
