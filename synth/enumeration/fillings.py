"""A sketch in assembly where memory holds pictures: its fillings that can explain the examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import Final

import numpy as np
from jaxtyping import Int16

from bridge import Program
from bridge.lowering.tidy import drop_unreachable
from bridge.program import decode_rows, encode
from bridge.readings import Group
from bridge.spec import Machine
from synth.enumeration.pictures import encode_wanted
from synth.enumeration.reachable import explain_programs

__all__ = ["explaining_fillings", "how_many"]

AT_ONCE: Final = 4096
"""Programs executed before the caller may look at the clock."""


def how_many(choices: Mapping[int, Int16[np.ndarray, "n 5"]]) -> int:
    """Ways to fill a sketch whose lines have these choices."""
    return prod(map(len, choices.values()))


def explaining_fillings(
    sketch: Program,
    choices: Mapping[int, Int16[np.ndarray, "n 5"]],
    groups: Sequence[Group],
    machine: Machine,
    share: float,
    limit: int,
) -> Iterator[tuple[int, list[Program]]]:
    """The first `limit` fillings, executed on all that the pictures may mean: how many at a time,
    and which of these can explain that share of the examples, distinct by what they do."""
    tests, wanted = encode_wanted(groups, machine, share)
    seen = np.zeros(len(wanted.weight) + 1, np.int64)
    code, lines = encode(sketch, len(sketch)), [*choices]
    tables = np.zeros(1 << int(2 * min(limit, how_many(choices)) + 1).bit_length(), np.uint64)
    each = islice(product(*choices.values()), limit)
    while some := list(islice(each, AT_ONCE)):
        filled = np.repeat(code[None], len(some), 0)
        filled[:, lines] = some
        good = explain_programs(tests, wanted, filled, tables, seen)
        yield len(some), [drop_unreachable(decode_rows(rows)) for rows in filled[good]]
