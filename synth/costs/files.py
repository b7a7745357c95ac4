"""A file of costs: read, and checked like a spec; written."""

from __future__ import annotations

import difflib
import hashlib
import json
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from bridge.errors import SkeletuneError, SpecError, shorten
from bridge.strict_json import read_json
from bridge.violations import explain
from synth.costs.costs import SMALL, VARIABLE, Costs
from synth.language import FULL, Language

__all__ = ["LEAST", "UNIT", "CostsError", "digest_of", "encode_costs", "known_names", "load_costs"]

UNIT: Final = 4
"""Learned costs are quarters of a size."""
LEAST: Final = {"Stmt": 2}
"""The least that a construct of that sort may cost; of others it is 1."""


class CostsError(SkeletuneError):
    """A file of costs that cannot be read, or terms from which none can be learned."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is in the file."""

    unit: Annotated[int, Meta(ge=1, le=16)]
    """What the size 1 costs."""
    costs: dict[str, Annotated[int, Meta(ge=1, le=255)]]
    """By construct; and of `var`, a variable that is read, and the constants 0 … 3."""
    terms: Annotated[int, Meta(ge=0)] = 0
    """How many terms they were learned from."""


def known_names(language: Language = FULL) -> dict[str, str]:
    """All that has a cost where terms are enumerated, and its sort."""
    constructs = (c for c in language.values() if c.enumerated and c.in_terms and not c.hole)
    words = (VARIABLE, *map(str, range(SMALL + 1)))
    return dict.fromkeys(words, "Word") | {c.name: c.sort for c in constructs}


def load_costs(path: Path, language: Language = FULL) -> Costs:
    """The costs in the file, for that language and all shipped constructs. Raises CostsError with
    file, JSON path and what is wrong."""
    try:
        raw = read_json(path.read_bytes())
    except OSError as e:
        raise CostsError(f"cannot be read: {e.strerror or e}", file=str(path)) from None
    except SpecError as e:
        raise CostsError(e.args[0], file=str(path)) from None
    try:
        found = msgspec.convert(raw, _File)
    except RecursionError:
        raise CostsError("$: nested too deeply", file=str(path)) from None
    except msgspec.ValidationError:
        why = explain(raw, msgspec.json.schema(_File))
        raise CostsError(why, file=str(path)) from None
    known = known_names() | known_names(language)
    for name, cost in found.costs.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            fix = f"did you mean {near[0]!r}?" if near else "leave it out"
            why = f"$.costs.{shorten(name)}: no construct that is enumerated: {fix}"
            raise CostsError(why, file=str(path))
        if cost < LEAST.get(known[name], 1):
            why = f"$.costs.{name}: expected {LEAST['Stmt']} or more, of a statement, not {cost}"
            raise CostsError(why, file=str(path))
    return Costs(found.unit, found.costs, name=path.name)


def encode_costs(costs: Costs, terms: int = 0) -> str:
    """As the file holds them, which were learned from so many terms."""
    file = _File(unit=costs.unit, costs=dict(sorted(costs.own.items())), terms=terms)
    return f"{msgspec.json.format(msgspec.json.encode(file)).decode()}\n"


def digest_of(costs: Costs) -> str:
    """A word for what they say."""
    text = json.dumps([costs.unit, sorted(costs.own.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
