"""What bad specs are made of: a good one, and changes to it."""

from __future__ import annotations

import json
from typing import Any

Bad = dict[str, tuple[bytes | str | None, str]]
"""By name: the file's content (None: there is no file), and the message behind `FILE: `."""

DIRECTORY = "DIRECTORY"
GOOD: dict[str, Any] = {
    "machine": {"words": 8, "registers": 3, "lines": 4},
    "examples": [{"memory": [1, 2], "expect": {"memory": [2]}}],
}


def spec(**changes: Any) -> str:
    """A good spec with those keys changed."""
    return json.dumps({**GOOD, **changes})


def machine(**changes: Any) -> str:
    return spec(machine={**GOOD["machine"], **changes})


def example(before: Any, /, **expect: Any) -> str:
    """A good spec, but for its one example."""
    return spec(examples=[{"memory": before, "expect": expect}])


def examples(*pairs: tuple[list, list], holdout: tuple[tuple[list, list], ...] = ()) -> str:
    groups = [[{"memory": a, "expect": {"memory": b}} for a, b in g] for g in (pairs, holdout)]
    return spec(examples=groups[0], holdout=groups[1])


def text(body: str) -> str:
    """A good spec, but for the word that is written as `body`."""
    return example(["WORD"], memory=[1]).replace('"WORD"', body)


def lists(*pairs: tuple[Any, Any], **changes: Any) -> str:
    """A spec of inputs, several in a tuple, and outputs."""
    rows = [
        {"inputs": a, "output": b} if isinstance(a, tuple) else {"input": a, "output": b}
        for a, b in pairs
    ]
    return json.dumps({"examples": rows, **changes})


NO_WORD = "no word of the machine: give 0 to 7, or raise machine.words (now 8)"
KEYS = (
    "machine, examples, name, holdout, images, accuracy, layout, signed, search, oracle, sketch, "
    "start, objective, rulesets, $schema"
)
KNOWN = (
    "halt, noop, zero, inc, dec, move, add, sub, min, max, read, write, jump, mul, div, mod, eq, "
    "less, and, or, xor, shift"
)
NAME = "$.name: expected 1 to 80 letters, digits, '_', '-', '.', not "
