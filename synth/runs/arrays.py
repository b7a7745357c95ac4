"""Arrays within plain values: taken out to be saved beside them, and put in again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

__all__ = ["pack", "unpack"]

MARK: Final = "$array"


def pack(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """The value with names in the place of its arrays, which are added to `arrays`."""
    match value:
        case np.ndarray():
            name = f"a{len(arrays)}"
            arrays[name] = value
            return {MARK: name}
        case Mapping():
            return {key: pack(item, arrays) for key, item in value.items()}
        case list() | tuple():
            return [pack(item, arrays) for item in value]
        case _:
            return value


def unpack(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """The way back. Raises KeyError where an array is not there."""
    match value:
        case {"$array": str(name), **rest} if not rest:
            return arrays[name]
        case dict():
            return {key: unpack(item, arrays) for key, item in value.items()}
        case list():
            return [unpack(item, arrays) for item in value]
        case _:
            return value
