"""One search spread over the nodes of a Ray cluster on this machine, against one process.

    python -m benchmarks.enumeration.scale [SUITE …] [--nodes N] [--terms N] [--tasks N]

Each task's search runs to its end of terms twice, here alone and spread over so many nodes of one
processor each, in turns; seconds are those of the clock, the start of the workers included. States
and near misses must be the same. The ratio is the median over tasks, with a bootstrap interval.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from benchmarks.command import check_positive, make_app, run_app
from benchmarks.statistics import bootstrap
from benchmarks.suites import load_suite
from bridge import load_spec
from bridge.counts import counted
from synth.enumeration.search import Enumeration
from synth.problem import resolve
from synth.scale import ExecutorError, RayCluster
from synth.scale.connect import load_ray

__all__ = ["main"]

app = make_app("benchmarks.enumeration.scale")


def searched(spec: Path, terms: int, executor: RayCluster | None) -> tuple[float, object]:
    """Seconds of the clock; and what the search has found, to compare."""
    problem = resolve(load_spec(spec))
    enumeration = Enumeration(
        problem.examples, problem.machine, terms, problem.language, executor=executor
    )
    began = time.perf_counter()
    with closing(enumeration):
        found = [str(term) for term in enumeration.programs() if term is not None]
        seconds = time.perf_counter() - began
        for note in enumeration.notes():
            print(note, file=sys.stderr)
    return seconds, (enumeration.terms, enumeration.states, found, enumeration.near_misses(100))


@contextmanager
def nodes(n: int) -> Iterator[RayCluster]:
    """A cluster of so many nodes on this machine."""
    ray = load_ray()
    from ray.cluster_utils import Cluster  # pyright: ignore[reportMissingImports]

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        for _ in range(n - 1):
            cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        yield RayCluster(cluster.address)
    finally:
        ray.shutdown()
        cluster.shutdown()


@app.default
def scale(
    *suites: str,
    nodes_: Annotated[int, Parameter(name="--nodes", help="Of one processor each.")] = 2,
    terms: int = 10_000_000,
    tasks: Annotated[int, Parameter(help="Of each suite, evenly chosen.")] = 3,
) -> None:
    """Measures terms per second of one search, spread over nodes and not."""
    check_positive(nodes=nodes_, terms=terms, tasks=tasks)
    ratios = []
    with nodes(nodes_) as cluster:
        print(f"{counted(nodes_, 'node')}, {os.cpu_count()} processors")
        print("task                     terms/s     spread  ratio")
        for suite in suites or ("lists", "anc"):
            specs = load_suite(suite).specs
            for spec in specs[:: max(1, len(specs) // tasks)][:tasks]:
                for executor in (None, cluster) if not ratios else ():  # the first compile
                    searched(spec, min(terms, 2_000_000), executor)
                alone, found = searched(spec, terms, None)
                spread, same = searched(spec, terms, cluster)
                if found != same:
                    raise ExecutorError(f"{spec.stem}: the workers found something else")
                ratios.append(alone / spread)
                line = f"{spec.stem:22} {terms / alone:9,.0f}  {terms / spread:9,.0f}"
                print(f"{line}  {ratios[-1]:5.2f}", flush=True)
    low, high = bootstrap(ratios, statistics.median)
    print(f"terms/s: {statistics.median(ratios):.2f} times ({low:.2f}-{high:.2f})")


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
