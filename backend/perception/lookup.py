# pyright: basic
"""Thousands of candidates screened without a net: each is told what pictures look alike.

The pictures are clustered once. A candidate's reader is then a table, p(class | cluster), fitted by
expectation and maximisation (Dempster, Laird & Rubin 1977): of the readings that lead to an
example's answer, how likely is each, and so what do its clusters mean? It costs milliseconds, and
is judged, as nets are, by examples that are kept back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Float64, Int, Int64

from backend.perception.classes import Merged
from bridge.kernel import kernel
from bridge.readings import Group

__all__ = ["Clustered", "cluster", "fit"]

CLUSTERS: Final = 32
"""Of the pictures of a set, at most,"""
MEMBERS: Final = 8
"""and so that each holds so many, on average."""
KEPT: Final = 4
"""One example in so many is kept back."""
RESTARTS: Final = 3
ROUNDS: Final = 20
PRIOR: Final = 0.1
"""Pictures of each class that every cluster is taken to hold from the start."""


@dataclass(frozen=True, eq=False)
class Clustered:
    """Examples of which only the pictures' clusters are known."""

    groups: tuple[Group, ...]
    row: Int64[np.ndarray, "n most"]
    """The cluster of each picture, numbered over all sets; −1 behind the last."""
    answer: Int64[np.ndarray, " n"]
    """Numbered over all groups."""
    chance: Float64[np.ndarray, " n"]
    """The probability of an answer that is drawn from all of its layout's."""
    train: Bool[np.ndarray, " n"]
    set_of_row: Int64[np.ndarray, " rows"]
    first: Float64[np.ndarray, "restarts rows words"]
    """What lookups begin with, but for their scale."""


def cluster(
    groups: Sequence[Group], pixels: Sequence[Float[np.ndarray, "_ ..."]], seed: int
) -> Clustered:
    """Groups of examples, their pictures clustered by their pixels."""
    from scipy.cluster.vq import kmeans2

    draw = np.random.default_rng(seed)
    labels, set_of_row, first_row = list[Int64[np.ndarray, " n"]](), list[int](), 0
    for number, some in enumerate(pixels):
        flat = np.asarray(some, float).reshape(len(some), -1)
        k = max(1, min(CLUSTERS, len(flat) // MEMBERS))
        own = kmeans2(flat, k, minit="++", rng=draw, missing="warn")[1] if k > 1 else 0
        labels.append(np.broadcast_to(own, len(flat)) + first_row)
        set_of_row += [number] * k
        first_row += k
    most = max((len(group.sets) for group in groups), default=0)
    rows, answers, chances, so_far = [], [], [], 0
    for group in groups:
        row = np.full((len(group.example), most), -1)
        for i, s in enumerate(group.sets):
            row[:, i] = labels[s][group.picture[:, i]]
        rows.append(row)
        answers.append(group.answer + so_far)
        chances.append(np.full(len(row), len(group.memory) / max(1, len(group.answers))))
        so_far += len(group.answers)
    words = max((size for group in groups for size in group.sizes), default=1)
    n = sum(map(len, rows))
    return Clustered(
        tuple(groups), np.concatenate(rows), np.concatenate(answers), np.concatenate(chances),
        draw.permutation(n) % KEPT > 0, np.array(set_of_row),
        draw.exponential(size=(RESTARTS, len(set_of_row), words)),
    )  # fmt: skip


def fit(program: Merged, seen: Clustered, noise: float) -> float:
    """The loss of a program, in nats an example that is kept back, with the best of several
    lookups, by their likelihood of the others. `noise` is the share of random answers."""
    start, ways = _ways(program, seen.groups)
    sizes = np.array([program.sizes.get(int(s), 0) for s in seen.set_of_row])
    there = np.arange(seen.first.shape[2]) < sizes[:, None]
    lookups = seen.first * there
    lookups /= np.maximum(lookups.sum(2, keepdims=True), 1e-300)
    counts, part = np.empty(lookups.shape[1:]), np.empty(max(1, int(np.diff(start).max(initial=0))))
    losses = np.zeros((len(lookups), 2))
    _fit(
        seen.row, seen.answer, seen.chance, seen.train, start, ways, lookups, PRIOR * there,
        counts, part, noise, ROUNDS, losses,
    )  # fmt: skip
    best = losses[losses[:, 0].argmin(), 1]
    return float(best / max(1, (~seen.train).sum()))


def _ways(
    program: Merged, groups: Sequence[Group]
) -> tuple[Int64[np.ndarray, " answers+1"], Int[np.ndarray, "ways most"]]:
    """The choices of classes that lead to each answer; those of answer a begin at `start[a]`."""
    most = max((len(group.sets) for group in groups), default=0)
    numbers, ways, so_far = [], [], 0
    for table, group in zip(program.outcomes, groups, strict=True):
        places = np.nonzero(table >= 0)
        numbers.append(table[places] + so_far)
        way = np.zeros((len(places[0]), most), np.int64)
        way[:, : len(places) - 1] = np.stack(places[1:], 1) if len(places) > 1 else 0
        ways.append(way)
        so_far += len(group.answers)
    number = np.concatenate(numbers)
    order = np.argsort(number, kind="stable")
    start = np.searchsorted(number[order], np.arange(so_far + 1))
    return start.astype(np.int64), np.concatenate(ways)[order]


@kernel
def _fit(
    row, answer, chance, train, start, ways, lookups, prior, counts, part, noise, rounds, losses
):
    for r in range(lookups.shape[0]):
        for turn in range(rounds + 1):
            for i in range(counts.shape[0]):
                for c in range(counts.shape[1]):
                    counts[i, c] = prior[i, c]
            losses[r, 0] = losses[r, 1] = 0.0
            for e in range(row.shape[0]):
                low, high = start[answer[e]], start[answer[e] + 1]
                p = 0.0
                for w in range(low, high):
                    q = 1.0
                    for i in range(row.shape[1]):
                        if row[e, i] >= 0:
                            q *= lookups[r, row[e, i], ways[w, i]]
                    part[w - low] = q
                    p += q
                p = (1 - noise) * p + noise * chance[e] + 1e-20
                if not train[e]:
                    losses[r, 1] -= np.log(p)
                    continue
                losses[r, 0] -= np.log(p)
                for w in range(low, high):
                    for i in range(row.shape[1]):
                        if row[e, i] >= 0:
                            counts[row[e, i], ways[w, i]] += (1 - noise) * part[w - low] / p
            if turn == rounds:
                break
            for i in range(counts.shape[0]):
                total = 0.0
                for c in range(counts.shape[1]):
                    total += counts[i, c]
                if total > 0:
                    for c in range(counts.shape[1]):
                        lookups[r, i, c] = counts[i, c] / total
