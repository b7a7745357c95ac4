# pyright: basic
"""How inner loops are compiled, and what they all use."""

import contextlib
import functools
import os
import pickle
from typing import Any, Final, cast

import numba as nb
import numpy as np
from numba.core.caching import FunctionCache, NullCache

from bridge.isa import OPCODES

__all__ = ["KernelCache", "copy", "inlined", "inner", "kept_on_disk", "kernel"]
__all__ += ["random_bits"]

_njit = functools.partial(cast(Any, nb.njit), error_model="numpy", _nrt=False)


class KernelCache(FunctionCache):
    """Compiled code on disk, of this instruction table: its numbers are constants of the code. What
    cannot be read is compiled, what cannot be written is not kept."""

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        rows = tuple((row.name, row.first_set, *map(int, row.operands)) for row in OPCODES)
        return (*super()._index_key(sig, codegen), rows)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # cut off, not ours to read, or for arguments of a class that is gone
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except (OSError, EOFError, pickle.UnpicklingError):  # a full disk; an index cut off
            # The index may name a file that still holds code of an older source.
            with contextlib.suppress(OSError):
                os.unlink(self._cache_file._index_path)


def kept_on_disk(function: Any) -> Any:
    """The cache of what the function is compiled to; where there is no folder for it that can be
    written, none."""
    try:
        return KernelCache(function)
    except (RuntimeError, OSError):  # numba finds no such folder
        return NullCache()


def kernel(function: Any) -> Any:
    """Decorator: compiled when first called, kept on disk, runs without the interpreter's lock,
    and doesn't count references: taking an array out of a tuple costs nothing (5 to 10 times
    faster where tuples of arrays are handed on). So it must not make arrays. Nor does it check
    divisors."""
    compiled = _njit(function, nogil=True)
    compiled._cache = kept_on_disk(function)
    return compiled


inner: Final[Any] = functools.partial(_njit, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Decorator of functions that only kernels call. They are kept on disk within what is made of them,
and nothing is compiled by which Python could call them: unpacking the tuples takes longer to
compile than most of them. Loops over cells compile ten times faster than slices that are set."""

inlined: Final[Any] = functools.partial(inner, forceinline=True)
"""Decorator of such functions where a call would cost much. LLVM leaves calls of long functions,
and each copies what the tuples of arrays hold, some 300 words, to the stack."""


@inner
def copy(source, target):
    """target[i, j] = source[i, j], for all of source."""
    for i in range(source.shape[0]):
        for j in range(source.shape[1]):
            target[i, j] = source[i, j]


@inner
def random_bits(state):
    """64 of them. SplitMix64: small, and each seed, u8[1], is a stream of its own."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
