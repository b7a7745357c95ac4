"""Blank instructions and nets in one descent: the soft machine's likelihood of a sketch."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import ClassVar, Final

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from backend.compiler import blank_unused, compile_rows, decode_packed
from backend.machine import head_sizes
from backend.perception.batches import BLOCK
from backend.perception.likelihood import Answers, Likelihood
from backend.perception.race import Contest, Entry, Pace, paced
from backend.perception.relaxed import Relaxed, make_relaxed
from backend.plan import CONTROL, NEVER
from backend.weights import unpack
from bridge.lowering.tidy import drop_unreachable
from bridge.program import Instruction, Program, decode_rows, encode
from bridge.readings import Group
from bridge.spec import Machine

__all__ = ["Blank", "Sketched", "fill"]

FIRM: Final = 1e-3
"""eq. 3's ε: how firmly lines without a hole hold."""
NOISE: Final = 2.0
"""By how much logits of holes differ at first."""
SCALE: Final = 8.0
"""So much faster than a net's weights are those of holes descended."""
DRAWN: Final = 64
"""Programs drawn from the weights of each start."""


class Blank(eqx.Module):
    """What is trained of a sketch: by how much its weights differ from those at first."""

    change: Float[Array | np.ndarray, "lines heads"]


class Sketched(Likelihood):
    """p(answer) by the soft machine, where the sketch's holes are weights that are trained."""

    machine: Relaxed
    free: Bool[Array | np.ndarray, "lines heads"]
    """Which weights are those of holes."""

    kind: ClassVar[str] = "soft machine"

    @property
    def cost(self) -> float:
        return self.machine.cost

    def __call__(
        self, read: Float[Array, "n k words"], answers: Answers, blank: Blank | None = None
    ) -> Float[Array, " n"]:
        rows = jnp.asarray(self.machine.rows)
        if blank is not None:
            rows += jnp.where(self.free, SCALE * jnp.asarray(blank.change), 0.0)
        packed = unpack(rows, self.machine.machine.registers).pack()
        return replace(self.machine, rows=packed)(read, answers)

    def programs(self, blank: Blank, draw: np.random.Generator) -> list[Program]:
        """The likeliest program, and such as are drawn from the weights."""
        rows = np.asarray(self.machine.rows) + SCALE * np.where(self.free, blank.change, 0)
        noise = np.where(self.free, draw.gumbel(size=(DRAWN, *rows.shape)), 0)
        noise[0] = 0
        decoded = decode_packed(rows + noise, self.machine.machine.registers)
        found = (drop_unreachable(decode_rows(program)) for program in decoded)
        return list(dict.fromkeys(found))


def _sketched(sketch: Program, group: Group, machine: Machine) -> Sketched:
    """A sketch at the start: holes are uniform, but that no blank line jumps or halts. It takes as
    many steps as with no-ops for blank lines."""
    nothing = Instruction("noop")
    filled = Program(tuple(nothing if i.has_hole else i for i in sketch.instructions))
    encoded = encode(sketch, machine.lines)
    sizes = head_sizes(machine.registers, machine.lines, machine.opcodes)
    sharp = np.zeros((len(encoded), sum(sizes)), np.float32)
    rows = compile_rows(blank_unused(encoded), sharp, FIRM, machine.registers)
    free = np.repeat(encoded < 0, sizes, axis=1)
    control = np.ix_(encoded[:, 0] < 0, CONTROL)
    rows[control], free[control] = NEVER, False
    return Sketched(replace(make_relaxed(filled, group, machine), rows=rows), free)


def fill(
    sketch: Program, groups: Sequence[Group], machine: Machine, contest: Contest
) -> Generator[Pace, None, list[Program]]:
    """Programs that complete a sketch, found by descending its holes and nets together, from
    several starts."""
    likelihoods = tuple(_sketched(sketch, group, machine) for group in groups)
    shape, draw = likelihoods[0].free.shape, np.random.default_rng(contest.seed)
    blanks = [Blank(NOISE / SCALE * draw.standard_normal(shape, np.float32)) for _ in range(BLOCK)]
    runners = [contest.enter(Entry(0, likelihoods), r, blanks[r : r + 1]) for r in range(BLOCK)]
    steps = sum(contest.schedule.rounds)
    done = yield from paced(runners, steps, contest.course)
    done.sort(key=lambda runner: runner.loss)
    found = [likelihoods[0].programs(runner.state.nets[-1], draw) for runner in done]
    return list(dict.fromkeys(program for some in found for program in some))
