"""Why runs did not end verified, and how near they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

from benchmarks.report.groups import Group, Record
from benchmarks.report.queries import Table, short
from synth.engines.base import AMBIGUOUS

__all__ = ["WHY", "how_far", "why_not"]

WHY: Final = ("overfits", "ambiguous", "time up", "ended", "memory", "error")


def why_not(record: Record) -> str:
    """Why a run did not end verified, one of `WHY`: the program fits the examples alone, and the
    search said that others do or did not; its time was up; the engine had nothing more to try, or
    its work was done; it had no memory left; it was killed, crashed or was refused."""
    if record["state"] != "finished":
        return "memory" if record["state"] == "out_of_memory" else "error"
    if record["result"] == "fits_examples":
        said = any(AMBIGUOUS in note for note in record["notes"])
        return "ambiguous" if said else "overfits"
    return "time up" if record["search_seconds"] >= record["budget"]["seconds"] else "ended"


def how_far(group: Group) -> Table:
    """Of the runs that found nothing that fits: how near the best programs were, what was tried,
    and which stage took the most time, with how often."""
    rows = []
    for suite in sorted(group.suites):
        for engine in group.engines:
            of = [
                r
                for r in group.runs(suite=suite, engine=engine)
                if r["result"] == "not_found" and r["state"] == "finished"
            ]
            if of:
                rows.append([suite, engine, str(len(of)), *_nearness(of), *_effort(of)])
    return Table(
        "Runs that found nothing that fits: what the best program is right on; medians of what was "
        "tried; where most time went",
        ["suite", "engine", "runs", "no example", "under half", "half or more", "terms", "programs",
         "most time in"],
        rows,
    )  # fmt: skip


def _nearness(records: Sequence[Record]) -> list[str]:
    shares = [r["examples"]["passed"] / r["examples"]["total"] if r["examples"] else 0.0
              for r in records]  # fmt: skip
    none, more = shares.count(0.0), sum(share >= 0.5 for share in shares)
    return [str(none), str(len(shares) - none - more), str(more)]


def _effort(records: Sequence[Record]) -> list[str]:
    tried = [[r["work"].get(kind, 0) for r in records] for kind in ("terms", "programs")]
    spent = [{k: s for k, s in r["stages"].items() if k != "starting"} for r in records]
    longest = Counter(max(of, key=of.__getitem__) for of in spent if of)
    stages = ", ".join(f"{stage} {n}" for stage, n in longest.most_common())
    return [*(short(median(counts)) for counts in tried), stages or "–"]
