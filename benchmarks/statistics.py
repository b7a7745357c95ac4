"""Rates with their intervals, and comparisons in pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from random import Random

from bridge.rates import wilson

__all__ = ["bootstrap", "rate", "sign_test", "wilson"]


def sign_test(wins: int, losses: int) -> float:
    """The two-sided p of so many wins and losses, if both were equally likely; ties don't count."""
    n, fewer = wins + losses, min(wins, losses)
    return min(1.0, 2 * sum(comb(n, i) for i in range(fewer + 1)) / 2**n)


def rate(successes: int, n: int, units: int | None = None) -> str:
    """`8/10 (49-94 %)`: with Wilson's 95 % interval; `–` where nothing was tried."""
    if not n:
        return "–"
    low, high = wilson(successes, n, units=units)
    return f"{successes}/{n} ({100 * low:.0f}-{100 * high:.0f} %)"


def bootstrap(
    values: Sequence[float],
    statistic: Callable[[Sequence[float]], float],
    *,
    resamples: int = 2_000,
    seed: int = 0,
) -> tuple[float, float]:
    """The 95 % percentile interval of a statistic of independent values: that of so many samples as
    large as this one, drawn from it with replacement."""
    random = Random(seed)
    found = sorted(statistic(random.choices(values, k=len(values))) for _ in range(resamples))
    return found[int(0.025 * resamples)], found[int(0.975 * resamples) - 1]
