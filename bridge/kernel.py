"""How inner loops are compiled."""

from __future__ import annotations

import functools
from typing import Any, Final, cast

import numba as nb

__all__ = ["inner", "kernel"]

_njit = functools.partial(cast(Any, nb.njit), error_model="numpy", _nrt=False)

kernel: Final[Any] = functools.partial(_njit, cache=True, nogil=True)
"""Decorator: compiled when first called, kept on disk, runs without the interpreter's lock, and
doesn't count references: taking an array out of a tuple costs nothing (5 to 10 times faster
where tuples of arrays are handed on). So it must not make arrays. Nor does it check divisors."""

inner: Final[Any] = functools.partial(_njit, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Decorator of functions that only kernels call. They are kept on disk within what is made of them,
and nothing is compiled by which Python could call them: unpacking the tuples takes longer to
compile than most of them. Loops over cells compile ten times faster than slices that are set."""
