# pyright: basic
"""Bytes of LANES examples as one number, for compiled kernels.

In a kernel, `Bytes` is one SIMD register: what is said of it is done to all lanes at once. A mask
has 255 in the lanes that are meant, 0 in the others. Rows of arrays of bytes [n, LANES] are read
and written as a whole. Importing this file teaches numba the type.
"""

from __future__ import annotations

from typing import Any, Final, cast

from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numba.extending import models, register_model

__all__ = ["LANES", "all_of", "any_of", "both", "choose", "count_where", "equal", "gathered"]
__all__ += ["least", "less", "minus", "most_where", "plus", "put_row", "reached", "row", "splat"]

LANES: Final = 16
"""Bytes in a vector: a register of SSE, NEON. A constant, so that results don't depend on it by
accident."""

intrinsic = cast(Any, extending).intrinsic

I8, I16, I32 = ir.IntType(8), ir.IntType(16), ir.IntType(32)
VECTOR: Final = ir.VectorType(I8, LANES)
COUNTS: Final = ir.VectorType(I32, LANES)


class BytesType(types.Type):
    """A vector of LANES bytes."""


vector = BytesType(f"Bytes{LANES}")
register_model(BytesType)(lambda manager, fe: models.PrimitiveModel(manager, fe, VECTOR))


def _broadcast(builder: Any, scalar: Any, of: ir.VectorType) -> Any:
    zero = ir.Constant(I32, 0)
    first = builder.insert_element(ir.Constant(of, ir.Undefined), scalar, zero)
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(I32, LANES), None))


def _row_at(context: Any, builder: Any, kind: Any, array: Any, index: Any, of: ir.Type) -> Any:
    """The address of the row of that index."""
    data = context.make_array(kind)(context, builder, array).data
    offset = builder.mul(index, ir.Constant(index.type, LANES))
    return builder.bitcast(builder.gep(data, [offset]), of.as_pointer())


def _reduced(builder: Any, vectors: Any, how: str) -> Any:
    """One number of all lanes."""
    kind = vectors.type
    name = f"llvm.vector.reduce.{how}.v{LANES}i{kind.element.width}"
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(kind.element, [kind]), name
    )
    return builder.call(function, [vectors])


def _of_one(result: Any, emit: Any) -> Any:
    """The intrinsic of a vector."""

    @intrinsic
    def operation(_typing, x):
        return result(x), lambda context, builder, sig, given: emit(builder, *given)

    return operation


def _of_two(emit: Any) -> Any:
    """The intrinsic of two vectors that is a vector."""

    @intrinsic
    def operation(_typing, x, y):
        return vector(x, y), lambda context, builder, sig, given: emit(builder, *given)

    return operation


def _compared(builder: Any, how: str, x: Any, y: Any) -> Any:
    return builder.sext(builder.icmp_unsigned(how, x, y), VECTOR)


plus = _of_two(lambda builder, x, y: builder.add(x, y))
"""x + y modulo 256."""
minus = _of_two(lambda builder, x, y: builder.sub(x, y))
"""x − y modulo 256."""
both = _of_two(lambda builder, x, y: builder.and_(x, y))
"""The lanes of two masks."""
equal = _of_two(lambda builder, x, y: _compared(builder, "==", x, y))
"""The mask where x = y."""
less = _of_two(lambda builder, x, y: _compared(builder, "<", x, y))
"""The mask where x < y."""
least = _of_one(types.int64, lambda b, x: b.zext(_reduced(b, x, "umin"), ir.IntType(64)))
"""The smallest byte."""
any_of = _of_one(
    types.boolean, lambda b, x: b.icmp_unsigned("!=", _bits(b, x), ir.Constant(I16, 0))
)
"""Whether a mask means any lane."""
all_of = _of_one(
    types.boolean, lambda b, x: b.icmp_unsigned("==", _bits(b, x), ir.Constant(I16, 0xFFFF))
)
"""Whether a mask means all lanes."""


def _bits(builder: Any, mask: Any) -> Any:
    on = builder.icmp_signed("<", mask, ir.Constant(VECTOR, None))
    return builder.bitcast(on, I16)


@intrinsic
def choose(_typing, mask, x, y):
    """x where the mask is, y elsewhere."""

    def emit(context, builder, sig, given):
        on = builder.icmp_signed("<", given[0], ir.Constant(VECTOR, None))
        return builder.select(on, given[1], given[2])

    return vector(mask, x, y), emit


@intrinsic
def splat(_typing, word):
    """That byte in all lanes; an integer's lowest bits."""

    def emit(context, builder, sig, given):
        return _broadcast(
            builder, context.cast(builder, given[0], sig.args[0], types.uint8), VECTOR
        )

    return vector(word), emit


@intrinsic
def row(_typing, array, index):
    """The row of an array of bytes [n, LANES]."""

    def emit(context, builder, sig, given):
        return builder.load(
            _row_at(context, builder, sig.args[0], given[0], given[1], VECTOR), align=1
        )

    return vector(array, types.intp), emit


@intrinsic
def put_row(_typing, array, index, value):
    """array[index] = value."""

    def emit(context, builder, sig, given):
        at = _row_at(context, builder, sig.args[0], given[0], given[1], VECTOR)
        builder.store(given[2], at, align=1)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), emit


@intrinsic
def gathered(_typing, array, index):
    """In each lane e array[array[index, e], e]: lane by lane, but not by way of memory, which would
    have to wait for sixteen bytes."""

    def emit(context, builder, sig, given):
        data = context.make_array(sig.args[0])(context, builder, given[0]).data
        first = builder.mul(given[1], ir.Constant(given[1].type, LANES))
        found = ir.Constant(VECTOR, ir.Undefined)
        for e in range(LANES):
            lane = ir.Constant(given[1].type, e)
            which = builder.load(builder.gep(data, [builder.add(first, lane)]))
            which = builder.mul(builder.zext(which, lane.type), ir.Constant(lane.type, LANES))
            word = builder.load(builder.gep(data, [builder.add(which, lane)]))
            found = builder.insert_element(found, word, ir.Constant(I32, e))
        return found

    return vector(array, types.intp), emit


def _counts(context: Any, builder: Any, kind: Any, counts: Any) -> Any:
    return _row_at(context, builder, kind, counts, ir.Constant(ir.IntType(64), 0), COUNTS)


@intrinsic
def count_where(_typing, counts, mask, more):
    """Adds `more` to the counts, i4[LANES], where the mask is."""

    def emit(context, builder, sig, given):
        at = _counts(context, builder, sig.args[0], given[0])
        some = _broadcast(builder, builder.trunc(given[2], I32), COUNTS)
        some = builder.and_(some, builder.sext(given[1], COUNTS))
        builder.store(builder.add(builder.load(at, align=1), some), at, align=1)
        return context.get_dummy_value()

    return types.void(counts, mask, types.int64), emit


@intrinsic
def most_where(_typing, counts, mask):
    """The largest of the counts where the mask is; 0 where it is nowhere."""

    def emit(context, builder, sig, given):
        now = builder.load(_counts(context, builder, sig.args[0], given[0]), align=1)
        now = builder.and_(now, builder.sext(given[1], COUNTS))
        return builder.zext(_reduced(builder, now, "umax"), ir.IntType(64))

    return types.int64(counts, mask), emit


@intrinsic
def reached(_typing, counts, limit):
    """The mask where counts are the limit or more."""

    def emit(context, builder, sig, given):
        now = builder.load(_counts(context, builder, sig.args[0], given[0]), align=1)
        most = _broadcast(builder, builder.trunc(given[1], I32), COUNTS)
        return builder.sext(builder.icmp_signed(">=", now, most), VECTOR)

    return vector(counts, types.int64), emit
