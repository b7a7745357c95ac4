"""Rates with their intervals."""

from math import sqrt

__all__ = ["wilson"]


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
