"""Gradient descent on many restarts in one compiled call.

Restarts come in chunks that fit the processor's cache; chunks are walked one after the other on
each device, devices side by side. Programs, data, tables, masks and hyperparameters are
arguments: whatever fits the same shapes shares the compiled function.
"""

import functools
from typing import Any, Final, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Bool, Float, Int

from backend.loss import Targets, doubt, loss, right
from backend.machine import Controller, Tables, head_sizes_of, start, starting
from backend.rollouts import rollout
from backend.runtime import AXIS
from backend.weights import unpack

__all__ = ["Chunks", "Descended", "Recipe", "compiled", "fresh"]

OPTIONS: Final = {
    "xla_cpu_multi_thread_eigen": False,
    "xla_cpu_enable_concurrency_optimized_scheduler": False,
}
"""Devices are what runs side by side. To hand our many small operations from thread to thread
costs more than it gains."""


class Chunks(NamedTuple):
    """The restarts being tuned, and all that differs between chunks of them (k chunks of n)."""

    rows: Float[Array | np.ndarray, "k n lines heads"]
    """The weights, packed."""
    adam: optax.OptState
    alive: Bool[Array | np.ndarray, "k n"]
    """False from the first gradient on that is not finite: such a restart stays where it is."""
    free: Bool[Array | np.ndarray, "k n lines heads"]
    """What may be tuned; the rest is frozen."""
    cells: Float[Array | np.ndarray, "k e b"]
    """How much each memory cell of the examples matters."""
    whole: Float[Array | np.ndarray, " k"]
    """How much registers and halting matter (0 in the early lessons of a curriculum)."""
    steps: Int[Array | np.ndarray, " k"]
    """How many steps the machine runs."""
    gradient_steps: Int[Array | np.ndarray, " k"]
    """How many gradient steps to take in this call; 0 skips the chunk."""
    first: Float[Array | np.ndarray, "k n r b"] | None = None
    """The logits of what registers start with, which are weights, too; None: with 0."""
    first_free: Bool[Array | np.ndarray, "k n r b"] | None = None


class Recipe(NamedTuple):
    """What all chunks share."""

    memory: Int[Array | np.ndarray, "e b"]
    targets: Targets
    table: Tables
    rate: Float[Array | np.ndarray, ""]
    clip: Float[Array | np.ndarray, ""]
    entropy: Float[Array | np.ndarray, " 2"] | None
    """The loss's weight on `doubt`: at the first gradient, and how much more at each that follows.
    None: not even computed, by a compiled function without it."""


class Descended(NamedTuple):
    """What one call of the compiled function did, restart by restart."""

    chunks: Chunks
    loss: Float[Array, "k n"]
    right: Bool[Array, "k n"]
    """Soft successes, at the last gradient step."""
    packed: Float[Array, "k n lines heads"]
    """The weights as log-probabilities."""
    first: Float[Array, "k n r b"] | None
    """The probabilities of what registers start with."""


def _adam(rate: Any, clip: Any) -> optax.GradientTransformation:
    return optax.chain(optax.clip_by_global_norm(clip), optax.adam(rate))


def fresh(
    rows: Float[np.ndarray, "k n lines heads"], first: Float[np.ndarray, "k n r b"] | None
) -> optax.OptState:
    """Adam's state before the first step."""
    weights: Any = rows, first
    return jax.vmap(jax.vmap(_adam(0, 0).init))(weights)


@functools.cache
def compiled(mesh: Mesh, registers: int, horizon: int, controller: Controller):
    """The function for those shapes: some gradient steps on every chunk. It returns at once, while
    the devices go on computing; the number of chunks must be a multiple of the mesh's size. JAX
    keeps one executable per shape of its arguments."""

    def descend_one(chunk: Chunks, recipe: Recipe) -> Descended:
        optimiser = _adam(recipe.rate, recipe.clip)
        n, lines, _ = chunk.rows.shape
        memory = jnp.broadcast_to(recipe.memory, (n, *recipe.memory.shape))
        state = start(memory, registers, lines)
        free = chunk.free, chunk.first_free
        targets = recipe.targets._replace(
            memory_mask=recipe.targets.memory_mask * chunk.cells,
            registers_mask=recipe.targets.registers_mask * chunk.whole,
            halted=recipe.targets.halted * chunk.whole,
        )

        def objective(weights, adam):
            rows, first = weights
            packed = unpack(rows, registers).pack()
            begun = state if first is None else starting(state, jax.nn.softmax(first))
            run = rollout(packed, begun, recipe.table, chunk.steps, horizon, controller)
            losses = loss(run, targets)
            if recipe.entropy is not None:
                weight = recipe.entropy[0] + recipe.entropy[1] * optax.tree.get(adam, "count")
                losses += weight * doubt(packed, chunk.free, head_sizes_of(packed, registers))
            return losses.sum(), (losses, right(run.state, recipe.targets))

        def improve(_, carry):
            weights, adam, alive, *_ = carry
            gradient, (losses, soft) = jax.grad(objective, has_aux=True)(weights, adam)
            gradient = jax.tree.map(lambda may, g: jnp.where(may, g, 0.0), free, gradient)
            alive &= jnp.isfinite(losses)
            for part in jax.tree.leaves(gradient):
                alive &= jnp.isfinite(part).all((-1, -2))
            living = alive[:, None, None]
            gradient = jax.tree.map(lambda g: jnp.where(living, g, 0.0), gradient)
            change, adam = jax.vmap(optimiser.update)(gradient, adam)
            weights = jax.tree.map(
                lambda w, may, by: w + jnp.where(may & living, by, 0.0), weights, free, change
            )
            return weights, adam, alive, losses, soft & alive

        nothing = (jnp.full(n, jnp.inf), jnp.zeros(n, bool))
        begin = (chunk.rows, chunk.first), chunk.adam, chunk.alive, *nothing
        (rows, first), adam, alive, losses, soft = jax.lax.fori_loop(
            0, chunk.gradient_steps, improve, begin
        )
        chunk = chunk._replace(rows=rows, first=first, adam=adam, alive=alive)
        words = None if first is None else jax.nn.softmax(first)
        return Descended(chunk, losses, soft, unpack(rows, registers).pack(), words)

    def descend_all(chunks: Chunks, recipe: Recipe) -> Descended:
        return jax.lax.map(lambda chunk: descend_one(chunk, recipe), chunks)

    across, same = PartitionSpec(AXIS), PartitionSpec()
    spread = jax.shard_map(
        descend_all, mesh=mesh, in_specs=(across, same), out_specs=across, check_vma=False
    )
    return jax.jit(spread, compiler_options=OPTIONS)
