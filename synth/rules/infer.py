"""Rules from nothing: enumerate words, group them by behaviour, keep what the rest does not imply.

After Ruler (Nandi et al., OOPSLA 2021): terms are built bottom-up from one representative of each
behaviour; a term that behaves like a representative is a candidate rule. The best candidates
become rules, those that follow from the rules are dropped, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import egglog
import numpy as np

from bridge.errors import SkeletuneError
from bridge.term import Arg, Term
from synth.egraph.graph import TermGraph, read_rules
from synth.language import FULL, LANGUAGE, Word, const
from synth.language.semantics import TermState
from synth.rules.differ import names as variables_in
from synth.rules.rule import Rule
from synth.rules.soundness import check_rule
from synth.rulesets.arith import constants

__all__ = ["ARITHMETIC", "infer", "ruleset_source"]

ARITHMETIC = tuple(c.name for c in LANGUAGE.values() if c.arithmetic)
_NAMES = ("x", "y", "z", "w")
_CONSTANTS = (0, 1, 2)
_WORD_SIZES = (2, 3, 5, 8)
_LARGE = 64  # a word size at which constants don't meet by chance
_SHORT = 3
_BATCH = 12  # candidates that become rules before the rest is looked through again


@dataclass
class _Pool:
    """Terms by size, one for each behaviour, and candidates: (term, its representative)."""

    tables: dict[str, list[np.ndarray]]
    by_size: dict[int, list[tuple[Arg, list[np.ndarray]]]] = field(default_factory=dict)
    known: dict[bytes, Arg] = field(default_factory=dict)
    candidates: list[tuple[Arg, Arg]] = field(default_factory=list)

    def put(self, term: Arg, size: int, vectors: list[np.ndarray]) -> None:
        key = b"".join(v.astype(np.int8).tobytes() for v in vectors)
        found = self.known.setdefault(key, term)
        if found is term:
            self.by_size.setdefault(size, []).append((term, vectors))
        else:
            self.candidates.append((term, found))


def infer(
    constructs: Sequence[str] = ARITHMETIC,
    *,
    variables: int = 3,
    size: int = 5,
    name: str = "inferred",
) -> egglog.Ruleset:
    """A ruleset of laws between words of the constructs, with terms of at most `size` parts, or two
    more if they come down to a single construct. Numbers are computed with, not inferred.

    Each law holds for all small word sizes, checked as `check` does, and none follows from those
    before it. Raises SkeletuneError if a construct is no word of one or two words.
    """
    tables = {op: _tables(op) for op in constructs}
    rules: list[egglog.RewriteOrRule] = []
    _choose(_candidates(_enumerate(tables, variables, size)), rules, name)
    longer = _candidates(_enumerate(tables, 2, size + 2, constants=()))
    _choose([pair for pair in longer if _size(pair[1]) <= _SHORT], rules, name)
    return egglog.ruleset(*_without_redundant(rules, name), name=name)


def _choose(
    candidates: list[tuple[Arg, Arg]], rules: list[egglog.RewriteOrRule], name: str
) -> None:
    """Adds those candidates to the rules that the rules do not imply."""
    while candidates := _remaining(candidates, rules, name):
        batch, candidates = candidates[:_BATCH], candidates[_BATCH:]
        for pair in batch:
            if _remaining([pair], rules, name) and _is_sound(made := _rule(*pair)):
                rules.append(made)


def _remaining(
    candidates: list[tuple[Arg, Arg]], rules: list[egglog.RewriteOrRule], name: str
) -> list[tuple[Arg, Arg]]:
    if not rules or not candidates:
        return candidates
    follows = _follows(candidates, rules, name)
    return [c for c, done in zip(candidates, follows, strict=True) if not done]


# ------------------------------------------------------------ enumerating


def _tables(op: str) -> list[np.ndarray]:
    """The construct's values on all words, for each word size."""
    found = FULL.get(op)
    words = ("Word",), ("Word", "Word")
    if found is None or found.sort != "Word" or found.sorts not in words:
        raise SkeletuneError(f"{op}: rules are inferred for words of one or two words only")
    tables = []
    for b in _WORD_SIZES:
        memory = np.random.default_rng(b).permutation(b).tolist()
        state = TermState(memory, b)
        shape = (b,) * len(found.sorts)
        values = [state.word(Term(op, args)) for args in product(range(b), repeat=len(shape))]
        tables.append(np.array(values, np.int8).reshape(shape))
    return tables


def _enumerate(
    tables: dict[str, list[np.ndarray]],
    variables: int,
    size: int,
    constants: Sequence[int] = _CONSTANTS,
) -> _Pool:
    pool = _Pool(tables)
    for i, name in enumerate(_NAMES[:variables]):
        pool.put(name, 1, [np.indices((b,) * variables)[i].ravel() for b in _WORD_SIZES])
    for value in constants:
        pool.put(value, 1, [np.full(b**variables, value % b) for b in _WORD_SIZES])
    for total in range(2, size + 1):
        for op, table in tables.items():
            arity = table[0].ndim
            for sizes in _splits(total - 1, arity):
                for parts in product(*(pool.by_size.get(s, ()) for s in sizes)):
                    term = Term(op, tuple(p[0] for p in parts))
                    columns = zip(*(p[1] for p in parts), strict=True)
                    vectors = [t[c] for t, c in zip(table, columns, strict=True)]
                    pool.put(term, total, vectors)
    return pool


def _splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(1, total):
        for rest in _splits(total - first, parts - 1):
            yield (first, *rest)


def _candidates(pool: _Pool) -> list[tuple[Arg, Arg]]:
    """Possible rules, each once up to names, the most useful first: small, with many variables."""
    found: dict[tuple[Arg, Arg], None] = {}
    for left, right in pool.candidates:
        names: dict[str, str] = {}
        pair = _renamed(left, names), _renamed(right, names)
        if set(variables_in(pair[1])) <= set(variables_in(pair[0])):
            found.setdefault(pair)
    return sorted(found, key=_usefulness)


def _renamed(term: Arg, names: dict[str, str]) -> Arg:
    if isinstance(term, str):
        return names.setdefault(term, _NAMES[len(names)])
    if isinstance(term, int):
        return term
    return Term(term.op, tuple(_renamed(a, names) for a in term.args))


def _size(term: Arg) -> int:
    return term.size if isinstance(term, Term) else 1


def _usefulness(pair: tuple[Arg, Arg]) -> tuple[object, ...]:
    left, right = pair
    size = _size(left) + _size(right)
    constants = sum(isinstance(p, int) for t in pair if isinstance(t, Term) for p in t.subterms())
    return (size, constants, -len(set(variables_in(left))), str(left), str(right))


# ------------------------------------------------------------ choosing


def _follows(
    pairs: Sequence[tuple[Arg, Arg]], rules: Sequence[egglog.RewriteOrRule], name: str
) -> list[bool]:
    """For each pair, whether the rules make it equal."""
    graph = TermGraph(_LARGE)
    for pair in pairs:
        for term in pair:
            graph.add(term)
    ruleset = egglog.ruleset(*rules, name=f"{name}_{len(rules)}")
    nodes = 3_000 + 12 * len(pairs)
    graph.saturate([constants, ruleset], nodes=nodes, seconds=5.0, iterations=24)
    return [graph.same(*pair) for pair in pairs]


def _without_redundant(rules: list[egglog.RewriteOrRule], name: str) -> list[egglog.RewriteOrRule]:
    """The rules without those that follow from the others, looked at from the last one on."""
    kept, dropped = list(rules), []
    for rule in reversed(rules):
        others = [r for r in kept if r is not rule]
        if others and _is_implied(rule, others, name):
            kept = others
            dropped.append(rule)
    # A rule may have followed by way of one that was dropped after it, and no longer do.
    for rule in reversed(dropped):
        if not _is_implied(rule, kept, name):
            kept.append(rule)
    return kept


def _is_implied(rule: egglog.RewriteOrRule, others: list[egglog.RewriteOrRule], name: str) -> bool:
    read = _read(rule)
    return _follows([(_as_term(read.left), _as_term(read.right))], others, f"{name}_without")[0]


def _rule(left: Arg, right: Arg) -> egglog.RewriteOrRule:
    """A rule from left to right, or both ways where that is possible and hardly shortens."""
    one, other = _expr(left), _expr(right)
    same = set(variables_in(left)) == set(variables_in(right)) and not isinstance(right, str | int)
    both = same and _size(left) <= _size(right) + 1 and not _mirror(left, right)
    return egglog.birewrite(one).to(other) if both else egglog.rewrite(one).to(other)


def _mirror(left: Arg, right: Arg) -> bool:
    """Whether the rule read from right to left is the same rule, as for commutativity."""
    return (_renamed(right, names := {}), _renamed(left, names)) == (left, right)


def _expr(term: Arg) -> Any:
    """The egglog expression of a term, with variables as pattern variables."""
    if isinstance(term, int):
        return const(term)
    if isinstance(term, str):
        return egglog.var(term, Word)
    return FULL[term.op](*map(_expr, term.args))


def _read(rule: egglog.RewriteOrRule) -> Rule:
    return read_rules(egglog.ruleset(rule, name="one"))[0]


def _is_sound(rule: egglog.RewriteOrRule) -> bool:
    return check_rule(_read(rule)).sound is True


def _as_term(pattern: Any) -> Arg:
    """The term of a pattern of words; slots become variables."""
    if not isinstance(pattern, Term):
        return pattern.name
    if pattern.op == "const":
        return pattern.args[0]
    return Term(pattern.op, tuple(map(_as_term, pattern.args)))


# ------------------------------------------------------------ writing


def ruleset_source(ruleset: egglog.Ruleset, name: str) -> str:
    """Python source of a ruleset of unconditional rules between words; `check` accepts it."""
    rules = read_rules(ruleset)
    ops = {"const"} if any(isinstance(_as_term(r.right), int) for r in rules) else set()
    names: dict[str, None] = {}
    lines = []
    for rule in rules:
        left, right = _as_term(rule.left), _as_term(rule.right)
        for side in (left, right):
            names |= dict.fromkeys(sorted(variables_in(side)))
            parts = side.subterms() if isinstance(side, Term) else ()
            ops |= {FULL[t.op].python_name for t in parts if isinstance(t, Term)}
        kind = "birewrite" if rule.both_ways else "rewrite"
        lines.append(f"    # {left} = {right}\n")
        lines.append(f"    yield {kind}({_python(left)}).to({_python(right, whole=True)})\n")
    parameters = ", ".join(f"{n}: Word" for n in sorted(names))
    return (
        f'"""Rules that `python -m synth.rules infer` found: {len(rules)} laws of words."""\n\n'
        "from egglog import birewrite, rewrite, ruleset\n\n"
        f"from synth.language import {', '.join(['Word', *sorted(ops)])}\n\n\n"
        f"@ruleset\ndef {name}({parameters}):\n{''.join(lines)}"
    )


def _python(term: Arg, *, whole: bool = False) -> str:
    if isinstance(term, int):
        return f"const({term})" if whole else str(term)
    if isinstance(term, str):
        return term
    arguments: Iterable[str] = map(_python, term.args)
    return f"{FULL[term.op].python_name}({', '.join(arguments)})"
