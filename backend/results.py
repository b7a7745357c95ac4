"""What tuning hands back."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int

from backend.weights import Weights
from bridge.program import Program

__all__ = ["Candidate", "Course", "Solved", "TuneResult"]


@dataclass(frozen=True)
class Course:
    """How a restart went, from its start, round by round."""

    steps: Int[np.ndarray, " rounds"]
    """Gradient steps until then."""
    loss: Float[np.ndarray, " rounds"]
    """NaN at the start, where nobody had computed it yet."""
    weights: Weights
    """The weights at the end of each round, as NumPy arrays with an axis of rounds."""


@dataclass(frozen=True)
class Candidate:
    """A decoded program, and the restart that it comes from."""

    skeleton: int
    restart: int
    program: Program
    cells: int
    """The expected cells, of all examples, that it gets right when executed."""
    steps: int
    """The steps that it takes on all examples together."""
    weights: Weights = field(compare=False)
    """The restart's weights at that moment, as NumPy arrays."""
    course: Course = field(compare=False)
    """What led to them."""

    @property
    def entropy(self) -> Float[np.ndarray, " lines"]:
        """Nats of doubt per line of the weights: where it is high, the decoded program says
        little of what the soft one does."""
        return np.asarray(self.weights.entropy())


@dataclass(frozen=True)
class Solved(Candidate):
    """A program that passes all examples."""

    step: int
    """Gradient steps that its restart had taken."""
    sampled: bool
    """Whether it was drawn from the weights rather than their likeliest program."""


@dataclass(frozen=True)
class TuneResult:
    """What tuning found, and what it cost."""

    solutions: tuple[Solved, ...]
    """At most one per restart, in the order in which they were found: its first or, where few
    steps are the objective, its shortest run."""
    best: Candidate | None
    """The first solution, or the one of fewest steps if they are the objective; without one, the
    program that got most cells right, likeliest or drawn. None if there was no restart."""
    cells: int
    """The expected cells in all examples."""
    loss: float
    """The lowest loss of a restart that was not yet solved; infinite before the first gradient."""
    restarts: int
    """Restarts that were begun."""
    gradient_steps: int
    """Gradient steps, summed over restarts."""
    programs: int
    """Programs executed."""
    diverged: int
    """Restarts dropped because a gradient was not finite."""
    soft: int
    """Restarts whose likeliest *soft* outputs were right on all the examples shown, at some
    decoding until they were solved (`Tuning.to_the_end`: at any). It is what the paper counts:
    compare with `solutions`."""
    compile_seconds: float = field(compare=False)
