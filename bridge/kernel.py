"""How inner loops are compiled."""

from __future__ import annotations

import functools
from typing import Any, Final, cast

import numba as nb

__all__ = ["kernel"]

kernel: Final[Any] = functools.partial(cast(Any, nb.njit), cache=True, nogil=True, _nrt=False)
"""Decorator: compiled when first called, kept on disk, runs without the interpreter's lock, and
doesn't count references: taking an array out of a tuple costs nothing (5 to 10 times faster
where tuples of arrays are handed on). So it must not make arrays."""
