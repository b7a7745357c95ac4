"""Where jobs run: on this machine, or on a Ray cluster."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any, Protocol

from benchmarks.environment import describe, differences
from benchmarks.jobs import Job
from benchmarks.measure import measure
from synth.scale.cluster import PACKAGES
from synth.scale.connect import ExecutorError, connected, load_ray

__all__ = ["Executor", "ExecutorError", "LocalExecutor", "RayExecutor"]


class Executor(Protocol):
    """What `--executor` names."""

    def run(self, jobs: Sequence[Job]) -> Iterator[dict[str, Any]]:
        """The jobs' records, in the order in which they end. Closing the iterator, or an exception
        in it, ends all jobs that still run."""
        ...


class LocalExecutor:
    """So many jobs at a time on this machine, each bound to cores of its own."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def run(self, jobs: Sequence[Job]) -> Iterator[dict[str, Any]]:
        free: queue.SimpleQueue[tuple[int, ...]] = queue.SimpleQueue()
        for slot in self._slots(max((job.limits.cores for job in jobs), default=1)):
            free.put(slot)
        stop = threading.Event()

        def one(job: Job) -> dict[str, Any] | None:
            cores = free.get()
            try:
                return None if stop.is_set() else measure(job, cores=cores, stop=stop)
            finally:
                free.put(cores)

        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                waiting = {pool.submit(one, job) for job in jobs}
                while waiting:
                    done, waiting = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
                    for future in done:
                        record = future.result()
                        assert record is not None  # nobody has stopped it
                        yield record
            finally:
                stop.set()

    def _slots(self, cores: int) -> list[tuple[int, ...]]:
        """The cores of each of the jobs that run at a time; not bound if there are too few."""
        own = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        if len(own) < self.jobs * cores:
            return [()] * self.jobs
        return [tuple(own[i * cores : (i + 1) * cores]) for i in range(self.jobs)]


class RayExecutor:
    """Jobs on a Ray cluster, as many at a time as it has cores for. A job whose node dies is run
    again on another."""

    def __init__(self, address: str | None, *, mix: bool = False) -> None:
        """`address` is the cluster's; None starts one on this machine. With `mix`, nodes may have
        other versions or machines than this one."""
        self.address = address
        self.mix = mix

    def run(self, jobs: Sequence[Job]) -> Iterator[dict[str, Any]]:
        ray = load_ray()
        with connected(ray, self.address, (*PACKAGES, "benchmarks")):
            # What jobs do is in their records: only nodes can fail, and others take over then.
            remote = ray.remote(max_retries=-1)(measure)
            waiting = [remote.options(num_cpus=j.limits.cores).remote(j) for j in jobs]
            try:
                while waiting:
                    done, waiting = ray.wait(waiting, timeout=1)
                    for reference in done:
                        yield self._checked(ray.get(reference))
            finally:
                for reference in waiting:
                    ray.cancel(reference, force=True)

    def _checked(self, record: dict[str, Any]) -> dict[str, Any]:
        different = differences(record["environment"], describe())
        if different and not self.mix:
            raise ExecutorError(
                f"a node of the cluster differs from this machine ({'; '.join(different)}): make "
                "them alike, or allow it with --mix"
            )
        return record
