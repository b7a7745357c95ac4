"""How far a search is, as arrays: what enumeration goes on from.

Statements are made again, which depends on nothing but the problem; states are not searched again.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from synth.enumeration.statespace import NO_STATEMENT, Store, insert_all

__all__ = ["Enumerated", "SavedLayers", "arrays_of", "check_arrays", "restore_store"]

Count = Annotated[int, Meta(ge=0)]


class SavedLayers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The search, layer by layer."""

    terms: list[Count]
    """Terms executed, by number of variables."""
    layers: list[tuple[Count, Count, Count, Count]]
    """Those that are done, in order: variables, cost, and from which state to which."""
    at_work: tuple[Count, Count] | None
    """Variables and cost of the layer at work."""
    boxes: Count
    """How many parts of that layer are done."""
    place: Count
    """How far the next one is."""
    low: Count
    """The states before that layer."""
    made: Any
    """i4[n, 4], score i4[n] and hashes u8[n − 1] of the n states: see `statespace.Store`."""
    score: Any
    hashes: Any


class Enumerated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The checkpoint of a search."""

    layers: SavedLayers | None = None


def arrays_of(store: Store) -> dict[str, np.ndarray]:
    """The states, without the room for more."""
    n = int(store.length[0])
    made, score = store.made[:n].copy(), store.score[:n].copy()
    return {"made": made, "score": score, "hashes": store.hash[1:n].copy()}


def check_arrays(saved: SavedLayers, shells: int, statements: int) -> str:
    """What is wrong with them, or "": compiled code trusts them. States come from states before,
    by so many shells and statements."""
    kinds = {"made": ("int32", 2), "score": ("int32", 1), "hashes": ("uint64", 1)}
    for name, (kind, axes) in kinds.items():
        array = getattr(saved, name)
        if not isinstance(array, np.ndarray) or (array.dtype, array.ndim) != (kind, axes):
            return f"{name}: no array of {kind} with {axes} axes"
    made, n = saved.made, len(saved.score)
    if made.shape != (n, 4) or n < 1 or len(saved.hashes) != n - 1:
        return "made: its length is not that of score and hashes"
    before, shell, first, second = made[1:].T
    fits = (before >= 0) & (before < np.arange(1, n)) & (shell >= 0) & (shell < shells)
    fits &= (first >= 0) & (first < statements) & (second >= NO_STATEMENT) & (second < statements)
    ranges = [(low, high) for _, _, low, high in saved.layers]
    if not fits.all() or any(low > high or high > n for low, high in ranges) or saved.low > n:
        return "made: holds a state that no statement leads to"
    return ""


def restore_store(store: Store, saved: SavedLayers) -> None:
    """Puts the states into an empty store with room for them."""
    n = len(saved.score)
    store.made[:n], store.score[:n], store.hash[1:n] = saved.made, saved.score, saved.hashes
    store.length[0] = n
    insert_all(store.seen, saved.hashes)
