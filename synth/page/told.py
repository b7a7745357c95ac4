"""What the files of a run folder tell, as far as pages show it; older ones lack a part of it."""

from __future__ import annotations

import msgspec

__all__ = ["Logged", "Race", "SetRead", "Shares", "Step", "Told"]


class Shares(msgspec.Struct, frozen=True):
    passed: int = 0
    total: int = 0
    interval: tuple[float, float] = (0.0, 1.0)


class Step(msgspec.Struct, frozen=True):
    rule: str
    forward: bool
    term: str


class Alternative(msgspec.Struct, frozen=True):
    """A program that is right, where several were asked for."""

    program: str
    term: str | None = None
    found_by: str = ""
    lines: int = 0
    holdout: Shares = Shares()
    passes: bool = True


class Steps(msgspec.Struct, frozen=True):
    mean: float
    max: float


class Stats(msgspec.Struct, frozen=True):
    """Work, counted."""

    terms: int = 0
    states: int = 0
    programs: int = 0
    skeletons: int = 0
    restarts: int = 0
    gradient_steps: int = 0
    seconds: float | None = None
    stages: dict[str, float] = {}


class Read(msgspec.Struct, frozen=True):
    right: int
    total: int


class SetRead(msgspec.Struct, frozen=True):
    """How the held-out pictures of a set were read."""

    read: Read
    words: list[int]
    confusion: list[list[int]]


class Perception(msgspec.Struct, frozen=True):
    images: dict[str, SetRead] = {}
    labelled: Shares | None = None

    def __post_init__(self) -> None:
        for each in self.images.values():
            if [len(row) for row in each.confusion] != [len(each.words)] * len(each.words):
                raise ValueError("confusion: give a row and a column for each word")


class Told(msgspec.Struct, frozen=True):
    """solution.json, as far as pages show it; of older folders a part is missing."""

    result: str = "unfinished"
    found_by: str | None = None
    optimised_by: str | None = None
    program: str | None = None
    term: str | None = None
    reading: str | None = None
    skeleton: str | None = None
    near_miss: str | None = None
    rewritten_from: str | None = None
    proof: list[Step] | None = None
    entropy: list[float] | None = None
    accuracy: float = 1.0
    examples: Shares = Shares()
    holdout: Shares = Shares()
    perception: Perception | None = None
    steps: Steps | None = None
    start_steps: Steps | None = None
    stats: Stats = Stats()
    seed: int = 0
    notes: list[str] = []
    answers: list[Alternative] = []


class Logged(msgspec.Struct, frozen=True):
    """A line of candidates.jsonl: a program that was the best so far."""

    found_by: str
    program: str
    term: str | None = None
    passed: int = 0
    cells: int = 0
    seconds: float = 0.0


class Contender(msgspec.Struct, frozen=True):
    program: str
    term: str | None = None
    loss: float | None = None
    error: float | None = None
    steps: int = 0
    likelihood: str = ""


class Ran(msgspec.Struct, frozen=True):
    """How a program fared, round by round."""

    shown: str
    steps: list[int]
    losses: list[float | None]
    stayed: bool


class Race(msgspec.Struct, frozen=True):
    """race.json."""

    pool: int = 0
    reachable: int = 0
    margin: float | None = None
    aliases: list[int] = []
    contenders: list[Contender] = []
    courses: list[Ran] = []
