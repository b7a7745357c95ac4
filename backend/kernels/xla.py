"""Compiled kernels that XLA calls: the reading of its call frames, and the registering of handlers.

A handler takes the address of an XLA_FFI_CallFrame and returns 0. The structs' layouts are those
of `xla/ffi/api/c_api.h`, API 0.3, a stable binary interface; XLA refuses handlers whose version
it doesn't serve. XLA calls handlers by name: its compiled code may be kept on disk.
"""

import ctypes
from typing import Any, Final, cast

import jax
from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numba.core.ccallback import CFunc

from backend.kernels.simd import int32_at, put_int32, word_at
from bridge.kernel import inner, kept_on_disk

__all__ = ["FLOAT32", "INT32", "address", "extent", "handler", "has_form", "leading"]
__all__ += ["only_metadata", "operand", "operands", "rank", "refusal", "register", "result"]
__all__ += ["results"]

API_MAJOR, API_MINOR = 0, 3
METADATA: Final = 1
INT32, FLOAT32 = 4, 11
"""XLA_FFI_DataType's numbers of them."""
INVALID_ARGUMENT: Final = 3
I32, I64 = ir.IntType(32), ir.IntType(64)


def handler(function: Any) -> Any:
    """Decorator of handlers: compiled when defined, kept on disk."""
    options = {"error_model": "numpy", "_nrt": False}
    compiled: Any = CFunc(function, ((types.intp,), types.intp), locals={}, options=options)
    compiled._cache = kept_on_disk(function)
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


def refusal(message: str) -> Any:
    """A function of a frame that kernels call: an XLA_FFI_Error that says so, for the handler to
    return. The caller of the compiled function gets it as an exception."""

    @cast(Any, extending).intrinsic
    def refuse(typing, frame):
        def lower(context, builder, sig, values):
            pointer = ir.IntType(8).as_pointer()
            text = context.insert_const_string(builder.module, message)
            error = ir.LiteralStructType([I64, I64, pointer, I32])  # XLA_FFI_Error_Create_Args
            size = I64(28)  # up to the end of its last field
            parts = [size, I64(0), builder.bitcast(text, pointer), I32(INVALID_ARGUMENT)]
            place = cgutils.alloca_once(builder, error)
            for i, part in enumerate(parts):
                builder.store(part, builder.gep(place, [I32(0), I32(i)]))
            words = I64.as_pointer()
            api = builder.load(builder.inttoptr(builder.add(values[0], I64(16)), words))
            create = builder.load(builder.inttoptr(builder.add(api, I64(48)), words))
            kind = ir.FunctionType(I64, [error.as_pointer()]).as_pointer()
            return builder.call(builder.inttoptr(create, kind), [place])

        return types.intp(types.intp), lower

    return refuse


@inner
def operands(frame):
    """How many there are."""
    return word_at(frame + 56)


@inner
def results(frame):
    """How many there are."""
    return word_at(frame + 96)


@inner
def operand(frame, i):
    """The buffer of the i-th operand."""
    return word_at(word_at(frame + 72) + 8 * i)


@inner
def result(frame, i):
    """The buffer of the i-th result."""
    return word_at(word_at(frame + 112) + 8 * i)


@inner
def rank(buffer):
    return word_at(buffer + 32)


@inner
def address(buffer):
    """Where the buffer's data lie."""
    return word_at(buffer + 24)


@inner
def extent(buffer, k):
    """The buffer's size along its k-th axis from the end (1: the last)."""
    return word_at(word_at(buffer + 40) + 8 * (rank(buffer) - k))


@inner
def leading(buffer, k):
    """The product of the buffer's sizes along all axes but the last k."""
    product = 1
    for axis in range(rank(buffer) - k):
        product *= word_at(word_at(buffer + 40) + 8 * axis)
    return product


@inner
def has_form(buffer, kind, first, shape):
    """Whether it holds numbers of that kind, its last axes have these sizes, and the product of the
    others is `first`."""
    if int32_at(buffer + 16) != kind or rank(buffer) < len(shape):
        return False
    for i in range(len(shape)):
        if extent(buffer, len(shape) - i) != shape[i]:
            return False
    return leading(buffer, len(shape)) == first
