"""Rates with their intervals, and comparisons in pairs."""

from __future__ import annotations

from math import comb, sqrt

__all__ = ["rate", "sign_test", "wilson"]


def wilson(
    successes: int, n: int, *, units: int | None = None, z: float = 1.96
) -> tuple[float, float]:
    """Wilson's interval of a rate, 95 % by default: all rates p at which so many successes of n are
    within z standard deviations √(p(1 − p)/units) of what is expected. `units` is how many of the
    n are independent, all of them by default; several runs of one task are one, as rates are to
    hold for tasks like these. Raises ValueError unless 0 ≤ successes ≤ n and units ≤ n."""
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if units is not None and not (0 < units <= n or units == n == 0):
        raise ValueError(f"{units} independent ones of {n}")
    if not n:
        return 0.0, 1.0
    seen = successes / n
    n = n if units is None else units
    middle = (seen + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(seen * (1 - seen) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, min(seen, middle - half)), min(1.0, max(seen, middle + half))


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
