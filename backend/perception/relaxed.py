"""The likelihood by the soft machine: its final memory, given each picture as a distribution.

The soft machine keeps a distribution for each cell and register, as if they were independent. So it
is exact only where no jump depends on a picture and no picture's word is used twice; `agrees` tries
whether it is.
"""

from typing import ClassVar, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, UInt8

from backend.compiler import compile_program
from backend.machine import State, tables
from backend.perception.executed import steps_taken
from backend.perception.likelihood import Answers, Likelihood
from backend.rollouts import rollout
from bridge.batch import run_batch
from bridge.program import Program, encode
from bridge.readings import Group
from bridge.spec import Machine

__all__ = ["Relaxed", "agrees", "make_relaxed"]

UNSURE: Final = 3
"""How many pictures are uncertain in a trial of whether it is exact; all others are certain."""
TRIALS: Final = 16
ANSWERS: Final = 16
"""The most answers of a trial that are looked at."""
CLOSE: Final = 1e-4
"""By how much a probability may be off in float32."""


class Relaxed(Likelihood):
    """p(answer) = p(halted) · Π over checked outputs p(it holds the word expected)."""

    rows: Float[Array | np.ndarray, "lines heads"]
    """The program as sharp weights (`backend.weights.Weights.pack`)."""
    memory: UInt8[Array | np.ndarray, "layouts b"]
    cells: Int[Array | np.ndarray, "layouts k"]
    means: Int[Array | np.ndarray, "k words"]
    """What the words of each picture's set are; −1 behind the last."""
    machine: Machine = eqx.field(static=True)
    steps: int = eqx.field(static=True)

    kind: ClassVar[str] = "soft machine"

    @property
    def cost(self) -> float:
        lines, heads = self.rows.shape
        return float(self.steps * (lines * heads + 3 * self.machine.words**2))

    @property
    def caveat(self) -> str:
        return "the soft machine, which trials find exact"

    def __call__(self, read: Float[Array, "n k words"], answers: Answers) -> Float[Array, " n"]:
        b, r = self.machine.words, self.machine.registers
        n, _, words = read.shape
        shown = jax.nn.one_hot(jnp.asarray(self.means)[:, :words], b)
        pictures = jnp.einsum("nkw,kwb->nkb", read, shown)
        memory = jax.nn.one_hot(jnp.asarray(self.memory)[answers.layout], b)
        where = jax.nn.one_hot(jnp.asarray(self.cells)[answers.layout], b)  # n k cells
        known = 1 - where.sum(1)[..., None]
        memory = memory * known + jnp.einsum("nkc,nkb->ncb", where, pictures)
        lines = self.rows.shape[0]
        start = State(
            memory[None],
            jnp.zeros((1, n, r, b)).at[..., 0].set(1.0),
            jnp.zeros((1, n, lines + 1)).at[..., 0].set(1.0),
        )
        rows = jnp.asarray(self.rows)[None]
        table = tables(b, opcodes=self.machine.opcodes)
        end = rollout(rows, start, table, self.steps, self.steps).state
        outputs = jnp.concatenate([end.memory[0], end.registers[0]], 1)
        picked = jnp.take_along_axis(outputs, answers.words[..., None].astype(int), 2)[..., 0]
        right = jnp.where(answers.checked, picked, 1.0).prod(1)
        return right * end.line[0, :, -1] if self.machine.halt else right


def make_relaxed(program: Program, group: Group, machine: Machine) -> Relaxed:
    """The likelihood of a program on a group. It takes as many steps as some readings do."""
    means = np.full((len(group.words), max(map(len, group.words))), -1)
    for picture, words in enumerate(group.words):
        means[picture, : len(words)] = words
    taken = steps_taken(program, group, machine)
    steps = min(machine.steps, -(-taken // 16) * 16)  # few shapes to compile for
    rows = np.asarray(compile_program(program, machine).pack())
    return Relaxed(rows, group.memory, group.cells, means, machine, steps)


def agrees(relaxed: Relaxed, program: Program, group: Group) -> bool:
    """Whether it is the sum over readings where up to three pictures of an example are uncertain,
    in random trials: of every layout, of answers that the program gives."""
    rng = np.random.default_rng(0)
    layouts, reads, words, wanted = [], [], [], []
    for trial in range(max(TRIALS, len(group.memory))):
        layout = trial % len(group.memory)
        read, answers = _trial(program, group, layout, relaxed.machine, rng)
        for answer, probability in answers[:ANSWERS]:
            layouts.append(layout)
            reads.append(read)
            words.append(answer)
            wanted.append(probability)
    if not wanted:  # it never halts
        return True
    n = -(-len(wanted) // 64) * 64  # few shapes to compile for
    again = np.arange(n) % len(wanted)
    layout = np.array(layouts)[again]
    answers = Answers(layout, np.zeros_like(layout), np.array(words)[again], group.checked[layout])
    found = eqx.filter_jit(relaxed)(jnp.asarray(np.array(reads)[again]), answers)
    return bool(np.abs(np.asarray(found) - np.array(wanted)[again]).max() < CLOSE)


def _trial(
    program: Program, group: Group, layout: int, machine: Machine, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "k words"], list[tuple[UInt8[np.ndarray, " outputs"], float]]]:
    """Probabilities of what the pictures mean, most of them certain; and those of the answers that
    the program gives, by executing it."""
    k = len(group.words)
    read = np.zeros((k, max(map(len, group.words))), np.float32)
    uncertain = rng.permutation(k) < UNSURE
    for i, size in enumerate(group.sizes):
        if uncertain[i]:
            read[i, :size] = rng.dirichlet(np.ones(size))
        else:
            read[i, rng.integers(size)] = 1
    possible = [np.flatnonzero(row) for row in read]
    readings = np.stack(np.meshgrid(*possible, indexing="ij"), -1).reshape(-1, k)
    probability = read[np.arange(k), readings].prod(1)
    code = encode(program, machine.lines)[None]
    memory, registers, _, halted = run_batch(code, group.read(layout, readings), machine)
    counts = halted[0] | (not machine.halt)
    ends = (np.concatenate([memory[0], registers[0]], 1) * group.checked[layout])[counts]
    answers, which = np.unique(ends, axis=0, return_inverse=True)
    total = np.bincount(which.reshape(-1), probability[counts], len(answers))
    return read, list(zip(answers, total.tolist(), strict=True))
