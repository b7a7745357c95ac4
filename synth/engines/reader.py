"""What reads pictures, and the race of programs that it was trained with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from jaxtyping import Float32, Int64

from bridge import Program
from bridge.images import ImageSet
from bridge.term import Term

__all__ = ["Contender", "MakeNet", "Race", "Ran", "Reader", "load_reader"]


MakeNet: TypeAlias = Callable[[Any, tuple[int, ...], int], Any]
"""A key of JAX, the shape of one picture and the number of words that it may show, to a net: an
`eqx.Module` that takes a picture, scaled to 0 … 1, to logits."""


@runtime_checkable
class Reader(Protocol):
    """Trained classifiers, one for each set of pictures."""

    @property
    def nets(self) -> Mapping[str, Any]:
        """By the name of the set, an `eqx.Module`: one picture, scaled as `ImageSet.pixels` are, to
        logits over the words that the set may show, in their order."""
        ...

    def __call__(
        self, name: str, pixels: Float32[np.ndarray, "n *shape"]
    ) -> Int64[np.ndarray, " n"]:
        """The likeliest word that each picture of that set shows."""
        ...

    def probabilities(
        self, name: str, pixels: Float32[np.ndarray, "n *shape"]
    ) -> Float32[np.ndarray, "n words"]:
        """Of each word that the set may show, in their order."""
        ...

    def save(self, file: Path | BufferedIOBase) -> None:
        """Writes the leaves of the nets, as `eqx.tree_serialise_leaves` does."""
        ...


def load_reader(path: Path, sets: Sequence[ImageSet], make: MakeNet | None) -> Reader:
    """The reader whose `save` wrote the file, its nets made by `make`, or one of the engine's own.
    Raises OSError, or ValueError where the file holds the leaves of other nets."""
    import jax

    from backend.perception.nets import DenseNet, make_net
    from backend.perception.reader import NetReader

    words = {one.name: one.words for one in sets}
    known = [make_net, DenseNet] if make is None else [make]
    while True:
        new, key = known.pop(0), jax.random.key(0)
        nets = {one.name: new(key, one.shape, len(one.words)) for one in sets}
        try:
            return NetReader(nets, words).load(path)
        except ValueError:
            if not known:
                raise


@dataclass(frozen=True)
class Contender:
    """A program in the race, as it left it."""

    program: Program
    term: Term | None
    cost: int
    """Of the term: the cheaper wins where losses tie."""
    loss: float
    """Mean negative log-likelihood of the examples kept back from its training, in nats."""
    error: float
    """The standard error of that mean."""
    steps: int
    """Gradient steps that it was trained for."""
    likelihood: str
    """How the likelihood of an answer is computed: "table", "structure", "inverse table",
    "soft machine", "top words"."""

    @property
    def shown(self) -> str:
        """Its term, if it has one."""
        return str(self.program if self.term is None else self.term)


@dataclass(frozen=True)
class Ran:
    """How a program fared, round by round, also if it was dropped."""

    shown: str
    steps: tuple[int, ...]
    """Gradient steps at the end of each round."""
    losses: tuple[float, ...]
    """Of its best restart, in nats."""
    stayed: bool
    """Whether it was in the race at its end."""


@dataclass(frozen=True)
class Race:
    """Which programs were trained together with a reader, and how they fared."""

    contenders: tuple[Contender, ...]
    """The winner first, then by loss among those trained for longest."""
    aliases: tuple[int, ...] = ()
    """Which of them tie with the winner, within two standard errors: the examples can't tell."""
    pool: int = 0
    """Programs enumerated, distinct by what they do."""
    reachable: int = 0
    """Of these, such as can lead to the expected words, for some reading of the pictures."""
    noise: float = 0.0
    """The share of wrong examples, as estimated."""
    courses: tuple[Ran, ...] = ()
    """How all that raced fared, the best first."""

    @property
    def winner(self) -> Contender | None:
        return self.contenders[0] if self.contenders else None

    @property
    def runner_up(self) -> Contender | None:
        """The best that does not tie with the winner."""
        rest = (c for i, c in enumerate(self.contenders) if i > 0 and i not in self.aliases)
        return next(rest, None)

    @property
    def margin(self) -> float | None:
        """By how many nats an example the winner leads."""
        if self.winner is None or self.runner_up is None:
            return None
        return self.runner_up.loss - self.winner.loss

    def to_json(self) -> dict[str, Any]:
        """As plain values: what the run folder holds."""
        plain = [
            asdict(c) | {"program": str(c.program), "term": None if c.term is None else str(c.term)}
            for c in self.contenders
        ]
        return {
            "pool": self.pool,
            "reachable": self.reachable,
            "noise": self.noise,
            "margin": self.margin,
            "aliases": list(self.aliases),
            "contenders": plain,
            "courses": [asdict(ran) for ran in self.courses],
        }
