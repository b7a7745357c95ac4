"""A job: one engine on one spec with one seed and limits, in isolation."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.environment import engine_source
from benchmarks.suites import Suite
from bridge import load_spec
from synth.costs.files import encode_costs, load_costs

__all__ = ["Job", "Limits", "draw_up"]


@dataclass(frozen=True)
class Limits:
    """What a run may use. Seconds and work are told to the engine; the hard limits, of `seconds +
    grace` and of memory, are enforced from outside."""

    seconds: float
    grace: float
    """Seconds more than asked for that start-up and verification may take."""
    memory: float
    """GiB of resident memory, over all processes of the run."""
    cores: int
    """Processor cores that it is bound to, where the system can do that."""
    terms: int | None = None
    programs: int | None = None
    restarts: int | None = None

    def given(self) -> dict[str, float]:
        """Those that there are, by name: `budget` in records and keys."""
        return {name: limit for name, limit in asdict(self).items() if limit is not None}


@dataclass(frozen=True)
class Job:
    """Plain data, complete in itself: it travels to other machines."""

    suite: str
    task: str
    spec: str
    """The spec's text."""
    engine: str
    seed: int
    limits: Limits
    engine_source: str | None = None
    """A digest of the engine, if it is none of ours."""
    files: tuple[tuple[str, bytes], ...] = ()
    """The spec's files of pictures: names and what they hold."""
    costs: str | None = None
    """What constructs cost, the file's text, where one is given."""
    page: bool = False
    """Whether its run is to be told on a page, too."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the spec's text and its files, in hexadecimal."""
        digest = hashlib.sha256(self.spec.encode())
        for name, data in self.files:
            digest.update(name.encode())
            digest.update(data)
        return digest.hexdigest()

    def key(self, environment: str) -> str:
        """What the run depends on, as one word; `environment` is a fingerprint of one."""
        what = {
            "suite": self.suite, "task": self.task, "spec": self.digest, "engine": self.engine,
            "seed": self.seed, "budget": self.limits.given(), "environment": environment,
        }  # fmt: skip
        if self.engine_source is not None:
            what["engine_source"] = self.engine_source
        if self.costs is not None:
            what["costs"] = self.costs
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:24]


def draw_up(
    suites: Sequence[Suite],
    engines: Sequence[str],
    seeds: Sequence[int],
    limits: Limits,
    costs: Path | None = None,
) -> Iterator[Job]:
    """All jobs, engines next to each other: what is compared runs at about the same time. `costs`
    is a file of what constructs cost. Raises SpecError if a spec is not valid, CostsError."""
    priced = None if costs is None else encode_costs(load_costs(costs))
    sources = {engine: engine_source(engine) for engine in engines}
    for seed, suite in itertools.product(seeds, suites):
        for path in suite.specs:
            spec = load_spec(path)
            text = path.read_text()
            names = sorted({images.file for images in spec.images.values()})
            files = tuple((name, (path.parent / name).read_bytes()) for name in names)
            for engine in engines:
                source = sources[engine]
                what = suite.name, spec.name, text, engine, seed, limits, source, files
                yield Job(*what, costs=priced)
