"""Engines: what `--engine` names. One protocol, so that they can be compared and combined."""

from __future__ import annotations

from typing import Final

from bridge import SkeletuneError
from synth.engines.base import (
    Candidate,
    Checkpoint,
    Engine,
    Event,
    Note,
    Spent,
    Starts,
    Work,
    engine_name,
)
from synth.engines.edits import EditsEngine
from synth.engines.enumeration import EnumerationEngine
from synth.engines.external import PREFIX, CommandEngine
from synth.engines.ladder import Ladder, Rung
from synth.engines.rewriting import RewritingEngine
from synth.engines.sampling import MCMCEngine, RandomEngine
from synth.engines.sat import SATEngine
from synth.engines.tuning import TuningEngine

__all__ = [
    "ALIASES", "ENGINES", "PREFIX", "Candidate", "Checkpoint", "Engine", "EngineError", "Event",
    "Ladder", "Note", "Rung", "Spent", "Starts", "Work", "engine_name", "engine_named",
]  # fmt: skip

ENGINES: Final[dict[str, Engine]] = {
    engine.name: engine
    for engine in (
        Ladder(), EnumerationEngine(), TuningEngine(), EditsEngine(), RewritingEngine(),
        MCMCEngine(), RandomEngine(), SATEngine(),
    )
}  # fmt: skip
"""The shipped engines by name."""

ALIASES: Final = {"both": "ladder"}
"""Names that engines had before."""


class EngineError(SkeletuneError):
    """An engine that does not exist."""


def engine_named(name: str) -> Engine:
    """The engine of that name, shipped or of an installed plug-in; the one that stands at
    `module:attribute` or `file.py:attribute`; or `cmd:` and a command. Raises EngineError,
    PluginError."""
    name = ALIASES.get(name, name)
    if name in ENGINES:
        return ENGINES[name]
    if name.startswith(PREFIX):
        return CommandEngine(name)
    from synth.plugins import installed, load_engine
    from synth.sources import names_code

    if names_code(name):
        return load_engine(name)
    others = {n: e for plugin in installed().values() for n, e in plugin.engines.items()}
    if name not in others:
        known = ", ".join(sorted({*ENGINES, *others}))
        raise EngineError(
            f"no engine {name!r}: there are {known}; for your own write file.py:name or module:name"
        )
    return others[name]
