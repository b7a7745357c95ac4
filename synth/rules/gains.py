"""What rulesets are worth: which known answers get quicker by them, and by how much.

The answers are to tasks of the suites that come with the project, in `answers.jsonl`: a term and
the inputs that it was found for (`python -m benchmarks.optimise.answers --shipped`).
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bridge.loading import convert_spec
from bridge.term import Term, parse_term
from synth.egraph.equivalents import Equivalents, saturating
from synth.egraph.executed import best_equals
from synth.egraph.graph import read_rules
from synth.egraph.worker import Worker
from synth.language import LANGUAGE, Language
from synth.problem import Problem, resolve
from synth.rulesets import DEFAULT, QUICKER, Rules

__all__ = ["ANSWERS", "Answer", "Gain", "gains", "load_answers"]

ANSWERS: Final = Path(__file__).parent / "answers.jsonl"


@dataclass(frozen=True)
class Answer:
    """A term that answers a task, and the task."""

    name: str
    term: Term
    problem: Problem


@dataclass(frozen=True)
class Gain:
    """The steps that the best of an answer's equals takes on all of the answer's inputs together.

    - `matches`: how often the rulesets' rules matched; where they never did, nothing was compared.
    - `without`, `with_`: the steps by the shipped rules alone, and by these rulesets, too.
    """

    name: str
    matches: int
    without: int = 0
    with_: int = 0

    @property
    def ratio(self) -> float:
        """Below 1 if the answer gets quicker."""
        return self.with_ / self.without if self.without else 1.0


def load_answers(path: Path = ANSWERS, language: Language = LANGUAGE) -> list[Answer]:
    """The answers in the order of the file."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Answer(
            row["name"],
            parse_term(row["term"]),
            resolve(convert_spec(row["spec"], row["name"]), language),
        )
        for row in rows
    ]


def gains(
    rulesets: Sequence[Rules],
    answers: Sequence[Answer],
    *,
    nodes: int = 10_000,
    seconds: float = 10.0,
    memory: float = 2.0,
    language: Language = LANGUAGE,
) -> Generator[Gain | None]:
    """The gain on each answer in turn; None now and then. An answer is saturated with the shipped
    rulesets, without and with those in question, within the caps (see `synth.egraph.caps`)."""
    others = [r for r in (*DEFAULT, *QUICKER) if all(r is not mine for mine in rulesets)]
    names = {rule.name for each in rulesets for rule in read_rules(each, language)}
    with Worker() as worker:
        options: dict[str, Any] = {
            "nodes": nodes,
            "seconds": seconds,
            "memory": memory,
            "worker": worker,
            "language": language,
        }
        for answer in answers:
            (equals,) = yield from _saturated(answer, [*others, *rulesets], options)
            fired = sum(n for name, n in equals.report.matches.items() if name in names)
            if not fired:
                yield Gain(answer.name, 0)
                continue
            with_ = yield from _quickest(answer, equals)
            (equals,) = yield from _saturated(answer, others, options)
            without = yield from _quickest(answer, equals)
            yield Gain(answer.name, fired, without, min(with_, without) if with_ else without)


def _saturated(
    answer: Answer, rulesets: Sequence[Rules], options: dict[str, Any]
) -> Generator[None, None, list[Equivalents]]:
    """The answer's equals."""
    words = answer.problem.machine.words
    return saturating([answer.term], words, rulesets=rulesets, core=True, **options)


def _quickest(answer: Answer, equals: Equivalents) -> Generator[None, None, int]:
    """The steps of the quickest program."""
    problem = answer.problem
    looking = best_equals(
        [answer.term], [equals], problem.machine, problem.tests, problem.lower,
        language=problem.language,
    )  # fmt: skip
    while True:
        try:
            next(looking)
        except StopIteration as end:
            return min((each.steps for each in end.value), default=0)
        yield
