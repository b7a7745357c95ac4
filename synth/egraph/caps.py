"""How far saturation may go, and how far it went."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Caps", "SaturationReport"]


@dataclass(frozen=True)
class Caps:
    """What one saturation may take.

    - `nodes`: e-nodes; one iteration may exceed it, but not double it.
    - `seconds`: of wall-clock.
    - `memory`: GiB, of the process that saturates (see `synth.egraph.worker`).
    - `iterations`: of all rules.
    """

    nodes: int = 50_000
    seconds: float = 10.0
    memory: float = 2.0
    iterations: int = 60


@dataclass(frozen=True)
class SaturationReport:
    """How far saturation went.

    - `stopped`: why it ended, in words: "saturated", or "stopped at 50,000 e-nodes".
    - `nodes`, `classes`: e-nodes and e-classes at the end.
    - `lost`: whether work was lost: the process had to be killed, or a rule failed.
    - `matches`: how often each rule matched, by the rule's name, such as `arith/add-zero`.
    """

    stopped: str
    nodes: int
    classes: int
    iterations: int
    seconds: float
    matches: dict[str, int]
    lost: bool = False

    @property
    def saturated(self) -> bool:
        """Whether nothing more can be derived."""
        return self.stopped == "saturated"
