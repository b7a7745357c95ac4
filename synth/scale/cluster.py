"""A search's workers on a Ray cluster, one for each of its processors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any, Final

import numpy as np
from jaxtyping import Int32, UInt64

from bridge.tests import Tests
from synth.enumeration.spread import Crew
from synth.enumeration.statespace import Statements
from synth.enumeration.workers import Chunk, Found, Worker
from synth.scale.connect import check_address, connected, load_ray

__all__ = ["RayCluster", "RayCrew"]

ROOM: Final = 2
"""How many batches a worker is given at a time: so that it has the next when it has done one."""
PACKAGES: Final = ("bridge", "backend", "synth")
"""What a worker imports; a node of another machine need not have it."""
PATIENCE: Final = 60.0
"""Seconds after which a worker that says nothing counts as lost."""
PARTING: Final = 30.0
"""Seconds that a search waits until its workers have gone."""


@dataclass(frozen=True)
class RayCluster:
    """Where it is: HOST:PORT, a name that Ray knows, or None for one that is started on this
    machine."""

    address: str | None = None

    def check(self) -> None:
        """Raises ExecutorError where Ray is not installed, or nobody answers there."""
        load_ray()
        check_address(self.address)

    def hire(self, tests: Tests, may_fail: int) -> Crew:
        """Workers for a search; it connects once there is something to do for them."""
        return RayCrew(self.address, tests, may_fail)


@dataclass(eq=False)
class _Member:
    """A worker, as Ray knows it."""

    actor: Any
    ready: Any
    """The answer by which it is known to be there."""
    given: int = 0
    """How many batches it has that nobody has asked for."""


@dataclass
class RayCrew:
    """Workers on a cluster. While it is being connected to, nothing is given to them."""

    address: str | None
    tests: Tests
    may_fail: int
    notes: list[str] = field(default_factory=list[str])
    """What the user should know of them."""

    def __post_init__(self) -> None:
        self._ray = load_ray()
        self._members: list[_Member] = []  # that may be lost, but are not known to be
        self._untold: list[tuple[Any, ...]] = []
        self._given: dict[int, tuple[_Member, Any]] = {}
        self._numbers = 0
        self._error: Exception | None = None
        self._thread: Thread | None = None
        self._connected, self._over = Event(), Event()

    def follow(
        self,
        statements: Statements,
        made: Int32[np.ndarray, "n 4"],
        hashes: UInt64[np.ndarray, " n"],
    ) -> None:
        """Tells all workers of a layer."""
        self._untold.append((statements, made, hashes))
        if self._thread is None:
            self._thread = Thread(target=self._connect, daemon=True)
            self._thread.start()

    def _connect(self) -> None:
        """Connects, and stays until all is over: what Ray starts on this machine ends with the
        thread that started it."""
        ray, code = self._ray, () if self.address is None else PACKAGES
        try:
            with connected(ray, self.address, code):
                if self._over.is_set():
                    return
                hire = ray.remote(num_cpus=1)(Worker).remote
                given = ray.put(self.tests), self.may_fail
                for _ in range(max(1, int(ray.cluster_resources().get("CPU", 1)))):
                    actor = hire(*given)
                    self._members.append(_Member(actor, actor.ready.remote()))
                self._connected.set()
                self._over.wait()
                for member in self._members:
                    ray.kill(member.actor)
        except Exception as error:  # Ray's have no common class; it is raised where it is noticed
            self._error = error
        finally:
            self._connected.set()

    def _tell(self) -> None:
        """Tells them what they were not told yet; Ray keeps the order."""
        for told in self._untold:
            parts = [self._ray.put(part) for part in told]
            for member in self._members:
                member.actor.follow.remote(*parts)
        self._untold.clear()

    def give(self, chunks: Sequence[Chunk]) -> int | None:
        """Gives chunks to the worker that has the least to do, if it has room."""
        if not self._connected.is_set():
            return None
        if self._error is not None:
            raise self._error
        self._tell()
        free = [member for member in self._members if member.given < ROOM]
        for member in sorted(free, key=lambda m: m.given):
            if member.ready is not None:
                if not self._ray.wait([member.ready], timeout=0)[0]:
                    continue
                member.ready = None
            self._numbers += 1
            self._given[self._numbers] = member, member.actor.run.remote(chunks)
            member.given += 1
            return self._numbers
        return None

    def take(self, number: int) -> list[Found] | None:
        """Waits for what came of those chunks."""
        member, answer = self._given.pop(number)
        member.given -= 1
        exceptions = self._ray.exceptions
        try:
            return self._ray.get(answer, timeout=PATIENCE)
        except exceptions.RayTaskError:
            raise  # a fault of the worker's
        except exceptions.RayError as error:
            self._lose(member, error)
            return None

    def _lose(self, member: _Member, error: Exception) -> None:
        if member not in self._members:
            return
        self._members.remove(member)
        why = next(iter(str(error).splitlines()), "")
        self.notes.append(
            f"a worker of the Ray cluster was lost ({why}): its part was executed here"
        )

    def close(self) -> None:
        """Lets the workers go; a cluster that doesn't answer is not waited for, and left as soon as
        it does."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(PARTING)
