"""The differentiable machine: the paper's interpreter (eqs. 4-9) on distributions.

A lane is one run: one program on one input. All lanes step together; axes are restarts (a
program's weights each), then examples. The step exploits what the lookup tensor of eq. 6 hides:
inc, dec, move, add and sub are one circular convolution, min and max are products of cumulative
sums; other functions of two words are looked up. `tests/backend/reference.py` holds the einsum
that it must equal.
"""

import functools
import operator
from typing import Final, Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from bridge.isa import OPCODES, SETS, TABLED, Opcode, count_opcodes, count_tabled, lookup_table

__all__ = ["PAPER", "Controller", "Heads", "Run", "State", "Tables", "act", "check_shapes"]
__all__ += ["head_sizes", "head_sizes_of", "instruction", "mix", "softmaxes", "start", "step"]
__all__ += ["tables"]

PAPER: Final = count_opcodes("paper")
"""How many instructions a machine has that is not told otherwise."""
COUNTS: Final = tuple(map(count_opcodes, SETS))
"""How many a machine may have."""

EXACT: Final = jax.lax.Precision.HIGHEST
"""GPUs would round the products to 10 bits otherwise."""
FLOOR: Final = -80.0
"""The lowest log-probability of a controller's row: mixtures of rows then never underflow."""
SNAP: Final = 1e-6
"""Outputs this improbable are rounding errors of the Fourier basis. They must go: on sharp
states `add` doubles every error, so that 25 additions would make noise of a word."""
Controller = Literal["logits", "softmaxes"]
"""What the controller mixes where the pointer is on several lines: their logits, of which it then
takes the softmax (eq. 2), or the lines' own softmaxes. On one line it is the same."""


class State(eqx.Module):
    """A distribution for every memory cell, every register, and the instruction pointer, whose
    last place, behind the lines, is the halted mass."""

    memory: Float[Array, "*lanes b b"]
    registers: Float[Array, "*lanes r b"]
    line: Float[Array, "*lanes places"]


class Heads(NamedTuple):
    """The instruction that the controller puts out, as distributions (eq. 1)."""

    opcode: Float[Array, "*lanes opcodes"]
    a: Float[Array, "*lanes r"]
    b: Float[Array, "*lanes r"]
    out: Float[Array, "*lanes r"]
    label: Float[Array, "*lanes places"]


class Tables(NamedTuple):
    """What the step knows about arithmetic modulo b. An argument of compiled functions, so that
    word sizes of one bucket (B ≥ b) share them."""

    forward: Float[np.ndarray | Array, "B 2*F+B"]
    """Words -> (real DFT, negated imaginary DFT, cumulative sums)."""
    inverse: Float[np.ndarray | Array, "2*F+B B"]
    """The inverse of the first two, plus the differences of the third."""
    turn: Float[np.ndarray | Array, "2 F"]
    """The transform of 'one': (real, imaginary)."""
    lookup: Int[np.ndarray | Array, "tabled B B"]
    """What the instructions `bridge.isa.TABLED` make of each two words."""
    words: Int[np.ndarray | Array, ""]
    """b."""


@functools.cache
def tables(words: int, bucket: int | None = None, opcodes: int = PAPER) -> Tables:
    """The tables for arithmetic modulo `words`, on vectors of length `bucket`, where there are the
    first `opcodes` instructions."""
    size = bucket or words
    half, freqs = words // 2 + 1, size // 2 + 1
    angle = 2 * np.pi / words * (np.outer(np.arange(words), np.arange(half)) % words)
    forward = np.zeros((size, 2 * freqs + size))
    forward[:words, :half] = np.cos(angle)
    forward[:words, freqs : freqs + half] = -np.sin(angle)
    forward[:words, 2 * freqs : 2 * freqs + words] = np.triu(np.ones((words, words)))
    # All frequencies stand for two, but for the constant and (b even) the alternating one.
    weight = np.where((np.arange(half) * 2) % words == 0, 1, 2) / words
    inverse = np.zeros((2 * freqs + size, size))
    inverse[:half, :words] = weight[:, None] * np.cos(angle).T
    inverse[freqs : freqs + half, :words] = -weight[:, None] * np.sin(angle).T
    inverse[2 * freqs : 2 * freqs + words, :words] = np.eye(words) - np.eye(words, k=1)
    turn = np.zeros((2, freqs))
    turn[:, :half] = np.cos(angle[1]), -np.sin(angle[1])
    forward, inverse, turn = (table.astype(np.float32) for table in (forward, inverse, turn))
    tabled = TABLED[: count_tabled(opcodes)]
    lookup = np.zeros((len(tabled), size, size), np.int32)
    lookup[:, :words, :words] = lookup_table(words)[tabled]
    return Tables(forward, inverse, turn, lookup, np.asarray(words, np.int32))


def head_sizes(registers: int, lines: int, opcodes: int) -> tuple[int, ...]:
    """The lengths of the heads in a packed row of weights, in the order of `Heads`."""
    return (opcodes, registers, registers, registers, lines + 1)


def head_sizes_of(
    rows: Float[Array | np.ndarray, "*n lines heads"], registers: int
) -> tuple[int, ...]:
    """The lengths of the heads that lie side by side in those rows."""
    lines, heads = rows.shape[-2:]
    return head_sizes(registers, lines, heads - 3 * registers - lines - 1)


def check_shapes(weights: Array | np.ndarray, state: State, table: Tables) -> None:
    """Raises ValueError, which names the shapes, unless these are programs, states and tables of
    one machine: compiled code goes by these shapes alone."""
    arrays = {"weights": weights, **vars(state)}
    shapes = {name: tuple(array.shape) for name, array in arrays.items()}
    if [len(shape) for shape in shapes.values()] == [3, 4, 4, 3]:
        (n, lines, heads), (_, e, b, _), (_, _, r, _) = list(shapes.values())[:3]
        opcodes = head_sizes_of(weights, r)[0]
        wanted = (n, lines, heads), (n, e, b, b), (n, e, r, b), (n, e, lines + 1)
        known = opcodes in COUNTS and table.lookup.shape == (count_tabled(opcodes), b, b)
        if (*shapes.values(),) == wanted and known:
            return
    given = ", ".join(f"{name} {list(shape)}" for name, shape in shapes.items())
    raise ValueError(
        f"{given}, tables of {table.lookup.shape[-1]} words: these don't fit each other: give "
        "weights [n, lines, opcodes + 3 r + lines + 1], memory [n, e, b, b], registers "
        f"[n, e, r, b], line [n, e, lines + 1] and tables of b words and these opcodes, {COUNTS}"
    )


def start(memory: Int[Array | np.ndarray, "*lanes b"], registers: int, lines: int) -> State:
    """The state before the first step: those words in memory, zeros in registers, line 0."""
    b = memory.shape[-1]
    lanes = memory.shape[:-1]
    return State(
        jax.nn.one_hot(memory, b),
        jnp.zeros((*lanes, registers, b)).at[..., 0].set(1.0),
        jnp.zeros((*lanes, lines + 1)).at[..., 0].set(1.0),
    )


def starting(state: State, first: Float[Array, "n r b"]) -> State:
    """The same state of n restarts, whose registers hold these distributions on every example."""
    return State(state.memory, jnp.broadcast_to(first[:, None], state.registers.shape), state.line)


def mix(
    rows: Float[Array, "n lines heads"], line: Float[Array, "n e lines+1"]
) -> Float[Array, "n e heads"]:
    """The rows, mixed as the pointer is, given that the machine has not halted. Of log-
    probabilities, that is the controller's logits (eq. 2)."""
    active = line[..., :-1]
    share = active / jnp.maximum(active.sum(-1, keepdims=True), 1e-6)
    return jnp.einsum("nel,nlh->neh", share, rows, precision=EXACT)


def softmaxes(logits: Float[Array, "*lanes heads"], sizes: tuple[int, ...]) -> Heads:
    """One softmax per head. The logits lie in [FLOOR, 0], so no maximum need be taken out."""
    parts = _split(jnp.exp(logits), sizes)
    return Heads(*(part / part.sum(-1, keepdims=True) for part in parts))


def instruction(
    mixed: Float[Array, "*lanes heads"], sizes: tuple[int, ...], controller: Controller
) -> Heads:
    """The instruction that a mixture of rows says: rows of log-probabilities or, for the
    controller "softmaxes", of probabilities."""
    return Heads(*_split(mixed, sizes)) if controller == "softmaxes" else softmaxes(mixed, sizes)


def _split(packed: Float[Array, "*lanes heads"], sizes: tuple[int, ...]) -> list[Array]:
    return jnp.split(packed, np.cumsum(sizes)[:-1].tolist(), axis=-1)


def _known(heads: Heads) -> tuple[Opcode, ...]:
    """The instructions that such heads choose from."""
    return OPCODES[: heads.opcode.shape[-1]]


def act(state: State, heads: Heads, table: Tables) -> State:
    """One step of the interpreter under that (soft) instruction (eqs. 4-9)."""
    memory, registers, line = state.memory, state.registers, state.line
    f = {row.name: heads.opcode[..., i, None] for i, row in enumerate(_known(heads))}
    active = line[..., :-1].sum(-1, keepdims=True)  # a halted machine keeps its state

    v1 = jnp.einsum("...r,...rb->...b", heads.a, registers, precision=EXACT)  # eq. 5
    v2 = jnp.einsum("...r,...rb->...b", heads.b, registers, precision=EXACT)
    out = _output(f, v1, v2, memory, table)
    # Eq. 7 with its gate: what outputs nothing must leave the register alone.
    put = active * heads.out
    keep = 1 - put * (1 - _silent(f))
    registers = registers * keep[..., None] + put[..., None] * out[..., None, :]

    spot = (active * f["write"] * v1)[..., None]  # eq. 8, mended
    memory = memory + spot * (v2[..., None, :] - memory)

    taken = f["jump"] * v1[..., :1]  # eq. 9, mended
    onward = (1 - taken - f["halt"]) * line[..., :-1]
    none = jnp.zeros_like(active)
    line = (
        jnp.concatenate([none, onward], -1)
        + active * taken * heads.label
        + jnp.concatenate([jnp.zeros_like(onward), active * f["halt"] + line[..., -1:]], -1)
    )
    return State(memory, registers, line)


def _silent(f) -> Float[Array, "*lanes 1"]:
    """The weight of the instructions that output nothing."""
    silent = (f[row.name] for row in OPCODES if row.name in f and not row.outputs)
    return functools.reduce(operator.add, silent)


def _output(f, v1, v2, memory, table: Tables) -> Float[Array, "*lanes b"]:
    """What is put into OUT (eq. 6): the outputs of all instructions, each times its weight."""
    freqs = table.turn.shape[1]
    edges = [freqs, 2 * freqs]
    re1, im1, below1 = jnp.split(jnp.matmul(v1, table.forward, precision=EXACT), edges, -1)
    re2, im2, below2 = jnp.split(jnp.matmul(v2, table.forward, precision=EXACT), edges, -1)
    # v1 is convolved with: 0 (move), 1 (inc), −1 (dec), v2 (add), −v2 (sub).
    re = f["move"] + (f["inc"] + f["dec"]) * table.turn[0] + (f["add"] + f["sub"]) * re2
    im = (f["inc"] - f["dec"]) * table.turn[1] + (f["add"] - f["sub"]) * im2
    both = below1 * below2  # P(max ≤ n); P(min ≤ n) is below1 + below2 − both
    out = jnp.concatenate(
        [
            re1 * re - im1 * im + f["zero"],
            re1 * im + im1 * re,
            (f["max"] - f["min"]) * both + f["min"] * (below1 + below2),
        ],
        -1,
    )
    out = jnp.matmul(out, table.inverse, precision=EXACT)
    out = out + f["read"] * jnp.einsum("...a,...ab->...b", v1, memory, precision=EXACT)
    if tabled := [f[OPCODES[number].name] for number in TABLED[: len(table.lookup)]]:
        dense = jax.nn.one_hot(table.lookup, v1.shape[-1], dtype=v1.dtype)  # eq. 6 as it is written
        looked_up = jnp.einsum("...l,...m,tlmo->...to", v1, v2, dense, precision=EXACT)
        share = jnp.concatenate(tabled, -1)
        out = out + jnp.einsum("...t,...to->...o", share, looked_up, precision=EXACT)
    mass = 1 - _silent(f)
    clean = jnp.where(out > SNAP * mass, out, 0.0)
    clean = clean * (mass / jnp.maximum(clean.sum(-1, keepdims=True), 1e-30))
    # Cleaning undoes rounding only: the derivative is that of exact arithmetic.
    return out + jax.lax.stop_gradient(clean - out)


def step(
    rows: Float[Array, "n lines heads"],
    state: State,
    table: Tables,
    controller: Controller = "logits",
) -> State:
    """One step of all lanes: controller, then interpreter. Rows are log-probabilities, as
    `backend.weights.Weights.pack` makes them; for the controller "softmaxes", probabilities."""
    sizes = head_sizes_of(rows, state.registers.shape[-2])
    return act(state, instruction(mix(rows, state.line), sizes, controller), table)


class Run(NamedTuple):
    """Where a rollout ended, and the steps it is expected to have taken: the sum over time of
    the mass not yet halted, which is the efficiency loss of eq. 11."""

    state: State
    spent: Float[Array, "n e"]
