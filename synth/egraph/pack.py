"""Rulesets and the language that they are over, packed to be sent to another process."""

from __future__ import annotations

import importlib
import io
import pickle
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import Any

import cloudpickle
import egglog
from egglog.declarations import CallDecl, Declarations

from bridge.isa import SETS
from synth.egraph.graph import RulesetError, ruleset_name
from synth.language import LANGUAGE, Language, language_for
from synth.language.depends import MEMORY, reads
from synth.rulesets import SHIPPED, Rules, rulesets_for

__all__ = ["pack", "unpack"]

_SHIPPED = tuple(product(SETS, (False, True)))
_KNOWN = ("egglog.", "synth.language")


class _Pickler(cloudpickle.Pickler):
    """Shipped rulesets, and classes that this package or egglog declares, go by name; of all else
    the declarations are sent, not the code."""

    def persistent_id(self, obj: object) -> str | None:
        return next((name for name, shipped in SHIPPED.items() if shipped is obj), None)

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, CallDecl):  # pooled, with a hash that holds in this process only
            return CallDecl, (obj.callable, obj.args, obj.bound_tp_params)
        if isinstance(obj, Declarations):
            known = {i for i in obj._classes if i.module and i.module.startswith(_KNOWN)}
            other = {i: c for i, c in obj._classes.items() if i not in known}
            return _declarations, (obj._functions, obj._constants, other, obj._rulesets, known)
        return super().reducer_override(obj)


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: str) -> Rules:
        return SHIPPED[pid]


def _declarations(functions: Any, constants: Any, classes: Any, rulesets: Any, known: Any) -> Any:
    """Declarations as they were sent, with those of the known classes."""
    found = Declarations.create()
    for ident in known:
        found |= getattr(importlib.import_module(ident.module), ident.name)
    found._functions |= functions
    found._constants |= constants
    found._classes |= classes
    found._rulesets |= rulesets
    return found


def pack(rulesets: Iterable[Rules], language: Language) -> bytes:
    """Rulesets, and the language, for `unpack` in another process.

    Definitions stay behind, since they are code: what they say is in the rulesets that are made
    from the language. Raises RulesetError if a ruleset holds what cannot be sent, such as a
    function in Python.
    """
    shipped = next((each for each in _SHIPPED if language_for(*each) == language), None)
    rulesets = list(rulesets) if shipped else rulesets_for(language, rulesets)
    for ruleset in rulesets:
        if isinstance(ruleset, egglog.Ruleset):
            _ = ruleset.__egg_decls__  # what is deferred would be sent as code
    own = [
        replace(c, definition=None, reads_memory=MEMORY in reads(c.name, language))
        for c in language.values()
        if c not in LANGUAGE.constructs
    ]
    buffer = io.BytesIO()
    try:
        _Pickler(buffer).dump((rulesets, shipped or own))
    except Exception as error:  # whatever a reducer raises
        names = ", ".join(map(ruleset_name, rulesets))
        raise RulesetError(f"rulesets {names}: cannot be sent: {error}") from error
    return buffer.getvalue()


@lru_cache(maxsize=1)
def unpack(packed: bytes) -> tuple[list[Rules], Language]:
    """The rulesets and the language."""
    rulesets, own = _Unpickler(io.BytesIO(packed)).load()
    return rulesets, language_for(*own) if isinstance(own, tuple) else LANGUAGE.extended(*own)
