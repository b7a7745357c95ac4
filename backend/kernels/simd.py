"""Numbers that are vectors of lanes, for compiled kernels.

In a kernel, `Lanes` adds, multiplies and divides like a float, and is one SIMD register of
float32s; a `Bank` is a pointer to many of them: `bank[i]`, `bank + offset`. So what a kernel says
of one lane it does to WIDTH at once, and sums stay in registers, which loops over arrays leave to
the compiler's luck. Importing this file teaches numba both types.
"""

import functools
import operator
from typing import Any, Final, cast

from llvmlite import ir
from numba import extending, types
from numba.core import cgutils, imputils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import models, register_model

__all__ = ["WIDTH", "bank_at", "collect", "deliver", "exp", "first_lanes", "floats_at", "int32_at"]
__all__ += ["larger", "put_int32", "splat", "total", "word_at", "zero_up_to"]

WIDTH: Final = 8
"""Lanes in a vector: a register of AVX2, half of one of AVX-512, two of NEON. A constant, so that
results don't depend on it by accident."""

intrinsic = cast(Any, extending).intrinsic
lower_builtin, lower_cast = cast(Any, imputils).lower_builtin, cast(Any, imputils).lower_cast

F32, I32, I64 = ir.FloatType(), ir.IntType(32), ir.IntType(64)
VECTOR: Final = ir.VectorType(F32, WIDTH)
FUSE: Final = ("contract",)
"""The one liberty taken: x·y + z may be rounded once. NaN and infinity stay what they are."""


class LanesType(types.Type):
    """A vector of WIDTH float32s."""


class BankType(types.Type):
    """A pointer to vectors, aligned as float32s are."""


lanes, bank = LanesType(f"Lanes{WIDTH}"), BankType(f"Bank{WIDTH}")
floats = types.CPointer(types.float32)


def _stored_as(of: Any, data: ir.Type) -> None:
    """Tells numba what values of that type are in LLVM."""
    register_model(of)(lambda manager, fe: models.PrimitiveModel(manager, fe, data))


_stored_as(LanesType, VECTOR)
_stored_as(BankType, VECTOR.as_pointer())


def _constant(number: float, of: ir.Type = F32) -> ir.Constant:
    return ir.Constant(ir.VectorType(of, WIDTH), [number] * WIDTH)


def _broadcast(builder: Any, scalar: Any) -> Any:
    first = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), scalar, ir.Constant(I32, 0))
    everywhere = ir.Constant(ir.VectorType(I32, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, first, everywhere)


@lower_cast(types.Float, LanesType)
def _float_to_lanes(context, builder, fromty, toty, value):
    return _broadcast(builder, context.cast(builder, value, fromty, types.float32))


def _declare(op: Any, resolve: Any) -> None:
    """Tells numba the type of `op` by a function of its arguments' types (None: not ours)."""

    @cast(Any, infer_global)(op)
    class _(AbstractTemplate):
        def generic(self, args, kws):
            return resolve(*args)


def _declare_arithmetic(op: Any, instruction: str) -> None:
    def resolve(x, y):
        if lanes in (x, y) and all(z == lanes or isinstance(z, types.Float) for z in (x, y)):
            return signature(lanes, lanes, lanes)

    _declare(op, resolve)

    @lower_builtin(op, LanesType, LanesType)
    def _(context, builder, sig, args):
        return getattr(builder, instruction)(*args, flags=FUSE)


for _name, _instruction in (("add", "fadd"), ("sub", "fsub"), ("mul", "fmul")):
    _declare_arithmetic(getattr(operator, _name), _instruction)
    _declare_arithmetic(getattr(operator, f"i{_name}"), _instruction)
_declare_arithmetic(operator.truediv, "fdiv")


def _indexes(x, i) -> bool:
    return x == bank and isinstance(i, types.Integer)


_declare(
    operator.getitem, lambda x, i: signature(lanes, bank, types.intp) if _indexes(x, i) else None
)
_declare(operator.add, lambda x, i: signature(bank, bank, types.intp) if _indexes(x, i) else None)
_declare(
    operator.setitem,
    lambda x, i, y: signature(types.none, bank, types.intp, lanes) if _indexes(x, i) else None,
)


@lower_builtin(operator.getitem, BankType, types.Integer)
def _get(context, builder, sig, args):
    return builder.load(builder.gep(args[0], [args[1]]), align=4)


@lower_builtin(operator.setitem, BankType, types.Integer, LanesType)
def _set(context, builder, sig, args):
    builder.store(args[2], builder.gep(args[0], [args[1]]), align=4)


@lower_builtin(operator.add, BankType, types.Integer)
def _offset(context, builder, sig, args):
    return builder.gep(args[0], [args[1]])


def _emits(sig: Any) -> Any:
    """Decorator: `emit(builder, *values)`, which appends LLVM code, as a function of that signature
    that kernels call."""

    def decorate(emit: Any) -> Any:
        def resolve(typing, *args):
            def lower(context, builder, sig, values):
                result = emit(builder, *values)
                return context.get_dummy_value() if result is None else result

            return sig, lower

        functools.update_wrapper(resolve, emit)  # numba reads the parameters of what is wrapped
        return intrinsic(resolve)

    return decorate


@_emits(lanes(types.float32))
def splat(builder, x):
    """The float in every lane."""
    return _broadcast(builder, x)


@_emits(lanes(types.intp))
def first_lanes(builder, count):
    """1 in the first lanes, 0 in the rest."""
    vector = _constant(0.0)
    for lane in range(WIDTH):
        given = builder.icmp_signed("<", I64(lane), count)
        vector = builder.insert_element(
            vector, builder.select(given, F32(1.0), F32(0.0)), I32(lane)
        )
    return vector


@_emits(lanes(lanes, lanes))
def larger(builder, x, y):
    """The larger of two; x where either is NaN."""
    return builder.select(builder.fcmp_ordered("<", x, y), y, x)


@_emits(lanes(lanes, lanes, lanes))
def zero_up_to(builder, bound, x, y):
    """y, but 0 where x ≤ bound."""
    return builder.select(builder.fcmp_ordered("<=", x, bound), _constant(0.0), y)


@_emits(types.float32(lanes))
def total(builder, x):
    """The sum over the lanes, always in the same order."""
    size = WIDTH
    while size > 1:
        size //= 2
        low, high = (
            ir.Constant(ir.VectorType(I32, size), [*range(start, start + size)])
            for start in (0, size)
        )
        x = builder.fadd(builder.shuffle_vector(x, x, low), builder.shuffle_vector(x, x, high))
    return builder.extract_element(x, ir.Constant(I32, 0))


@_emits(lanes(lanes))
def exp(builder, x):
    """e to the power of x ≤ 88, to 2 units in the last place (Cephes' polynomial on [−ln 2 / 2,
    ln 2 / 2]). Below −87 it is e^−87, and NaN of NaN."""

    def multiply_add(x, y, z):
        return builder.fadd(builder.fmul(x, y, flags=FUSE), z, flags=FUSE)

    number = _constant
    floor_type = ir.FunctionType(VECTOR, [VECTOR])
    floor = cgutils.get_or_insert_function(builder.module, floor_type, f"llvm.floor.v{WIDTH}f32")
    lowest = number(-87.0)
    y = builder.select(builder.fcmp_ordered(">", x, lowest), x, lowest)
    power = builder.call(floor, [multiply_add(y, number(1.44269504), number(0.5))])
    rest = multiply_add(power, number(-0.693359375), y)
    rest = multiply_add(power, number(2.12194440e-4), rest)
    series = number(1.9875691500e-4)
    for c in (1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5):
        series = multiply_add(series, rest, number(c))
    square = builder.fmul(rest, rest)
    series = builder.fadd(multiply_add(series, square, rest), number(1.0))
    exponent = builder.fptosi(power, ir.VectorType(I32, WIDTH))
    exponent = builder.shl(builder.add(exponent, number(127, I32)), number(23, I32))
    scaled = builder.fmul(series, builder.bitcast(exponent, VECTOR))
    return builder.fadd(scaled, builder.fsub(x, x))  # 0, but NaN of NaN


def _lane(builder: Any, lane: int, floats: Any, at: Any, stride: Any, last: Any) -> Any:
    """The address of floats[at + lane · stride], lanes behind the last one taken for it."""
    number = I64(lane)
    number = builder.select(builder.icmp_signed("<", number, last), number, last)
    return builder.gep(floats, [builder.add(at, builder.mul(number, stride))])


@_emits(lanes(floats, types.intp, types.intp, types.intp))
def collect(builder, floats, at, stride, last):
    """A vector of floats[at + lane · stride]; lanes behind the last are like it."""
    vector = ir.Constant(VECTOR, ir.Undefined)
    for lane in range(WIDTH):
        x = builder.load(_lane(builder, lane, floats, at, stride, last))
        vector = builder.insert_element(vector, x, I32(lane))
    return vector


@_emits(types.void(lanes, floats, types.intp, types.intp, types.intp))
def deliver(builder, x, floats, at, stride, last):
    """The way back: lanes behind the last go nowhere."""
    for lane in reversed(range(WIDTH)):  # the last lane comes after those behind it
        target = _lane(builder, lane, floats, at, stride, last)
        builder.store(builder.extract_element(x, I32(lane)), target)


@_emits(bank(types.intp))
def bank_at(builder, address):
    """The bank at that address."""
    return builder.inttoptr(address, VECTOR.as_pointer())


@_emits(floats(types.intp))
def floats_at(builder, address):
    """The float32s at that address."""
    return builder.inttoptr(address, F32.as_pointer())


@_emits(types.intp(types.intp))
def word_at(builder, address):
    """The 64-bit integer at that address."""
    return builder.load(builder.inttoptr(address, I64.as_pointer()))


@_emits(types.intp(types.intp))
def int32_at(builder, address):
    """The 32-bit integer at that address."""
    return builder.sext(builder.load(builder.inttoptr(address, I32.as_pointer())), I64)


@_emits(types.void(types.intp, types.intp))
def put_int32(builder, address, value):
    """Sets the 32-bit integer at that address."""
    builder.store(builder.trunc(value, I32), builder.inttoptr(address, I32.as_pointer()))
