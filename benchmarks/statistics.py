"""Rates with their intervals, and comparisons in pairs."""

from __future__ import annotations

from math import comb

from bridge.rates import wilson

__all__ = ["rate", "sign_test", "wilson"]


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
