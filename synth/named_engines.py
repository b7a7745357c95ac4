"""An engine by its name: shipped, of a plug-in, in a file or module, or a command."""

from __future__ import annotations

from bridge import SkeletuneError
from synth.engines import ALIASES, ENGINES, PREFIX, Engine
from synth.engines.apart import ApartEngine
from synth.engines.external import CommandEngine
from synth.sources import names_code

__all__ = ["EngineError", "engine_named", "is_shipped"]


class EngineError(SkeletuneError):
    """An engine that does not exist."""


def is_shipped(name: str) -> bool:
    """Whether an engine of that name is ours: it comes with no constructs."""
    return name in ENGINES or name in ALIASES or name.startswith(PREFIX)


def engine_named(name: str) -> Engine:
    """The engine of that name, shipped or of an installed plug-in; the one that stands at
    `module:attribute` or `file.py:attribute`; or `cmd:` and a command. Those of users run in
    processes of their own. Raises EngineError, PluginError."""
    name = ALIASES.get(name, name)
    if name in ENGINES:
        return ENGINES[name]
    if name.startswith(PREFIX):
        return CommandEngine(name)
    from synth.plugins import installed, load_engine  # with egglog's rules: they take a moment

    if names_code(name):
        return ApartEngine(load_engine(name), name)
    others = {n: e for plugin in installed().values() for n, e in plugin.engines.items()}
    if name not in others:
        known = ", ".join(sorted({*ENGINES, *others}))
        raise EngineError(
            f"no engine {name!r}: there are {known}; for your own write file.py:name or module:name"
        )
    return ApartEngine(others[name], name)
