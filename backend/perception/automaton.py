"""The chains of all layouts -> one small automaton: states with the same future are one state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int16, Int64

from backend.perception.chain import ACCEPT, Chain
from bridge.symbolic import SILENT

__all__ = ["Automaton", "merge_chains"]


@dataclass(frozen=True)
class Automaton:
    """Takes k pictures one after another, in the order of each layout. Layer t is where the states
    are before picture t; of those behind the last, number 0 accepts, and no other matters."""

    order: Int64[np.ndarray, "layouts k"]
    """Which picture comes when."""
    start: Int64[np.ndarray, " layouts"]
    """The state of layer 0; −1 where no answer is ever given."""
    when: Int64[np.ndarray, "k states"]
    """When the picture comes whose word counts: in step with the layers, if possible."""
    child: Int64[np.ndarray, "k states words"]
    """The next layer's state, by word; −1 for none."""
    said: Int64[np.ndarray, "k states words"]
    """The number of what is said on the way."""
    sayings: Int16[np.ndarray, "sayings outputs"]
    """That: the word of each output, −1 of those of which nothing is said. Number 0 says nothing
    at all."""


_Node = tuple[int, tuple[int, ...], tuple[int, ...]]
"""When the picture comes that it waits for; by word, the state it leads to, and what is said."""


@dataclass
class _Merged:
    """States by what they do; the accepting one is number 0, −1 is none."""

    words: int
    nodes: list[_Node]
    depths: list[int]
    """How many pictures each still waits for, at most."""
    known: dict[_Node, int]
    sayings: dict[bytes, int]

    def add(self, when: int, children: tuple[int, ...], said: tuple[int, ...]) -> int:
        """The number of that state; its child's, if the picture makes no difference to it."""
        if len({*children}) == 1 and not any(said):
            return children[0]
        if max(children) < 0:
            return -1
        node = (when, children, said)
        if node not in self.known:
            self.known[node] = len(self.nodes)
            self.nodes.append(node)
            self.depths.append(1 + max(self.depths[c] for c in children if c >= 0))
        return self.known[node]

    def saying(self, row: Int16[np.ndarray, " outputs"]) -> int:
        """The number of what is said."""
        return self.sayings.setdefault(row.tobytes(), len(self.sayings))

    def levels(self, layers: int) -> list[int]:
        """The layer of each state: that of its picture, if all states can be so; else as late as
        those that it leads to allow."""
        in_step = all(
            when < self.nodes[c][0] for when, children, _ in self.nodes for c in children if c >= 0
        )
        if in_step:
            return [when for when, *_ in self.nodes]
        return [layers - depth for depth in self.depths]


def merge_chains(chains: Sequence[Chain], pictures: int, words: int, outputs: int) -> Automaton:
    """One automaton for the chains of several layouts of as many `pictures`; `words` is the most
    that one may mean."""
    silent = np.full(outputs, SILENT, np.int16)
    merged = _Merged(words, [(pictures, (), ())], [0], {}, {silent.tobytes(): 0})
    order = np.array([_order(chain, pictures) for chain in chains])
    roots = [_reduce(c, np.argsort(o), merged) for c, o in zip(chains, order, strict=True)]
    return _lay_out(merged, roots, order)


def _order(chain: Chain, pictures: int) -> list[int]:
    """The pictures in the order in which they are waited for; those that nobody waits for come
    first, so that the last ones come at the same time in all layouts."""
    first = dict[int, int]()
    for number, layer in enumerate(chain.layers):
        for picture in np.unique(layer.picture).tolist():
            first.setdefault(picture, number)
    return sorted(range(pictures), key=lambda picture: (first.get(picture, -1), picture))


def _reduce(chain: Chain, when: Int64[np.ndarray, " k"], merged: _Merged) -> int:
    """The merged state from which a layout starts; −1 where it never accepts."""
    numbers = np.zeros(0, np.int64)
    for depth, layer in reversed([*enumerate(chain.layers)]):
        said = layer.said if depth else np.where(layer.said < 0, chain.said, layer.said)
        flat, which = np.unique(said.reshape(-1, said.shape[-1]), axis=0, return_inverse=True)
        sayings = np.array([merged.saying(row) for row in flat])[which].reshape(layer.child.shape)
        children = np.concatenate([numbers, [-1, 0]])[layer.child]  # REJECT, ACCEPT: from behind
        sayings = np.where(children < 0, 0, sayings)
        rows = zip(when[layer.picture].tolist(), children.tolist(), sayings.tolist(), strict=True)
        numbers = np.array([merged.add(w, tuple(c), tuple(s)) for w, c, s in rows])
    if chain.layers:
        return int(numbers[0])
    end, words = (0 if chain.end == ACCEPT else -1), merged.words
    return merged.add(len(when) - 1, (end,) * words, (merged.saying(chain.said),) * words)


def _lay_out(merged: _Merged, roots: Sequence[int], order: Int64[np.ndarray, "l k"]) -> Automaton:
    """States into layers. One that is led to earlier waits, whatever pictures come."""
    layers = order.shape[1]
    level = merged.levels(layers)
    places: list[dict[int, int]] = [{} for _ in range(layers)] + [{0: 0}]
    rows: list[list[_Node]] = [[] for _ in range(layers)]
    start = [-1 if root < 0 else places[0].setdefault(root, len(places[0])) for root in roots]
    for layer in range(layers):
        below = places[layer + 1]
        for number in places[layer]:
            when, children, said = merged.nodes[number]
            if level[number] > layer:
                when, children, said = layer, (number,) * merged.words, (0,) * merged.words
            there = (-1 if c < 0 else below.setdefault(c, len(below)) for c in children)
            rows[layer].append((when, tuple(there), said))
    states = max(map(len, places))
    when = np.repeat(np.arange(layers)[:, None], states, 1)
    child = np.full((layers, states, merged.words), -1)
    said = np.zeros((layers, states, merged.words), np.int64)
    for layer, them in enumerate(rows):
        for i, row in enumerate(them):
            when[layer, i], child[layer, i], said[layer, i] = row
    sayings = np.array([np.frombuffer(key, np.int16) for key in merged.sayings])
    return Automaton(order, np.array(start), when, child, said, sayings)
