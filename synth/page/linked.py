"""A program beside its term: which lines come from which statement, and both as text to show."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from markupsafe import Markup

from bridge import Program
from bridge.errors import SkeletuneError
from bridge.lowering.lower import lower_linked
from bridge.term import Arg, Term
from synth.language import expand
from synth.page.run import Run
from synth.problem import Problem

__all__ = ["Answer", "Line", "answer", "listing", "marked"]

WIDTH = 44
"""Characters in a line of a term, where it can be broken."""


@dataclass(frozen=True)
class Line:
    """A line of a program, as it is shown."""

    number: int
    labels: tuple[str, ...]
    text: str
    units: tuple[int, ...] = ()
    """The statements that it comes from, by number."""


@dataclass(frozen=True)
class Answer:
    """The program, its term, and what links them."""

    preload: tuple[str, ...]
    """What registers start with, a line each."""
    lines: tuple[Line, ...]
    term: Markup | None
    is_reading: bool
    linked: bool


def answer(run: Run) -> Answer | None:
    """The section of the answer, or of the best so far."""
    if run.program is None:
        return None
    units = {} if run.term is None or run.is_reading else _links(run.term, run.program, run.problem)
    lines: dict[int, tuple[int, ...]] = {}
    for unit, numbers in units.values():
        for number in numbers:
            lines[number] = (*lines.get(number, ()), unit)
    numbers = {key: unit for key, (unit, _) in units.items()}
    term = None if run.term is None else marked(run.term, lambda t: _attributes(t, numbers))
    preload = tuple(f"r{register} = {word}" for register, word in run.program.preload)
    return Answer(preload, listing(run.program, lines), term, run.is_reading, bool(units))


def listing(
    program: Program, units: Mapping[int, tuple[int, ...]] | None = None
) -> tuple[Line, ...]:
    """Its lines; one more where a label stands at the end."""
    found: list[Line] = []
    labels: list[str] = []
    for text in str(Program(program.instructions, program.labels)).splitlines():
        if not text.startswith(" "):
            labels.append(text.rstrip(":"))
            continue
        number = len(found)
        found.append(Line(number, tuple(labels), text.strip(), (units or {}).get(number, ())))
        labels.clear()
    if labels or not found:
        found.append(Line(len(found), tuple(labels), ""))
    return tuple(found)


# ------------------------------------------------------------ links


def _links(term: Term, program: Program, problem: Problem) -> dict[int, tuple[int, list[int]]]:
    """By the identity of each statement: its number, and the lines that come from it (not those of
    statements within it that have numbers of their own). Nothing where the program is not found
    among those that the term is lowered to."""
    expanded = cast("Term", expand(term, problem.language))
    sources = _sources(term, expanded, program, problem)
    if sources is None:
        return {}
    units: dict[int, tuple[int, list[int]]] = {}
    owners: dict[int, list[int]] = {}
    for number, (statement, parts) in enumerate(_statements(term, expanded)):
        units[id(statement)] = number, (lines := [])
        for part in parts:
            owners.setdefault(id(part), lines)
    for line, source in enumerate(sources):
        if source is not None and id(source) in owners:
            owners[id(source)].append(line)
    return units


def _sources(
    term: Term, expanded: Term, program: Program, problem: Problem
) -> tuple[Term | None, ...] | None:
    """The statement of the expanded term that each line comes from; None if none is known."""
    names = sorted({t for t in term.subterms() if isinstance(t, str)})
    for chosen in itertools.islice(itertools.permutations(names, len(problem.outputs)), 100):
        outputs = dict(zip(chosen, problem.outputs, strict=True))
        try:
            lowered, sources = lower_linked(expanded, problem.machine, outputs)
        except SkeletuneError:
            continue
        if lowered.bare() == program.bare():
            return sources
    if problem.outputs or problem.images:  # of these no program is made quicker
        return None
    from synth.egraph.quickened import sources_of  # with compiled code

    return sources_of(program, expanded, problem.machine, problem.tests)


def _statements(term: Arg, expanded: Arg) -> Iterator[tuple[Term, list[Arg]]]:
    """The statements of a block, those within loops and branches too, each with what its lines come
    from in the expanded term. A derived construct is one, with all that it stands for."""
    if not isinstance(term, Term) or not isinstance(expanded, Term):
        return
    for inner, other in zip(term.args, expanded.args, strict=False):
        if not isinstance(inner, Term):
            continue
        if term.op != "do":
            yield from _statements(inner, other) if inner.op == "do" else ()
        elif isinstance(other, Term) and other.op == inner.op:
            yield inner, [other]
            yield from _statements(inner, other)
        elif isinstance(other, Term):
            yield inner, [*other.subterms()]


# ------------------------------------------------------------ terms as text


def _attributes(term: Term, units: Mapping[int, int]) -> str | None:
    unit = units.get(id(term))
    return None if unit is None else f'class="unit" tabindex="0" data-unit="{unit}"'


def marked(term: Arg, attributes, indent: int = 0) -> Markup:
    """The s-expression, one statement a line where it is long; parts of which `attributes` tells
    some are in a span with these."""
    flat = str(term)
    if not isinstance(term, Term):
        return Markup.escape(flat)
    head, rest, inner = [Markup.escape(f"({term.op}")], list(term.args), indent + 2
    if indent + len(flat) <= WIDTH:
        head += [Markup(" ") + marked(a, attributes, indent) for a in rest]
        rest = []
    width = len(term.op) + 1
    while term.op != "do" and rest and indent + width + len(str(rest[0])) < WIDTH:
        flat = str(rest[0])
        head.append(Markup(" ") + marked(rest.pop(0), attributes, indent + width))
        width += 1 + len(flat)
    pad = Markup("\n" + " " * inner)
    text = Markup("").join([*head, *(pad + marked(a, attributes, inner) for a in rest)]) + ")"
    told = attributes(term)
    return text if told is None else Markup(f"<span {told}>") + text + Markup("</span>")
