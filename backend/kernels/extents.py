"""Whether what XLA hands to a handler fits together: looked at before anything is touched, whoever
calls. A handler writes where the extents say, so that wrong ones would spoil memory."""

from typing import Final

from backend.kernels import layout, simd, xla
from backend.kernels.layout import FEWEST, TABLED_OF
from backend.kernels.simd import WIDTH
from backend.kernels.xla import FLOAT32, INT32, extent, has_form, operand, result
from bridge.kernel import inner

__all__ = ["refuse_plan", "refuse_run", "refuse_run_back", "run_back_fits", "run_fits"]
__all__ += ["plan_fits"]

FORMS: Final = (
    "float32 weights [n, lines, opcodes + 3r + lines + 1], memory [n, e, b, b], registers "
    "[n, e, r, b], line [n, e, lines + 1]; int32 plans [n, 3], lookups [n, tabled, b, b]"
)
refuse_run = xla.refusal(f"skeletune_rollout: these arrays don't fit each other: give {FORMS}")
refuse_run_back = xla.refusal(
    f"skeletune_rollout_back: these arrays don't fit each other: give {FORMS}; and the states kept "
    "on the way"
)
refuse_plan = xla.refusal(
    "a rollout's plan is out of range: give 0 ≤ steps ≤ horizon, 1 ≤ words ≤ b, and lookups < words"
)


@inner
def _sizes(weights, registers, bucket):
    """The largest machine that such arrays are of."""
    n, r, lines = (bucket + 3) // 4 * 4, extent(registers, 2), extent(weights, 2)
    return layout.Sizes(bucket, n, r, lines, extent(weights, 1) - 3 * r - lines - 1)


@inner
def _state_fits(memory, registers, line, restarts, e, sizes):
    """Whether these are e states of that machine for each restart."""
    b = sizes.words
    return (
        has_form(memory, FLOAT32, restarts, (e, b, b))
        and has_form(registers, FLOAT32, restarts, (e, sizes.r, b))
        and has_form(line, FLOAT32, restarts, (e, sizes.lines + 1))
    )


@inner
def _given_fits(weights, plans, lookups, kept, restarts, e, sizes):
    """Whether these are programs of that machine, their plans and tables, and room for states."""
    b, state = sizes.words, layout.state_size(sizes) * WIDTH
    if sizes.opcodes < FEWEST or sizes.opcodes >= len(TABLED_OF):
        return False
    return (
        has_form(weights, FLOAT32, restarts, (sizes.lines, extent(weights, 1)))
        and has_form(plans, INT32, restarts, (3,))
        and has_form(lookups, INT32, restarts, (TABLED_OF[sizes.opcodes], b, b))
        and xla.rank(kept) >= 3
        and has_form(kept, FLOAT32, restarts, ((e + WIDTH - 1) // WIDTH, extent(kept, 2), state))
    )


@inner
def run_fits(frame):
    """Whether operands and results are those of `run`."""
    if xla.operands(frame) != 6 or xla.results(frame) != 6:
        return False
    weights, memory, registers = operand(frame, 0), operand(frame, 1), operand(frame, 2)
    if xla.rank(weights) < 2 or xla.rank(memory) < 3 or xla.rank(registers) < 2:
        return False
    restarts, e = xla.leading(weights, 2), extent(memory, 3)
    sizes, scratch = _sizes(weights, registers, extent(memory, 1)), result(frame, 5)
    needed = layout.weights_size(sizes)
    needed += (layout.record_size(sizes) + layout.workspace_size(sizes)) * WIDTH
    return (
        _state_fits(memory, registers, operand(frame, 3), restarts, e, sizes)
        and _state_fits(result(frame, 0), result(frame, 1), result(frame, 2), restarts, e, sizes)
        and _given_fits(
            weights, operand(frame, 4), operand(frame, 5), result(frame, 4), restarts, e, sizes
        )
        and has_form(result(frame, 3), FLOAT32, restarts, (e,))
        and xla.rank(scratch) >= 1
        and extent(scratch, 1) >= needed
    )


@inner
def run_back_fits(frame):
    """Whether operands and results are those of `run_back`."""
    if xla.operands(frame) != 8 or xla.results(frame) != 5:
        return False
    weights, memory, registers = operand(frame, 0), operand(frame, 4), operand(frame, 5)
    if xla.rank(weights) < 2 or xla.rank(memory) < 3 or xla.rank(registers) < 2:
        return False
    restarts, e = xla.leading(weights, 2), extent(memory, 3)
    sizes = _sizes(weights, registers, extent(memory, 1))
    return (
        _state_fits(memory, registers, operand(frame, 6), restarts, e, sizes)
        and _state_fits(result(frame, 1), result(frame, 2), result(frame, 3), restarts, e, sizes)
        and _given_fits(
            weights, operand(frame, 1), operand(frame, 2), operand(frame, 3), restarts, e, sizes
        )
        and has_form(operand(frame, 7), FLOAT32, restarts, (e,))
        and has_form(result(frame, 0), FLOAT32, restarts, (sizes.lines, extent(weights, 1)))
        and xla.rank(result(frame, 4)) >= 1
    )


@inner
def plan_fits(plan, bucket, states, scratch):
    """Whether one restart can go by its plan: with room for so many kept states, if any, and with
    so many float32s of scratch for a way back, if that is what is asked (else −1)."""
    steps, every, sizes, lookup = plan
    if steps < 0 or every < 1 or sizes.words < 1 or sizes.words > bucket:
        return False
    if (states > 0 or scratch >= 0) and steps > every * states:
        return False
    if scratch >= 0:
        rows, record = layout.weights_size(sizes), layout.record_size(sizes) * WIDTH
        own = (layout.state_size(sizes) + layout.workspace_size(sizes)) * WIDTH
        if scratch < rows * (1 + WIDTH) + own + (every + 1) * record:
            return False
    for t in range(lookup.tabled):
        for a in range(sizes.words):
            for b in range(sizes.words):
                word = simd.int32_at(lookup.address + 4 * ((t * bucket + a) * bucket + b))
                if word < 0 or word >= sizes.words:
                    return False
    return True
