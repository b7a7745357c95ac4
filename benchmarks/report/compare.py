"""Two result files, in pairs: the same suite, task, engine and seed."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.report.groups import ReportError
from benchmarks.report.queries import Table
from benchmarks.statistics import sign_test
from benchmarks.store import is_solved

__all__ = ["Pair", "compare", "distinct", "verified_of"]

Pair = tuple[dict[str, Any], dict[str, Any]]


def compare(
    one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]], names: tuple[str, str]
) -> Table:
    """By engine: runs that only one of them verified, and the p of McNemar's exact test; and of
    those that both verified, which was faster more often, and the p of the sign test. A task
    counts once, with its median times, if all its seeds end with the same two programs or with
    none: an engine that makes no use of the seed gives one run, however often it runs. Raises
    ReportError if they have no run in common, or one at different budgets or of different specs, or
    if one of them holds several versions of a run."""

    ours, theirs = _keyed(one, names[0]), _keyed(other, names[1])
    shared = [key for key in ours if key in theirs]
    if not shared:
        raise ReportError(f"{names[0]} and {names[1]} have no run in common: nothing to compare")
    for key in shared:
        for what in ("spec", "budget"):
            if ours[key][what] != theirs[key][what]:
                suite, task, engine, seed = key
                raise ReportError(
                    f"{suite}/{task}, {engine}, seed {seed}: another {what} in {names[0]} than in "
                    f"{names[1]}: compare runs of the same"
                )
    rows = []
    for engine in dict.fromkeys(key[2] for key in shared):
        by_task: dict[tuple[str, str], list[Pair]] = {}
        for key in shared:
            if key[2] == engine:
                by_task.setdefault(key[:2], []).append((ours[key], theirs[key]))
        pairs = [pair for of in by_task.values() for pair in distinct(of)]
        rows.append([engine, *_row(pairs)])
    return Table(
        f"{names[0]} (A) against {names[1]} (B), the same task and seed in each pair; all seeds of "
        "a task count once where they end alike",
        ["engine", "pairs", "both verified", "only A", "only B", "neither", "p (McNemar, exact)",
         "A faster", "B faster", "p (sign test)"],
        rows,
    )  # fmt: skip


def _keyed(records: Sequence[dict[str, Any]], name: str) -> dict[tuple, dict[str, Any]]:
    found: dict[tuple, dict[str, Any]] = {}
    for r in records:
        key = r["suite"], r["task"], r["engine"], r["seed"]
        if found.setdefault(key, r)["key"] != r["key"]:
            raise ReportError(
                f"{name}: several runs of {r['engine']} on {r['suite']}/{r['task']}, seed "
                f"{r['seed']}, of different versions or budgets: compare files of one"
            )
    return found


def distinct(pairs: list[Pair]) -> list[Pair]:
    """The pairs of one task; one for all, with the median times, if the seed made no difference."""

    def programs(pair: Pair) -> tuple[str | None, ...]:
        return tuple(r["program"] if is_solved(r) else None for r in pair)

    if len({programs(pair) for pair in pairs}) > 1:
        return pairs
    seconds = [
        median(r["search_seconds"] or 0.0 for r in side) for side in zip(*pairs, strict=True)
    ]
    one, other = (r | {"search_seconds": s} for r, s in zip(pairs[0], seconds, strict=True))
    return [(one, other)]


def verified_of(pairs: Sequence[Pair]) -> list[int]:
    """How many both verified, only the one, only the other, neither."""
    verified = [tuple(is_solved(r) for r in pair) for pair in pairs]
    return [verified.count(x) for x in ((True, True), (True, False), (False, True), (False, False))]


def _row(pairs: list[Pair]) -> list[str]:
    verified = [tuple(is_solved(r) for r in pair) for pair in pairs]
    counts = verified_of(pairs)
    both = [pair for pair, v in zip(pairs, verified, strict=True) if all(v)]
    faster = sum(a["search_seconds"] < b["search_seconds"] for a, b in both)
    slower = sum(a["search_seconds"] > b["search_seconds"] for a, b in both)
    mcnemar, sign = sign_test(counts[1], counts[2]), sign_test(faster, slower)
    return [
        str(len(pairs)),
        *map(str, counts),
        f"{mcnemar:.2g}",
        str(faster),
        str(slower),
        f"{sign:.2g}",
    ]
