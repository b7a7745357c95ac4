"""Nets and programs trained together: gradient steps of several candidates side by side.

Each candidate is a program with nets of its own, and its loss is that of the answers' likelihoods.
A block of candidates is trained by one compiled function for each structure and shape, and spread
over the devices. All see the same examples in the same order.
"""

import functools
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import NamedSharding, PartitionSpec
from jaxtyping import Array, Float, Int, PRNGKeyArray

from backend.perception.batches import Data, Examples, Plan, draw
from backend.perception.likelihood import Likelihood
from backend.runtime import AXIS

__all__ = ["Block", "Recipe", "advance", "begin", "judge", "lane", "on_device", "stack"]

OPTIONS: Final = {"xla_cpu_multi_thread_eigen": False}
"""Devices are what runs side by side."""
_jit: Final[Any] = functools.partial(cast("Any", eqx.filter_jit), compiler_options=OPTIONS)
LEAST: Final = 1e-20
"""A probability, so that its logarithm is finite."""


class Recipe(NamedTuple):
    """How the loss is made and descended."""

    rate: Float[Array | np.ndarray, ""]
    """Adam's."""
    noise: Float[Array | np.ndarray, ""]
    """ε: how probable it is that an example's answer is a random one."""
    spread: Float[Array | np.ndarray, ""]
    """The weight on the entropy of the *mean* prediction, which keeps a net from seeing the same
    word everywhere."""
    key: PRNGKeyArray
    """Of the draws of examples."""


class Block(eqx.Module):
    """Candidates in training, c of them: their arrays are stacked."""

    nets: tuple[Any, ...]
    """A net for each image set; then what else is trained, which likelihoods take: modules."""
    adam: optax.OptState
    likelihoods: tuple[Likelihood, ...]
    """One for each group."""


def begin(nets: tuple[Any, ...], likelihoods: tuple[Likelihood, ...]) -> Block:
    """A candidate before the first step."""
    adam = _adam(0.0).init(eqx.filter(nets, eqx.is_inexact_array))
    return Block(nets, adam, likelihoods)


def stack(lanes: Sequence[Block], plan: Plan) -> Block:
    """Candidates of the same structure as a block, spread over the devices."""
    place = NamedSharding(plan.mesh, PartitionSpec(AXIS))
    return jax.tree.map(lambda *leaves: _stack(leaves, place), *lanes)


def _stack(leaves: Sequence[Any], place: NamedSharding) -> Any:
    """What is no array, such as an activation function, is the same in all of them."""
    if not eqx.is_array_like(leaves[0]):
        return leaves[0]
    return jax.device_put(np.stack(leaves), place)


def lane(block: Block, number: int) -> Block:
    """One of a block, its arrays in memory."""
    return jax.tree.map(lambda x: np.asarray(x)[number] if eqx.is_array_like(x) else x, block)


def on_device(nets: Any) -> Any:
    """The same, its arrays JAX's own."""
    return jax.tree.map(lambda x: jnp.asarray(x) if eqx.is_array_like(x) else x, nets)


def _adam(rate: Any) -> optax.GradientTransformation:
    return optax.adam(rate)


def _read(
    nets: tuple[Any, ...], data: Data, examples: Sequence[Examples], plan: Plan
) -> tuple[list[Float[Array, "_ _ _"]], list[Float[Array, " _"]]]:
    """What the pictures of each group show; and the mean prediction of each net, of which each is
    called once."""
    shown: dict[tuple[int, int], Array] = {}
    means = list[Array]()
    for s, (net, pixels) in enumerate(zip(nets, data.pixels, strict=False)):
        places = [
            (g, i) for g, sets in enumerate(plan.sets) for i, of in enumerate(sets) if of == s
        ]
        if not places:
            continue
        indices = [jnp.asarray(examples[g].picture)[:, i] for g, i in places]
        read = jax.nn.softmax(jax.vmap(net)(jnp.asarray(pixels)[jnp.concatenate(indices)]))
        means.append(read.mean(0))
        parts = jnp.split(read, np.cumsum([len(index) for index in indices])[:-1])
        shown |= dict(zip(places, parts, strict=True))
    reads = list[Array]()
    for g, (sets, some) in enumerate(zip(plan.sets, examples, strict=True)):
        widest = max((plan.sizes[s] for s in sets), default=1)
        each = [
            jnp.pad(shown[g, i], ((0, 0), (0, widest - plan.sizes[s]))) for i, s in enumerate(sets)
        ]
        reads.append(jnp.stack(each, 1) if each else jnp.ones((len(some.picture), 0, 1)))
    return reads, means


def _log_likelihoods(
    nets: tuple[Any, ...],
    likelihoods: tuple[Likelihood, ...],
    data: Data,
    examples: Sequence[Examples],
    recipe: Recipe,
    plan: Plan,
) -> tuple[list[Float[Array, " _"]], list[Float[Array, " _"]]]:
    """Of the answers of each group; and the mean prediction of each net."""
    reads, means = _read(nets, data, examples, plan)
    noise, more, logs = recipe.noise, nets[len(data.pixels) :], list[Array]()
    for one, read, some in zip(likelihoods, reads, examples, strict=True):
        p = one(read, some.answers, *more)
        logs.append(jnp.log((1 - noise) * p + noise * some.chance + LEAST))
    return logs, means


@_jit
def advance(
    block: Block,
    data: Data,
    recipe: Recipe,
    plan: Plan,
    first: Int[Array, ""],
    steps: Int[Array, ""],
) -> Block:
    """Takes gradient steps, the first of that number. Returns at once, while devices go on."""
    (params, arrays), (static, fixed) = eqx.partition(
        (block.nets, block.likelihoods), (eqx.is_inexact_array, eqx.is_array)
    )

    def loss(params, arrays, data, examples, recipe):
        nets, likelihoods = eqx.combine(params, static), eqx.combine(arrays, fixed)
        logs, means = _log_likelihoods(nets, likelihoods, data, examples, recipe, plan)
        entropies = [-(mean * jnp.log(mean + LEAST)).sum() for mean in means]
        return -jnp.concatenate(logs).mean() - recipe.spread * sum(entropies)

    def improve(params, adam, arrays, data, examples, recipe):
        gradient = jax.grad(loss)(params, arrays, data, examples, recipe)
        change, adam = _adam(recipe.rate).update(gradient, adam)
        return optax.apply_updates(params, change), adam

    def run(params, adam, arrays, data, recipe, first, steps):
        def step(i, state):
            examples = draw(data, plan, jax.random.fold_in(recipe.key, first + i))
            each = jax.vmap(improve, (0, 0, 0, None, None, None))
            params, adam = state
            return each(params, adam, arrays, data, examples, recipe)

        return jax.lax.fori_loop(0, steps, step, (params, adam))

    across, same = PartitionSpec(AXIS), PartitionSpec()
    places = (across, across, across, same, same, same, same)
    spread = jax.shard_map(run, mesh=plan.mesh, in_specs=places, out_specs=across, check_vma=False)
    params, adam = spread(params, block.adam, arrays, data, recipe, first, steps)
    return Block(eqx.combine(params, static), adam, block.likelihoods)


@eqx.filter_jit
def judge(block: Block, data: Data, recipe: Recipe, plan: Plan) -> list[Float[Array, "c _"]]:
    """Of each group, the log-likelihoods that each candidate gives to the answers; those of padding
    mean nothing."""
    (params, arrays), (static, fixed) = eqx.partition(
        (block.nets, block.likelihoods), (eqx.is_inexact_array, eqx.is_array)
    )

    def one(params, arrays):
        nets, likelihoods = eqx.combine(params, static), eqx.combine(arrays, fixed)
        return _log_likelihoods(nets, likelihoods, data, data.examples, recipe, plan)[0]

    return jax.vmap(one)(params, arrays)
