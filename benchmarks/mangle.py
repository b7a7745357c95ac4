"""Specs that are damaged at random: in their structure, in their texts, and byte by byte."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

__all__ = ["NAMES", "mangled"]

NAMES: Final = (
    "spec.json", "a b.json", "v1:old.json", "ünï.json", "\x1b[31m.json", "x" * 200 + ".json",
    "two\nlines.json", "\udcff.json", "\u202egnitset.json", "no-suffix", "$.examples[0].json",
)  # fmt: skip
"""What files are called."""

_EXAMPLE: Final = {"memory": [3, 1, 4, 0], "expect": {"memory": [4, None, 5, 0]}}
GOOD: Final[tuple[dict[str, Any], ...]] = (
    {"machine": {"words": 8}, "examples": [{"memory": [1], "expect": {"memory": [2]}}]},
    {
        "name": "map_inc",
        "machine": {"words": 12, "registers": 4, "lines": 16, "steps": 96, "halt": True},
        "examples": [_EXAMPLE, {"memory": [7, 0], "expect": {"memory": [8, 0], "registers": []}}],
        "holdout": [{"memory": [2, 6, 0], "expect": {"memory": [3, 7, 0]}}],
        "search": {"seconds": 7.5, "seed": 3, "terms": 10, "restarts": 0, "memory": 1},
        "oracle": "loop: read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1\njump 3 loop\nend:",
        "sketch": "(do (while (load p) (do (store p (hole)) (hole-stmt))))",
        "objective": "correct",
        "rulesets": ["arith", "loops"],
        "accuracy": 1.0,
        "$schema": "https://example.org/spec.json",
    },
    {
        "machine": {"words": 16, "steps": 64, "halt": False},
        "examples": [_EXAMPLE] * 8,
        "start": "inc 1 1\nnoop\nhalt",
        "objective": "steps",
    },
    {
        "machine": {"words": 12},
        "images": {"digits": {"file": "digits.npz", "words": [1, 2, 3]}},
        "examples": [{"memory": [{"digits": 1}, {"digits": 2}], "expect": {"memory": [3]}}],
        "accuracy": 0.9,
    },
    {
        "examples": [
            {"input": [3, 1, 4], "output": [4, 2, 5]},
            {"input": [], "output": []},
            {"input": [7], "output": [8]},
        ],
        "holdout": [{"input": [2, 6], "output": [3, 7]}],
        "layout": "terminated",
        "oracle": "loop: read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1\njump 3 loop\nend:",
    },
    {
        "machine": {"words": 16, "registers": 4},
        "examples": [
            {"inputs": [-2, [3, 0], [True]], "output": True},
            {"inputs": [5, [], [False, True]], "output": False},
        ],
        "signed": True,
    },
)

_TERMS: Final = ("(do", "(hole-stmt)", "(hole)", ")", "(store 0 1)", "(apply2 (monus) x 1)", "; c")
_LINES: Final = (
    "halt",
    "inc 1 1",
    "jump 1 x",
    "x:",
    "? 1 2",
    "?",
    "read 99 1",
    "fly 1",
    "; \x1b[2J",
)
_TEXTS: Final = (
    "", "\ud800", "a\udfffb", "\x1b[2J\x07", "\u202eabc", "\x00", "x" * 300, "?" * 5_000, "(" * 300,
    "(do " * 150 + ")" * 150, "(do (store 0 " + "(apply2 (monus) " * 40 + "x" + " 1)" * 40 + "))",
    "(do " + "(noop) " * 2_000 + "(hole-stmt))", "?\n" * 2_000, "1:" * 2_000, "↪ inc 1 1\n" * 50,
    "mine.py:rules", "../x", "arith", "é" * 90, "-", "~",
)  # fmt: skip
_NUMBERS: Final = (
    0, -1, 1, 2, 7, 8, 127, 128, 65_537, 2**31, 2**63, 2**64, -(2**70), 10**30, 0.5, -0.0, 1e308,
    float("nan"), float("inf"), 1.0, 12.0,
)  # fmt: skip


def mangled(random: Random) -> bytes:
    """What a spec file may hold after an accident: mostly a spec with a fault or some."""
    raw: Any = copy.deepcopy(random.choice(GOOD))
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        raw = random.choice(_CHANGES)(raw, random)
    try:
        text = json.dumps(raw, ensure_ascii=random.random() < 0.5)
    except RecursionError:
        text = "[" * 100_000
    if random.random() < 0.1:
        text = text.replace('"memory"', '"memory": [], "memory"', 1)  # a key twice
    data = text.encode(errors="surrogatepass")
    return random.choice(_DAMAGES)(data, random) if random.random() < 0.3 else data


# ------------------------------------------------------------ in the structure


def _places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key or index) of all that is in it."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < 2_000:
        part = waiting.pop()
        pairs = part.items() if isinstance(part, dict) else enumerate(part)
        for key, item in pairs:
            found.append((part, key))
            if isinstance(item, dict | list):
                waiting.append(item)
    return found


def _at_a_place(change: Callable[[Any, Any, Random], None]) -> Callable[[Any, Random], Any]:
    def changed(raw: Any, random: Random) -> Any:
        places = _places(raw) if isinstance(raw, dict | list) else []
        if places:
            change(*random.choice(places), random)
        return raw

    return changed


def _value(random: Random) -> Any:
    """Something that hardly belongs anywhere."""
    match random.randrange(6):
        case 0:
            return random.choice((None, True, False, [], {}))
        case 1:
            return random.choice(_NUMBERS)
        case 2:
            return random.choice(_TEXTS)
        case 3:
            return "\n".join(random.choices(_LINES, k=random.randint(1, 20)))
        case 4:
            return " ".join(random.choices(_TERMS, k=random.randint(1, 20)))
        case _:
            return [_value(random) for _ in range(random.randint(0, 3))]


def _replace(part: Any, key: Any, random: Random) -> None:
    part[key] = _value(random)


def _remove(part: Any, key: Any, random: Random) -> None:
    del part[key]


def _add(part: Any, key: Any, random: Random) -> None:
    if isinstance(part, dict):
        part[random.choice((*_TEXTS[:10], "exmaples", "word", "$schema", "folder"))] = _value(
            random
        )
    else:
        part.insert(random.randint(0, len(part)), _value(random))


def _rename(part: Any, key: Any, random: Random) -> None:
    if isinstance(part, dict):
        name = random.choice((key + "s", key[1:], key.upper(), f"{key}\x1b", key + "\ud800"))
        part[name] = part.pop(key)


def _repeat(part: Any, key: Any, random: Random) -> None:
    if isinstance(part[key], list):
        part[key] *= random.choice((0, 2, 30, 300))


def _nest(part: Any, key: Any, random: Random) -> None:
    for _ in range(random.choice((1, 5, 400))):
        part[key] = [part[key]] if random.random() < 0.5 else {"memory": part[key]}


def _cut_text(part: Any, key: Any, random: Random) -> None:
    if isinstance(text := part[key], str):
        at = sorted(random.choices(range(len(text) + 1), k=2))
        part[key] = text[: at[0]] + random.choice((*_TERMS, *_LINES, *_TEXTS)) + text[at[1] :]


def _wrap(raw: Any, random: Random) -> Any:
    return random.choice(([raw], {"spec": raw}, _value(random)))


_CHANGES: Final = (
    *map(_at_a_place, (_replace, _replace, _replace, _remove, _add, _rename, _repeat, _nest)),
    *map(_at_a_place, (_cut_text, _cut_text, _cut_text)),
    _wrap,
)


# ------------------------------------------------------------ byte by byte


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


def _flip(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _drop(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.randint(1, 5) :]


def _double(data: bytes, random: Random) -> bytes:
    low, high = sorted(random.choices(range(len(data) + 1), k=2))
    return data[:high] + data[low:]


def _encode(data: bytes, random: Random) -> bytes:
    return data.decode(errors="replace").encode(
        random.choice(("utf-8-sig", "utf-16", "utf-16-le", "utf-32"))
    )


_DAMAGES: Final = (_cut, _flip, _drop, _double, _encode)
