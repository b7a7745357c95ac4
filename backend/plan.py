"""How each restart begins: which weights are free, and how noisy they start.

All that is random about a restart is drawn here, from (seed, skeleton, restart) alone, so that
it does not matter which restarts run beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from backend.compiler import blank_unused, compile_first, compile_rows
from backend.machine import Controller, head_sizes
from bridge.isa import HALT, JUMP
from bridge.program import Program, encode, first_words
from bridge.spec import Machine

__all__ = ["Arm", "Begun", "Shape", "Tuning", "begin"]

NEVER: Final = -1e4
"""The logit of registers and lines that only the bucket has, not the machine."""
CONTROL: Final = np.array([HALT, JUMP])


@dataclass(frozen=True)
class Arm:
    """One way to tune a skeleton; restarts take turns between the arms of a portfolio."""

    focus: bool
    """Free are only the holes, or a few random lines where there are none; else, all lines."""
    curriculum: bool = False
    """Whether the first cells and few steps are learned first."""


@dataclass(frozen=True)
class Tuning:
    """The recipe. The defaults are what measurements favoured: see backend/README.md."""

    steps: int = 200
    """Gradient steps per restart."""
    learning_rate: float = 0.2
    clip: float = 10.0
    """The largest norm of a restart's gradient."""
    gamma: tuple[float, float] = (0.01, 0.3)
    """The noise γ of eq. 3, drawn log-uniformly from this range for each restart."""
    control: float = 0.1
    """Noise on control flow (lines that jump or halt, and these two opcodes elsewhere) is this
    much weaker: skeletons are wrong in their data flow more often than in their loops."""
    epsilon: float = 1e-3
    """eq. 3's ε: how firmly lines without noise hold."""
    focus: tuple[int, int] = (2, 4)
    """How many lines are free at once where a skeleton has no holes."""
    arms: tuple[Arm, ...] = (Arm(False), Arm(True), Arm(False, True), Arm(True, True))
    """The portfolio of skeletons without holes."""
    hole_arms: tuple[Arm, ...] = (Arm(True, True), Arm(True, True), Arm(True, True), Arm(True))
    """The portfolio of skeletons with holes. What is no hole stays as it is."""
    lessons: tuple[tuple[float, float], ...] = ((0.15, 0.25), (0.3, 0.5))
    """The curriculum: up to that fraction of the gradient steps, only that fraction of the
    machine's steps and of the expected cells count."""
    decode_every: int = 20
    """Gradient steps between two decodings; what is decoded is executed on all examples."""
    samples: int = 5000
    """Programs drawn from the weights of each restart at each decoding, and executed."""
    uniform: float = 0.08
    """How often a drawn choice is uniform rather than by the weights."""
    examples: int = 16
    """The most examples that the gradient sees; executed programs are held to all of them."""
    horizon: int | None = None
    """How many steps the soft machine runs; None: estimated from the skeleton's own runs."""
    halting: float = 1.0
    """The loss's weight on having halted, where the machine must."""
    thrift: float = 0.02
    """λ of eq. 12: the loss per expected step, where the objective is few steps."""
    controller: Controller = "logits"
    """What the controller mixes where the pointer is on several lines: see
    `backend.machine.Controller`. "softmaxes" does without the kernels, which makes it slower on
    the CPU. What the weights are decoded to is the same."""
    entropy: float = 0.0
    """The loss's weight on the mean entropy, in nats, of the heads that may be tuned."""
    anneal: bool = False
    """Whether that weight grows from 0, linearly over the gradient steps."""
    stop_at_first: bool = True
    """Whether to end as soon as a program passes all examples."""
    to_the_end: bool = False
    """Whether a restart goes on after its first solution, so that its soft outputs are judged after
    all its gradient steps."""

    def arm(self, program: Program, restart: int) -> Arm:
        """The arm whose turn it is."""
        arms = self.hole_arms if program.has_hole else self.arms
        return arms[restart % len(arms)]

    def lesson(self, done: int) -> float:
        """The part of the task that a curriculum shows after so many gradient steps."""
        shown = (part for until, part in self.lessons if done < until * self.steps)
        return next(shown, 1.0)


class Begun(NamedTuple):
    """A restart before its first gradient."""

    weights: Float[np.ndarray, "lines heads"]
    free: Bool[np.ndarray, "lines heads"]
    """Which of them are free."""
    first: Float[np.ndarray, "registers b"]
    """The logits of what registers start with: zeros where the machine does not preload."""
    first_free: Bool[np.ndarray, "registers b"]
    seed: int
    """Of its draws of programs."""


@dataclass(frozen=True)
class Shape:
    """What compiled functions are specialised to: sizes rounded up, so that few are compiled."""

    words: int
    registers: int
    lines: int
    horizon: int
    examples: int
    opcodes: int

    @staticmethod
    def of(machine: Machine, horizon: int, examples: int) -> Shape:
        """The bucket that the machine falls into."""
        coarse = 4 if machine.words <= 32 else 16
        return Shape(
            -(-machine.words // coarse) * coarse,
            -(-machine.registers // 2) * 2,
            -(-machine.lines // 8) * 8,
            max(32, 1 << (horizon - 1).bit_length()),
            max(4, 1 << (examples - 1).bit_length()),
            machine.opcodes,
        )

    @property
    def chunk(self) -> int:
        """How many restarts fit the processor's cache."""
        return max(1, min(8, 128 // self.words))

    @property
    def heads(self) -> tuple[int, ...]:
        return head_sizes(self.registers, self.lines, self.opcodes)


def begin(
    program: Program, machine: Machine, shape: Shape, tuning: Tuning, key: tuple[int, int, int]
) -> Begun:
    """The restart (seed, skeleton, restart) = `key`."""
    rng = np.random.default_rng(key)
    arm = tuning.arm(program, key[2])
    encoded = encode(program, shape.lines)
    rows = blank_unused(encoded)
    free = _free_heads(encoded, len(program), arm, tuning, rng)

    low, high = np.log(tuning.gamma)
    gamma = np.exp(rng.uniform(low, high))
    lines, sizes = shape.lines, shape.heads
    noise = gamma * rng.random((lines, sum(sizes)), np.float32)
    noise[np.isin(rows[:, 0], CONTROL)] *= tuning.control
    noise[:, CONTROL] *= tuning.control
    wide = np.repeat(free, sizes, axis=1)
    weights = compile_rows(rows, np.where(wide, noise, 0), tuning.epsilon, shape.registers)
    blank = rows[:, 0] < 0
    weights[:, CONTROL] += np.where(blank, np.log(tuning.control), 0)[:, None]
    real = head_sizes(machine.registers, machine.lines, machine.opcodes)
    exists = np.concatenate([np.arange(size) < n for size, n in zip(sizes, real, strict=True)])
    weights[:, ~exists] = NEVER
    first = np.zeros((shape.registers, shape.words), np.float32)
    first_free = np.zeros(first.shape, bool)
    if machine.preload:
        # What is no hole of a skeleton stays, unless it is holes alone.
        given = arm.focus and program.has_hole and not blank[: len(program)].all()
        first_free[: machine.registers, : machine.words] = not given
        blur = gamma * rng.random(first.shape, np.float32) * first_free
        first = compile_first(first_words(program, shape.registers), blur, tuning.epsilon)
        first[:, machine.words :] = NEVER
    return Begun(weights, wide & exists, first, first_free, int(rng.integers(2**63)))


def _free_heads(
    encoded: Int[np.ndarray, "lines 5"],
    length: int,
    arm: Arm,
    tuning: Tuning,
    rng: np.random.Generator,
) -> Bool[np.ndarray, "lines 5"]:
    holes = encoded < 0
    if arm.focus and holes.any():
        return holes
    free = np.zeros_like(holes)
    chosen = np.arange(length)
    if arm.focus:
        few = rng.integers(tuning.focus[0], tuning.focus[1] + 1)
        chosen = rng.permutation(chosen)[:few]
    free[chosen] = True
    return free
