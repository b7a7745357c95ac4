"""Engines: what `--engine` names. One protocol, so that they can be compared and combined."""

from __future__ import annotations

from typing import Final

from synth.engines.base import (
    Candidate,
    Checkpoint,
    Engine,
    Event,
    NoCandidate,
    Note,
    Refuted,
    Spent,
    Starts,
    Work,
    engine_name,
)
from synth.engines.deduction import DeductionEngine
from synth.engines.divide import DivideEngine
from synth.engines.edits import EditsEngine
from synth.engines.enumeration import EnumerationEngine
from synth.engines.exhaustive import ExhaustiveEngine
from synth.engines.external import PREFIX
from synth.engines.ladder import Ladder, Rung
from synth.engines.perception import PerceptionEngine
from synth.engines.rewriting import RewritingEngine
from synth.engines.sampling import MCMCEngine, RandomEngine
from synth.engines.sat import SATEngine
from synth.engines.tuning import TuningEngine
from synth.engines.walks import WalksEngine

__all__ = [
    "ALIASES", "ENGINES", "PREFIX", "Candidate", "Checkpoint", "Engine", "Event",
    "Ladder", "NoCandidate", "Note", "Refuted", "Rung", "Spent", "Starts", "Work", "engine_name",
]  # fmt: skip

ENGINES: Final[dict[str, Engine]] = {
    engine.name: engine
    for engine in (
        Ladder(), EnumerationEngine(), TuningEngine(), EditsEngine(), RewritingEngine(),
        MCMCEngine(), RandomEngine(), SATEngine(), ExhaustiveEngine(), PerceptionEngine(),
        DeductionEngine(), DivideEngine(), WalksEngine(),
    )
}  # fmt: skip
"""The shipped engines by name."""

ALIASES: Final = {"both": "ladder"}
"""Names that engines had before."""
