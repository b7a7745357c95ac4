"""Compiled kernels that XLA calls: the reading of its call frames, and the registering of handlers.

A handler takes the address of an XLA_FFI_CallFrame and returns 0. The structs' layouts are those
of `xla/ffi/api/c_api.h`, API 0.3, a stable binary interface; XLA refuses handlers whose version
it doesn't serve. XLA calls handlers by name: its compiled code may be kept on disk.
"""

import ctypes
from typing import Any, Final

import jax
from numba import types
from numba.core.ccallback import CFunc

from backend.kernels.simd import put_int32, word_at
from bridge.kernel import KernelCache, inner

__all__ = ["address", "extent", "handler", "leading", "only_metadata", "operand", "register"]
__all__ += ["result"]

API_MAJOR, API_MINOR = 0, 3
METADATA: Final = 1


def handler(function: Any) -> Any:
    """Decorator of handlers: compiled when defined, kept on disk."""
    options = {"error_model": "numpy", "_nrt": False}
    compiled: Any = CFunc(function, ((types.intp,), types.intp), locals={}, options=options)
    compiled._cache = KernelCache(function)
    compiled.compile()
    return compiled


def register(name: str, compiled: Any) -> None:
    """Lets `jax.ffi.ffi_call(name, …)` on the CPU call that handler."""
    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.restype = ctypes.py_object
    capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    jax.ffi.register_ffi_target(name, capsule(compiled.address, None, None), platform="cpu")


@inner
def only_metadata(frame):
    """Whether XLA only asks which version the handler speaks; answers, if so."""
    extension = word_at(frame + 8)
    if extension == 0 or word_at(extension + 8) & 0xFFFFFFFF != METADATA:
        return False
    metadata = word_at(extension + 24)
    put_int32(metadata + 24, API_MAJOR)
    put_int32(metadata + 28, API_MINOR)
    return True


@inner
def operand(frame, i):
    """The buffer of the i-th operand."""
    return word_at(word_at(frame + 72) + 8 * i)


@inner
def result(frame, i):
    """The buffer of the i-th result."""
    return word_at(word_at(frame + 112) + 8 * i)


@inner
def address(buffer):
    """Where the buffer's data lie."""
    return word_at(buffer + 24)


@inner
def extent(buffer, k):
    """The buffer's size along its k-th axis from the end (1: the last)."""
    return word_at(word_at(buffer + 40) + 8 * (word_at(buffer + 32) - k))


@inner
def leading(buffer, k):
    """The product of the buffer's sizes along all axes but the last k."""
    product = 1
    for axis in range(word_at(buffer + 32) - k):
        product *= word_at(word_at(buffer + 40) + 8 * axis)
    return product
