"""What a search ends with: Result, Stats, Rewrite, Solution, and its JSON."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from jaxtyping import Int64, Num

from bridge import Machine, Outcome, Program, Spec, Verdict, run
from bridge.lists import Layout, Value
from bridge.spec import Budget
from bridge.term import Arg, Term
from synth.answers import Answer
from synth.engines.base import Work
from synth.perception import Perception
from synth.shown import Shown, called

if TYPE_CHECKING:
    from backend import Model
    from backend.perception.reader import PictureModel
    from synth.rules.explain import Step
    from synth.rulesets import Rules
    from synth.runs.history import Recorded

__all__ = ["Progress", "Result", "Rewrite", "Solution", "Stats", "as_text"]


class Result(enum.Enum):
    """How a search ended; `message` says it to a person."""

    VERIFIED = "verified", "verified on all examples and all held-out examples"
    FITS_EXAMPLES = "fits_examples", "fits the examples, but is not verified on held-out ones"
    GENERALISES = (
        "generalises",
        "generalises: as accurate on held-out examples as was asked for",
    )
    NO_CANDIDATE = "no_candidate", "no candidate can explain the examples"
    NO_PROGRAM = "no_program", "no program of this machine fits the examples"
    BUDGET_EXHAUSTED = "budget_exhausted", "not found within the budget; this is the best so far"
    INTERRUPTED = "interrupted", "interrupted; this is the best so far"

    message: str

    def __new__(cls, value: str, message: str) -> Result:
        member = object.__new__(cls)
        member._value_ = value
        member.message = message
        return member


@dataclass(frozen=True)
class Stats(Work):
    """Work done, counted; and seconds, which are no measure of work."""

    seconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict[str, float], compare=False)
    """Seconds spent in each stage, since the run began or went on."""


@dataclass(frozen=True)
class Progress:
    """What whoever watches a search is told."""

    stage: str
    stats: Stats
    best_cells: int
    cells: int
    detail: str = ""
    """Where the stage is, in its own words."""
    stages: Mapping[str, Mapping[str, int | float]] = field(
        default_factory=dict[str, dict[str, int | float]]
    )
    """By stage, in order: the work that it did, by Work's names of it, its seconds, and the cells
    that the best program got right at its end."""
    budget: Budget = field(default_factory=Budget)
    """What the search may spend."""


@dataclass(frozen=True)
class Rewrite:
    """A step of a proof: the rule, whether it was read from left to right, and the term that it
    led to."""

    rule: str
    forward: bool
    term: Arg

    @classmethod
    def of(cls, step: Step) -> Rewrite:
        """The step, as plain values."""
        return cls(step.rule.name, step.forward, step.term)


@dataclass(frozen=True)
class Solution:
    """The outcome of `solve`: the best program, its origin, and what it was verified on."""

    name: str
    result: Result
    machine: Machine
    seed: int
    program: Program | None
    """The best program so far; None only if nothing at all was executed."""
    term: Term | None
    """The same in the high-level language, where the program was lowered from a term."""
    skeleton: Term | Program | None
    """What the program was tuned from, where it was."""
    near_miss: Term | None
    """The enumerated term that the skeleton equals, where it does: `explain` tells why."""
    found_by: str | None
    """The engine that the answer owes itself to; None if nothing was found."""
    examples: Verdict
    holdout: Verdict
    stats: Stats
    notes: tuple[str, ...] = ()
    """What the user should know: limits reached, engines that could not run."""
    contradictions: int = 0
    """Examples, held-out ones too, that expect another word than one with the same memory does:
    where there are any, nothing can be verified."""
    entropy: tuple[float, ...] | None = None
    """Nats of doubt in the tuned weights, line by line of the program: where it is high, the
    program says little of what the soft machine does."""
    start_steps: tuple[int, ...] = ()
    """Steps of the program to adapt on each example and each held-out one, if there was one: in
    the spec, or the answer before it was optimised."""
    optimised_by: str | None = None
    """The engine that made the answer quicker, after it was found."""
    rewritten_from: Term | None = None
    """The term of the program before, if rules alone lead from it to `term`: `proof` tells how."""
    proof: tuple[Rewrite, ...] | None = None
    """These rewrites, each re-checked on random memories. As the rules are sound, both programs
    are equal for every memory. None if there is no such chain, or none was found within caps."""
    saved: bool = True
    """Whether the run folder, if there is one, holds all of the run."""
    weights: Mapping[str, np.ndarray] | None = field(default=None, repr=False)
    """The tuned weights, where there are any."""
    course: Mapping[str, np.ndarray] | None = field(default=None, repr=False, compare=False)
    """How tuning came to them, round by round: steps, loss, and the weights, their axis first."""
    outputs: tuple[int, ...] = ()
    """The registers, from 1, in which examples expect words."""
    accuracy: float = 1.0
    """The share of inputs on which it was to be right."""
    perception: Perception | None = field(default=None, repr=False)
    """What reads pictures for the program, where memory holds pictures."""
    answers: tuple[Answer, ...] = ()
    """The programs that are right on the examples, the cheapest first, as many as were asked
    for."""

    lists: Layout | None = None
    """How inputs and outputs lie in memory, where the spec's examples are such."""
    shown: tuple[Shown, ...] = ()
    """Some of these examples, and what the program made of them: all that fail, if they are few."""
    history: Recorded | None = field(default=None, repr=False, compare=False)
    """How the search went."""

    spec: Spec | None = field(default=None, repr=False, compare=False)
    """What it is a solution of."""

    @property
    def solved(self) -> bool:
        """Verified, or generalises; or fits the examples, where nothing was held out."""
        return self.result in (Result.VERIFIED, Result.GENERALISES) or (
            self.result is Result.FITS_EXAMPLES and not self.holdout.total
        )

    @cached_property
    def reading(self) -> Term | None:
        """What the program means in the high-level language, if it was found as a program: the
        cheapest term that the shipped rules know to be equal, for every memory, to what is lifted
        from the program. Computed when it is asked for, in about a second at most. None if there
        is a `term`, nothing was found, or the program cannot be lifted."""
        if self.program is None or self.term is not None or not self.solved:
            return None
        from synth.egraph.decompile import decompile
        from synth.language import language_for

        return decompile(
            self.program, self.machine.words, outputs=self.outputs, nodes=2_000, seconds=1.0,
            language=language_for(self.machine.instructions, self.lists is not None),
        )  # fmt: skip

    def perceive(
        self, pictures: Num[np.ndarray, "n *shape"], name: str | None = None
    ) -> Int64[np.ndarray, " n"]:
        """The words that pictures show, in the units of the spec's file; `name` says of which set
        they are, if there are several. Raises ValueError without a reader, or for other shapes."""
        perception = self._perception()
        images = perception.set_named(name)
        return perception.reader(images.name, images.scale(np.asarray(pictures)))

    def run(self, memory: Sequence[Any] | np.ndarray) -> Outcome:
        """Executes the program on memory that holds, from address 0, words or pictures, or
        {name of its set: picture} where there are several sets. Raises ValueError without a
        program, and for cells that are neither."""
        if self.program is None:
            raise ValueError("no program was found, so there is none to run")
        words: list[int] = []
        for cell in memory:
            name, picture = None, cell
            if isinstance(cell, Mapping):
                ((name, picture),) = cast("Mapping[str, Any]", cell).items()
            picture = np.asarray(picture)
            if not picture.ndim and picture.dtype.kind not in "bui":
                raise ValueError(f"{cell!r}: no word: give a whole number, or a picture")
            words.append(int(self.perceive(picture[None], name)[0] if picture.ndim else picture))
        return run(self.program, words, self.machine)

    def __call__(self, *inputs: Any) -> Value:
        """What the program makes of inputs such as the spec's examples have: lists, numbers and
        booleans. Raises ValueError where these were memory, for inputs that don't fit, without a
        program, and where it leaves no output."""
        if self.program is None:
            raise ValueError("no program was found, so there is none to run")
        if self.lists is None:
            raise ValueError("the spec's examples are memory, not inputs: use run")
        return called(self.program, self.lists, self.machine, inputs)

    def _perception(self) -> Perception:
        if self.perception is None:
            raise ValueError("nothing was trained to read pictures")
        return self.perception

    def model(self, *, steps: int | None = None, epsilon: float = 1e-6) -> Model | PictureModel:
        """The program as a differentiable machine (an `eqx.Module`): distributions in,
        distributions out, to embed and train further; pictures in, where memory holds pictures.

        It takes as many steps as the program took on any example, held-out ones too: give more
        `steps` for inputs that need more. `epsilon` is as for `backend.make_model`. Raises
        ValueError without a program, and if `steps` is more than the machine's."""
        from backend import make_model  # JAX is imported only where it is used

        if self.program is None:
            raise ValueError("no program was found, so there is no model of it")
        if steps is None and (taken := (*self.examples.steps, *self.holdout.steps)):
            steps = max(1, *taken)
        model = make_model(self.program, self.machine, steps=steps, epsilon=epsilon)
        if self.perception is None:
            return model
        from backend.perception.reader import PictureModel

        return PictureModel(self.perception.reader.nets, model, self.perception.sets)

    def explain(self, rulesets: Sequence[Rules] = ()) -> list[Step] | None:
        """The chain of rewrites from the program before to the answer, if rules alone lead there;
        else from the near miss to the skeleton that the answer was tuned from. Each step is
        re-checked. None if none is found, or the answer is neither. `rulesets` are those given to
        `solve`. No-ops, which padding puts in and no rule does, are left out."""
        if self.rewritten_from is not None:
            source, target = self.rewritten_from, self.term
        else:
            source, target = self.near_miss, self.skeleton
        if source is None or not isinstance(target, Term):
            return None
        from synth.egraph.equivalents import without_noops
        from synth.language import language_for
        from synth.plugins import language_of
        from synth.rules.explain import explain
        from synth.rulesets import DEFAULT, QUICKER

        quicker = QUICKER if self.rewritten_from is not None else ()
        given = (*DEFAULT, *quicker, *rulesets)
        shipped = language_for(self.machine.instructions, self.lists is not None)
        language = language_of(rulesets, shipped)
        target = without_noops(target)
        return explain(source, target, self.machine.words, rulesets=given, language=language)

    def _repr_html_(self) -> str | None:
        """What a notebook shows: the page of `skeletune show`, in a frame of its own."""
        if self.spec is None:
            return None
        from synth.page import framed, page_of

        return framed(page_of(self, self.spec))

    def to_json(self) -> dict[str, Any]:
        """As plain values: what the command prints and the run folder holds."""
        rounded = {
            k: round(v, 3) if isinstance(v, float) else v for k, v in asdict(self.stats).items()
        }
        stages = {stage: round(seconds, 3) for stage, seconds in self.stats.stages.items()}
        return {
            "name": self.name,
            "result": self.result.value,
            "found_by": self.found_by,
            "optimised_by": self.optimised_by,
            **as_text(
                self, "program", "term", "reading", "skeleton", "near_miss", "rewritten_from"
            ),
            "proof": None if self.proof is None else [_plain(step) for step in self.proof],
            "entropy": None if self.entropy is None else list(self.entropy),
            "accuracy": self.accuracy,
            "examples": _shares(self.examples),
            "holdout": _shares(self.holdout),
            "perception": None if self.perception is None else self.perception.to_json(),
            "contradictions": self.contradictions,
            "steps": _summary((*self.examples.steps, *self.holdout.steps)),
            "start_steps": _summary(self.start_steps),
            "stats": rounded | {"stages": stages},
            "seed": self.seed,
            "lists": None if self.lists is None else _layout(self.lists),
            "shown": [shown.to_json() for shown in self.shown],
            "answers": [_answer(answer) for answer in self.answers],
            "notes": list(self.notes),
        }


def _layout(lists: Layout) -> dict[str, Any]:
    return {
        "layout": lists.name,
        "words": lists.words,
        "signed": lists.signed,
        "inputs": list(lists.inputs),
        "output": lists.output,
    }


def _plain(step: Rewrite) -> dict[str, Any]:
    return {"rule": step.rule, "forward": step.forward, "term": str(step.term)}


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        **as_text(answer, "program", "term"),
        "found_by": answer.found_by,
        "lines": len(answer.program),
        "examples": _shares(answer.examples),
        "holdout": _shares(answer.holdout),
        "steps": _summary((*answer.examples.steps, *answer.holdout.steps)),
        "passes": answer.passes,
    }


def as_text(found: object, *parts: str) -> dict[str, str | None]:
    """Those programs and terms of a solution or a candidate, as text where there are any."""
    return {p: None if (v := getattr(found, p)) is None else str(v) for p in parts}


def _shares(verdict: Verdict) -> dict[str, Any]:
    low, high = verdict.interval
    interval = [round(low, 4), round(high, 4)]
    return {"passed": verdict.passed, "total": verdict.total, "interval": interval}


def _summary(steps: Sequence[int]) -> dict[str, float] | None:
    return {"mean": round(sum(steps) / len(steps), 3), "max": max(steps)} if steps else None
