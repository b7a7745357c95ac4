"""Numbers that are vectors of lanes, for compiled kernels.

In a kernel, `Lanes` adds, multiplies and divides like a float, and is one SIMD register of
float32s; a `Bank` is a pointer to many of them: `bank[i]`, `bank + offset`. So what a kernel says
of one lane it does to WIDTH at once, and sums stay in registers, which loops over arrays leave to
the compiler's luck. Importing this file teaches numba both types.
"""

from __future__ import annotations

import operator
from typing import Any, Final, cast

from llvmlite import ir
from numba import extending, types
from numba.core import cgutils, imputils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import models, register_model

__all__ = [
    "WIDTH",
    "bank_at",
    "collect",
    "deliver",
    "exp",
    "first_lanes",
    "floats_at",
    "int32_at",
    "larger",
    "put_int32",
    "splat",
    "total",
    "word_at",
    "zero_up_to",
]

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

    def __init__(self):
        super().__init__(name=f"Lanes{WIDTH}")


class BankType(types.Type):
    """A pointer to vectors, aligned as float32s are."""

    def __init__(self):
        super().__init__(name=f"Bank{WIDTH}")


lanes, bank = LanesType(), BankType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, of):
        super().__init__(manager, of, VECTOR)


@register_model(BankType)
class _BankModel(models.PrimitiveModel):
    def __init__(self, manager, of):
        super().__init__(manager, of, VECTOR.as_pointer())


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


@intrinsic
def splat(typing, x):
    """The float in every lane."""
    return lanes(types.float32), lambda context, builder, sig, args: _broadcast(builder, args[0])


@intrinsic
def first_lanes(typing, count):
    """1 in the first lanes, 0 in the rest."""

    def emit(context, builder, sig, args):
        vector = _constant(0.0)
        for lane in range(WIDTH):
            given = builder.icmp_signed("<", I64(lane), args[0])
            vector = builder.insert_element(
                vector, builder.select(given, F32(1.0), F32(0.0)), I32(lane)
            )
        return vector

    return lanes(types.intp), emit


@intrinsic
def larger(typing, x, y):
    """The larger of two; x where either is NaN."""

    def emit(context, builder, sig, args):
        return builder.select(builder.fcmp_ordered("<", *args), args[1], args[0])

    return lanes(lanes, lanes), emit


@intrinsic
def zero_up_to(typing, bound, x, y):
    """y, but 0 where x ≤ bound."""

    def emit(context, builder, sig, args):
        bound, x, y = args
        return builder.select(builder.fcmp_ordered("<=", x, bound), _constant(0.0), y)

    return lanes(lanes, lanes, lanes), emit


@intrinsic
def total(typing, x):
    """The sum over the lanes, always in the same order."""

    def emit(context, builder, sig, args):
        x, size = args[0], WIDTH
        while size > 1:
            size //= 2
            low, high = (
                ir.Constant(ir.VectorType(I32, size), [*range(start, start + size)])
                for start in (0, size)
            )
            x = builder.fadd(builder.shuffle_vector(x, x, low), builder.shuffle_vector(x, x, high))
        return builder.extract_element(x, ir.Constant(I32, 0))

    return types.float32(lanes), emit


@intrinsic
def exp(typing, x):
    """e to the power of x ≤ 88, to 2 units in the last place (Cephes' polynomial on [−ln 2 / 2,
    ln 2 / 2]). Below −87 it is e^−87, and NaN of NaN."""

    def emit(context, builder, sig, args):
        def multiply_add(x, y, z):
            return builder.fadd(builder.fmul(x, y, flags=FUSE), z, flags=FUSE)

        (x,), number = args, _constant
        floor_type = ir.FunctionType(VECTOR, [VECTOR])
        floor = cgutils.get_or_insert_function(
            builder.module, floor_type, f"llvm.floor.v{WIDTH}f32"
        )
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

    return lanes(lanes), emit


def _lane(builder: Any, lane: int, floats: Any, at: Any, stride: Any, last: Any) -> Any:
    """The address of floats[at + lane · stride], lanes behind the last one taken for it."""
    number = I64(lane)
    number = builder.select(builder.icmp_signed("<", number, last), number, last)
    return builder.gep(floats, [builder.add(at, builder.mul(number, stride))])


@intrinsic
def collect(typing, floats, at, stride, last):
    """A vector of floats[at + lane · stride]; lanes behind the last are like it."""

    def emit(context, builder, sig, args):
        vector = ir.Constant(VECTOR, ir.Undefined)
        for lane in range(WIDTH):
            x = builder.load(_lane(builder, lane, *args))
            vector = builder.insert_element(vector, x, I32(lane))
        return vector

    floats_type = types.CPointer(types.float32)
    return lanes(floats_type, types.intp, types.intp, types.intp), emit


@intrinsic
def deliver(typing, x, floats, at, stride, last):
    """The way back: lanes behind the last go nowhere."""

    def emit(context, builder, sig, args):
        for lane in reversed(range(WIDTH)):  # the last lane comes after those behind it
            target = _lane(builder, lane, *args[1:])
            builder.store(builder.extract_element(args[0], I32(lane)), target)
        return context.get_dummy_value()

    floats_type = types.CPointer(types.float32)
    return types.void(lanes, floats_type, types.intp, types.intp, types.intp), emit


def _reinterpret(returns: types.Type, pointee: ir.Type) -> Any:
    @intrinsic
    def pointer(typing, address):
        def emit(context, builder, sig, args):
            return builder.inttoptr(args[0], pointee.as_pointer())

        return returns(types.intp), emit

    return pointer


bank_at: Final = _reinterpret(bank, VECTOR)
"""The bank at that address."""
floats_at: Final = _reinterpret(types.CPointer(types.float32), F32)
"""The float32s at that address."""


@intrinsic
def word_at(typing, address):
    """The 64-bit integer at that address."""

    def emit(context, builder, sig, args):
        return builder.load(builder.inttoptr(args[0], I64.as_pointer()))

    return types.intp(types.intp), emit


@intrinsic
def int32_at(typing, address):
    """The 32-bit integer at that address."""

    def emit(context, builder, sig, args):
        return builder.sext(builder.load(builder.inttoptr(args[0], I32.as_pointer())), I64)

    return types.intp(types.intp), emit


@intrinsic
def put_int32(typing, address, value):
    """Sets the 32-bit integer at that address."""

    def emit(context, builder, sig, args):
        address = builder.inttoptr(args[0], I32.as_pointer())
        builder.store(builder.trunc(args[1], I32), address)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp), emit
