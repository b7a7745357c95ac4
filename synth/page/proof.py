"""Why an answer is right for every memory: the chain of rewrites; and what else equals it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from bridge.counts import counted
from bridge.errors import SkeletuneError
from bridge.term import Arg, Term, parse_term
from synth.language import check_term
from synth.page.linked import marked
from synth.page.run import Run

__all__ = ["Chain", "EClass", "Link", "changed", "e_class", "proof"]

SECONDS, NODES, SHOWN = 3.0, 150, 12
"""Of saturation, for a drawing; and the e-classes that are drawn."""
MOST: Final = 60
"""Steps of a chain that are shown."""


@dataclass(frozen=True)
class Link:
    """A step of a chain: the rule, its equation, and the terms before and after, the part that it
    changes marked in each."""

    rule: str
    equation: str
    forward: bool
    before: Markup
    after: Markup


@dataclass(frozen=True)
class Chain:
    """The section of the proof."""

    title: str
    told: str
    links: tuple[Link, ...]
    more: int
    """Steps that are not shown."""


@dataclass(frozen=True)
class EClass:
    """The section of the e-class."""

    told: str
    svg: Markup


def proof(run: Run) -> Chain | None:
    """The section of the proof, where rules alone made the answer; or of why the skeleton that it
    was tuned from equals a near miss."""
    told = run.told
    if told.proof is not None and told.rewritten_from is not None:
        source = told.rewritten_from
        steps = [(step.rule, step.forward, parse_term(step.term)) for step in told.proof]
        title = "Proof that the answer equals the program before"
    elif told.near_miss is not None and isinstance(run.skeleton, Term):
        source, found = told.near_miss, _explained(told.near_miss, run)
        if not found:
            return None
        steps, title = found, "Why the skeleton equals the near miss"
    else:
        return None
    equations = _equations(run)
    links: list[Link] = []
    before: Arg = _closed(parse_term(source))  # as the chain compares blocks
    for rule, forward, after in steps[:MOST]:
        then, now = changed(before, after)
        equation = equations.get(rule, "")
        links.append(Link(rule, equation, forward, _show(before, then), _show(after, now)))
        before = after
    count = counted(len(steps), "rewrite")
    text = f"{count}, each sound for every memory, and each re-checked by execution."
    if not steps:
        text = "The term is the same; its program is another one."
    return Chain(title, text, tuple(links), len(steps) - len(links))


def _closed(term: Term) -> Term:
    return Term("do", (*term.args, Term("halt"))) if term.op == "do" else term


def _explained(near_miss: str, run: Run) -> list[tuple[str, bool, Arg]] | None:
    from synth.egraph.equivalents import without_noops
    from synth.rules.explain import explain

    skeleton = run.skeleton
    assert isinstance(skeleton, Term)
    try:
        steps = explain(
            parse_term(near_miss), without_noops(skeleton), run.spec.machine.words,
            seconds=SECONDS, language=run.problem.language,
        )  # fmt: skip
    except SkeletuneError:  # of a construct or a rule that is not there
        return None
    return None if steps is None else [(s.rule.name, s.forward, s.term) for s in steps]


def _equations(run: Run) -> dict[str, str]:
    """Of the shipped rules, by name."""
    from synth.egraph.graph import read_rules
    from synth.rules.rule import equation
    from synth.rulesets import SHIPPED

    language = run.problem.language
    rules = (rule for each in SHIPPED.values() for rule in read_rules(each, language))
    return {rule.name: equation(rule) for rule in rules}


def changed(before: Arg, after: Arg) -> tuple[list[Arg], list[Arg]]:
    """The smallest parts in which two terms differ, in each of them; of blocks, the statements."""
    if not isinstance(before, Term) or not isinstance(after, Term) or before.op != after.op:
        return [before], [after]
    one, other = list(before.args), list(after.args)
    if before.op == "do":
        while one and other and one[0] == other[0]:
            one, other = one[1:], other[1:]
        while one and other and one[-1] == other[-1]:
            one, other = one[:-1], other[:-1]
        if len(one) == len(other) == 1:
            return changed(one[0], other[0])
        return one or [before], other or [after]
    pairs = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    if len(one) != len(other) or any(not isinstance(x, Term) for pair in pairs for x in pair):
        return [before], [after]
    found = [changed(a, b) for a, b in pairs]
    return [p for parts, _ in found for p in parts], [p for _, parts in found for p in parts]


def _show(term: Arg, parts: Iterable[Arg]) -> Markup:
    marks = {id(part) for part in parts if isinstance(part, Term)}
    return marked(term, lambda part: 'class="changed"' if id(part) in marks else None)


def e_class(run: Run) -> EClass | None:
    """The section of what equals the answer: its e-class, and those nearest to it."""
    term = run.term or (None if run.told.near_miss is None else parse_term(run.told.near_miss))
    if term is None:
        return None
    from synth.egraph.equivalents import saturate
    from synth.rules.draw import DrawingError, draw_dot, draw_svg
    from synth.rulesets import DEFAULT

    try:
        check_term(term, language=run.problem.language)
        found = saturate(
            term, run.spec.machine.words, rulesets=DEFAULT, nodes=NODES, seconds=SECONDS,
            language=run.problem.language,
        )  # fmt: skip
        svg = draw_svg(draw_dot(found.automaton, found.root, limit=SHOWN))
    except (DrawingError, SkeletuneError):
        return None
    what = "the answer" if run.term is not None else "the near miss"
    told = (
        f"What the rules know to equal {what}, after {found.report.nodes:,} e-nodes in "
        f"{found.report.classes:,} e-classes: the {SHOWN} nearest e-classes, a box each; its rows "
        f"are equal to each other. {what.capitalize()} is in the one that is outlined."
    )
    svg = svg[svg.index("<svg") :].replace("<svg ", '<svg aria-hidden="true" ', 1)
    return EClass(told, Markup(svg))
