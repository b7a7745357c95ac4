"""Seconds that functions take."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["fastest", "seconds"]


def seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def fastest(run: Callable[[], object], turns: int) -> float:
    """The best of several turns, after one that doesn't count."""
    run()
    return min(seconds(run) for _ in range(turns))
