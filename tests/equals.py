"""The first equals of a program, which several tests look at."""

from __future__ import annotations

from itertools import islice
from typing import Any

from bridge.term import Term
from synth.egraph.equivalents import saturate

__all__ = ["equivalents"]


def equivalents(
    term: Term, words: int, *, limit: int = 1_000, padding: int = 0, **options: Any
) -> list[Term]:
    """Up to `limit` different programs that mean the same as the block `term`, cheapest first, each
    with at most `padding` no-ops. Other options as for `saturate`."""
    return list(islice(saturate(term, words, **options).terms(padding), limit))
