"""A spec, resolved: what engines see. No held-out examples are in it, so none can look."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import numpy as np
from msgspec import UNSET

from bridge import LoweringError, Program, Spec, SpecError, TermError, parse_program, verify
from bridge.images import ImageSet
from bridge.lists import Layout
from bridge.loading import check_spec
from bridge.lowering.lower import lower
from bridge.pictures import NO_PICTURES, PictureTests, encode_pictures, load_sets
from bridge.spec import Example, Machine
from bridge.term import Term
from bridge.tests import Tests, encode_examples
from synth.costs.costs import SIZES, Costs
from synth.language import LANGUAGE, Language, expand, extended_for
from synth.sketch import Sketch, load_sketch

if TYPE_CHECKING:
    from synth.engines.reader import MakeNet
    from synth.enumeration.spread import Executor
    from synth.rulesets import Rules

__all__ = ["Problem", "accuracy_of", "resolve"]

INTERPRETED: Final = 1_000_000
"""The most steps that a program of the spec may take before it is executed compiled."""
PICTURES: Final = 0.9
"""The accuracy that is asked for on pictures, where the spec says none."""


@dataclass(frozen=True)
class Problem:
    """What is asked for."""

    name: str
    machine: Machine
    examples: tuple[Example, ...]
    objective: Literal["correct", "steps", "lines"] = "correct"
    start: Program | None = None
    """The program to adapt: wrong for the objective "correct", else right."""
    start_term: Term | None = None
    """What it was lowered from, where it was."""
    sketch: Sketch | None = None
    """What the answer must complete."""
    accuracy: float = 1.0
    """On which share of inputs an answer must be right."""
    images: tuple[ImageSet, ...] = field(default=(), compare=False)
    """The pictures in the examples, set by set, without labels; none where memory holds words. No
    other pictures are there: the held-out ones are not."""
    pictures: PictureTests = field(default=NO_PICTURES, compare=False)
    """The examples as arrays that count the pictures as `images` does."""
    lists: Layout | None = None
    """How inputs and outputs lie in memory, if the examples were given as such."""
    net: MakeNet | None = field(default=None, compare=False)
    """What makes a net that reads pictures, if the user brings it."""
    oracle: Program | None = None
    """A program that is right: the driver attacks answers with it."""
    wide: int = 0
    """So many of the examples, the last ones, are unlike those that the spec gives: a better
    program must be right there, but need not be quick."""
    language: Language = LANGUAGE
    """What terms may be made of."""
    costs: Costs = SIZES
    """What these cost where they are enumerated."""
    executor: Executor | None = field(default=None, compare=False)
    """Where enumeration executes; None: here."""
    rulesets: tuple[Rules, ...] = ()
    """Rulesets to saturate with, besides the shipped ones."""
    starts: tuple[Term | Program, ...] = ()
    """What engines before this one leave to start from, the best first: near misses; or, where few
    steps or lines are the objective, correct programs."""
    saved: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The engine's own last checkpoint, where a run goes on from one."""

    @property
    def adapts(self) -> bool:
        """Whether a correct program is to be made quicker, or shorter."""
        return self.objective != "correct"

    @cached_property
    def tests(self) -> Tests:
        """The examples as arrays."""
        return encode_examples(self.examples, self.machine)

    @cached_property
    def timed(self) -> Tests:
        """Those on which few steps are asked for."""
        like = self.examples[: len(self.examples) - self.wide]
        return encode_examples(like, self.machine)

    @cached_property
    def cells(self) -> int:
        """How many words the examples check."""
        return sum(1 for example in self.examples for _ in example.cells())

    @cached_property
    def outputs(self) -> tuple[int, ...]:
        """The registers, from 1, in which examples expect words."""
        cells = (cell for example in self.examples for cell in example.cells())
        return tuple(sorted({index + 1 for bank, index, _ in cells if bank == "registers"}))

    def lower(self, term: Term, outputs: Mapping[str, int] | None = None) -> Program | None:
        """The term's program, if it fits the machine; see `bridge.lowering.lower`."""
        try:
            return lower(cast("Term", expand(term, self.language)), self.machine, outputs)
        except LoweringError:
            return None

    def lowerings(self, term: Term) -> Iterator[Program]:
        """The term's program; or, if words are expected in registers, one for each way in which the
        term's variables can end in these."""
        names = sorted({t for t in term.subterms() if isinstance(t, str)})
        for chosen in itertools.permutations(names, len(self.outputs)):
            outputs = dict(zip(chosen, self.outputs, strict=True))
            if (program := self.lower(term, outputs)) is not None:
                yield program

    @property
    def may_fail(self) -> int:
        """How many of the examples an answer may fail."""
        n = len(self.examples)
        return n - ceil(self.accuracy * n - 1e-9)

    def passes(self, program: Program) -> bool:
        """Whether the program is right on as many examples as must be; it stops at the first
        failure that is too many."""
        failures = _failed(program, self.examples, self.machine, lambda: self.tests)
        return next(islice(failures, self.may_fail, None), None) is None


def resolve(spec: Spec, language: Language = LANGUAGE) -> Problem:
    """The problem that a spec states. Raises SpecError where its parts don't fit each other."""
    check_spec(spec)
    try:
        language = extended_for(language, spec.machine.instructions, _by_lists(spec))
    except TermError as e:  # a construct of a plug-in
        raise SpecError(f"$: {e}") from None
    oracle, start = (
        None if text is UNSET else parse_program(text, at)
        for text, at in ((spec.oracle, "$.oracle"), (spec.start, "$.start"))
    )
    if oracle is not None:
        for group in ("examples", "holdout"):
            failed = _failed(oracle, getattr(spec, group), spec.machine)
            if (i := next(failed, None)) is not None:
                raise SpecError(f"$.oracle: fails $.{group}[{i}]: mend one of them")
    if spec.objective != "correct":
        _check_start(spec, start)
    sketch = load_sketch(spec, language)
    pictures, images = NO_PICTURES, ()
    if spec.images:
        sets = load_sets(spec)
        every = encode_pictures(spec.examples, spec.machine, list(spec.images))
        pictures, images = every.renumbered(sets)
    return Problem(
        name=spec.name, machine=spec.machine, examples=spec.examples, objective=spec.objective,
        start=start, sketch=sketch, accuracy=accuracy_of(spec), images=images, pictures=pictures,
        oracle=oracle, language=language,
        lists=None if spec.lists is UNSET else spec.lists,
    )  # fmt: skip


def _by_lists(spec: Spec) -> bool:
    """Whether loops for lists are in the language: where examples are lists; and where pictures are
    in memory, if the machine has more instructions than the paper's, so that little is small."""
    return spec.lists is not UNSET or bool(spec.images and spec.machine.instructions != "paper")


def accuracy_of(spec: Spec) -> float:
    """On which share of inputs an answer must be right."""
    if spec.accuracy is not UNSET:
        return spec.accuracy
    return PICTURES if spec.images else 1.0


def _check_start(spec: Spec, start: Program | None) -> None:
    """Raises SpecError unless there is a program to adapt that is correct on the examples."""
    if start is None:
        raise SpecError(
            f"$.objective: {spec.objective!r} adapts a correct program: add one, as assembly, "
            "under $.start"
        )
    if spec.sketch is not UNSET:
        raise SpecError(
            f"$.sketch: with $.objective {spec.objective!r} there is nothing to fill: leave it out"
        )
    if (i := next(_failed(start, spec.examples, spec.machine), None)) is not None:
        raise SpecError(
            f"$.start: fails $.examples[{i}]: mend it, or set $.objective to 'correct' to "
            "have it repaired"
        )


def _failed(
    program: Program,
    examples: tuple[Example, ...],
    machine: Machine,
    encoded: Callable[[], Tests] | None = None,
) -> Iterator[int]:
    """The examples that the program is wrong on. Many are executed compiled, as arrays: those that
    `encoded` gives, where somebody has them."""
    if len(examples) * machine.steps > INTERPRETED:
        from bridge.batch import which_fail  # with numba: it takes a second to load

        tests = encode_examples(examples, machine) if encoded is None else encoded()
        wrong = which_fail(program, tests, machine)
        return iter(np.flatnonzero(wrong).tolist())
    return (i for i, e in enumerate(examples) if not verify(program, (e,), machine).correct)
