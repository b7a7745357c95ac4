"""The exact likelihood by structure: a forward pass over the states that a program goes through."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from backend.machine import EXACT
from backend.perception.automaton import merge_chains
from backend.perception.chain import Layout, TooLarge, make_chain
from backend.perception.likelihood import Answers, Likelihood
from bridge.program import Program
from bridge.readings import Group
from bridge.spec import Machine
from bridge.symbolic import SILENT

__all__ = ["Structure", "make_structure"]


class Structure(Likelihood):
    """p(state after a picture) = Σ over (state, word) that lead to it of p(state) · p(word), where
    what is said on the way is what the answer expects.

    Right for every program that it can be made of, and for any number of pictures; as dear as
    pictures × states² × words. The arrays are those of `backend.perception.automaton.Automaton`,
    padded.
    """

    order: Int[Array | np.ndarray, "layouts k"]
    start: Int[Array | np.ndarray, " layouts"]
    when: Int[Array | np.ndarray, "k states"]
    child: Int[Array | np.ndarray, "k states words"]
    said: Int[Array | np.ndarray, "k states words"]
    agree: Bool[Array | np.ndarray, "answers sayings"]
    """Whether what is said is what each answer expects."""
    in_step: bool = eqx.field(static=True)
    """Whether the picture of every state is that of its layer."""
    silent: int = eqx.field(static=True)
    """In so many layers, from the first, nothing is said."""

    kind: ClassVar[str] = "structure"

    @property
    def cost(self) -> float:
        layers, states, words = self.child.shape
        return float(layers * states * states * words)

    def reaches(self, group: Group) -> Bool[np.ndarray, " answers"]:
        layers, states, words = self.child.shape
        numbers = np.arange(states)
        at = np.asarray(self.start)[group.answer_layout, None] == numbers
        agree, child, said = map(np.asarray, (self.agree, self.child, self.said))
        for layer in range(layers):
            ways = at[:, :, None] & agree[:, said[layer]]
            leads = child[layer].reshape(-1, 1) == numbers
            at = ways.reshape(-1, states * words).astype(np.float32) @ leads > 0
        return at[:, 0]

    def __call__(self, read: Float[Array, "n k words"], answers: Answers) -> Float[Array, " n"]:
        layers, states, words = self.child.shape
        order = jnp.asarray(self.order)[answers.layout]
        read = jnp.take_along_axis(read[:, :, :words], order[:, :, None], axis=1)
        agree = jnp.asarray(self.agree)[answers.number]
        when, child, said = map(jnp.asarray, (self.when, self.child, self.said))
        at = jax.nn.one_hot(jnp.asarray(self.start)[answers.layout], states)
        for layer in range(layers):
            if self.in_step:
                means = read[:, layer, None]
            else:
                picked = jax.nn.one_hot(when[layer], layers)
                means = jnp.einsum("nkw,ck->ncw", read, picked, precision=EXACT)
            ways = at[:, :, None] * means
            if layer >= self.silent:
                ways = ways * agree[:, said[layer]]
            leads = jax.nn.one_hot(child[layer].reshape(-1), states)
            at = jnp.matmul(ways.reshape(-1, states * words), leads, precision=EXACT)
        return at[:, 0]


def make_structure(program: Program, group: Group, machine: Machine) -> Structure | None:
    """The likelihood of a program on a group; None where the program carries too much from picture
    to picture."""
    layouts = map(Layout, group.memory, group.cells, group.checked)
    try:
        chains = [make_chain(program, machine, layout, group.words) for layout in layouts]
    except TooLarge:
        return None
    words = max(map(len, group.words))
    found = merge_chains(chains, len(group.words), words, group.checked.shape[1])
    layers, states, _ = found.child.shape
    more, silence = _bucket(states) - states, _bucket(len(found.sayings)) - len(found.sayings)
    when = np.pad(found.when, ((0, 0), (0, more)), mode="edge")
    return Structure(
        found.order,
        found.start,
        when,
        np.pad(found.child, ((0, 0), (0, more), (0, 0)), constant_values=-1),
        np.pad(found.said, ((0, 0), (0, more), (0, 0))),
        np.pad(_agree(found.sayings, group), ((0, 0), (0, silence))),
        bool((found.when == np.arange(layers)[:, None]).all()),
        layers - 1 if not found.said[:-1].any() else 0,
    )


def _agree(
    sayings: Int[np.ndarray, "sayings outputs"], group: Group
) -> Bool[np.ndarray, "answers sayings"]:
    """Whether what is said is what each answer expects of these outputs."""
    said = sayings != SILENT
    agree = np.ones((len(group.answers), len(sayings)), bool)
    for output in np.flatnonzero(said.any(0)):
        same = sayings[:, output] == group.answers[:, output, None]
        agree &= same | ~said[:, output]
    return agree


def _bucket(size: int) -> int:
    """The next of 4, 16, 24, 32, 48, 64, 96, …: few, so that programs are trained side by side."""
    if size <= 4:
        return 4
    step = max(8, 1 << (size - 1).bit_length() - 2)
    return max(16, -(-size // step) * step)
