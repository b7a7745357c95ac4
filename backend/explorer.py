"""Programs drawn from tuned weights, executed: the right one is often near before it is likeliest.

Numba, because the host executes about a million programs a second; restarts are spread over
threads, because where programs run long draws cost more than the gradient steps between them.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Int16, Int32, Int64, UInt8, UInt64

from backend.machine import head_sizes_of
from bridge.batch import check_tests, count_wrong, run_test
from bridge.cores import cores
from bridge.isa import slot_mask
from bridge.kernel import copy, inner, kernel, random_bits
from bridge.spec import Machine
from bridge.tests import Tests

__all__ = ["Explored", "Starts", "explore"]

USED = slot_mask()


class Explored(NamedTuple):
    """What exploration brought up, restart by restart."""

    code: Int16[np.ndarray, "n lines 5"]
    """The best program; the first that is right, where one is."""
    cells: Int32[np.ndarray, " n"]
    """The expected cells that it gets right (0 in an example that had to halt and did not)."""
    steps: Int32[np.ndarray, " n"]
    """The steps that it takes on all examples together."""
    drawn: Int32[np.ndarray, " n"]
    """After how many draws it came; 0: it is the likeliest program."""
    executed: Int32[np.ndarray, " n"]
    first: UInt8[np.ndarray, "n registers"]
    """What the best program's registers start with."""


class Starts(NamedTuple):
    """What registers may start with, restart by restart."""

    probability: Float[np.ndarray, "n registers b"]
    first: UInt8[np.ndarray, "n registers"]
    """The likeliest words."""
    free: Bool[np.ndarray, "n registers"]


def explore(
    packed: Float[np.ndarray, "n lines heads"],
    likeliest: Int16[np.ndarray, "n lines 5"],
    free: Bool[np.ndarray, "n lines heads"],
    starts: Starts,
    seeds: Int[np.ndarray, " n"],
    limits: Int[np.ndarray, " n"],
    tests: Tests,
    machine: Machine,
    *,
    samples: int,
    uniform: float,
    registers: int,
    threads: int | None = None,
) -> Explored:
    """Per restart, executes the likeliest program and others near it, until one is right, and
    takes less steps, on all examples together, than the restart's limit. (A program that takes
    more counts as one cell short of right.)

    Each draw changes one to three of the lines, and of the words that registers start with, that
    are free, by the restart's own softmaxes,
    or with probability `uniform` uniformly; what is frozen never changes. Every other draw sets
    out from the likeliest program, the rest climb: from the best program so far (equals count),
    by expected cells that come out right.

    A restart draws from a stream of its own: what is found does not depend on the number of
    threads, which is that of the cores unless one is given.
    """
    n = len(packed)
    restarts = make_restarts(packed, likeliest, free, starts, seeds, registers, uniform)
    cells, steps, drawn, executed = (np.zeros(n, np.int32) for _ in range(4))
    best = restarts.rows.copy(), cells, steps, drawn, executed, restarts.first.copy()
    found = Explored(*best)
    limits = limits.astype(np.int64)

    def explore_one(p: int) -> None:
        one = slice(p, p + 1)
        program = np.empty_like(restarts.rows[0]), np.empty_like(restarts.first[0])
        state = np.empty(machine.words, np.uint8), np.empty(machine.registers, np.uint8)
        given = _only(restarts, one), Explored(*(each[one] for each in found)), tests
        _explore(*given, tests.total, limits[one], samples, *program, machine.lines, *state)

    if (threads := threads or cores()) > 1 and n > 1:
        list(_pool(threads).map(explore_one, range(n)))
    else:
        list(map(explore_one, range(n)))
    return found


class Restarts(NamedTuple):
    """What programs are drawn from, restart by restart."""

    probability: Float[np.ndarray, "n lines heads"]
    rows: Int16[np.ndarray, "n lines 5"]
    """Where draws set out from."""
    free: Bool[np.ndarray, "n lines heads"]
    state: UInt64[np.ndarray, "n 1"]
    """The stream of random numbers."""
    edges: Int64[np.ndarray, " heads+1"]
    """Where each head begins."""
    uniform: np.float32
    where: Int64[np.ndarray, " lines+registers"]
    """Scratch: the lines in which anything is free; behind their numbers, registers of which it is
    free what they start with."""
    chances: Float[np.ndarray, "n registers b"]
    """Of what registers start with."""
    first: UInt8[np.ndarray, "n registers"]
    """Where draws set out from."""
    may: Bool[np.ndarray, "n registers"]


def _only(restarts: Restarts, some: slice) -> Restarts:
    """Some of them, with scratch of their own."""
    own = ("probability", "rows", "free", "state", "chances", "first", "may")
    parts = {name: getattr(restarts, name)[some] for name in own}
    return restarts._replace(**parts, where=np.empty_like(restarts.where))


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that stay: a few restarts often take no longer than a thread to begin."""
    return ThreadPoolExecutor(threads, "explore")


def make_restarts(
    packed: Float[np.ndarray, "n lines heads"],
    rows: Int16[np.ndarray, "n lines 5"],
    free: Bool[np.ndarray, "n lines heads"],
    starts: Starts,
    seeds: Int[np.ndarray, " n"],
    registers: int,
    uniform: float,
) -> Restarts:
    """Restarts that draw from these weights."""
    return Restarts(
        probability=np.exp(packed.astype(np.float32)),
        rows=np.ascontiguousarray(rows, np.int16),
        free=np.ascontiguousarray(free),
        state=np.ascontiguousarray(seeds.astype(np.uint64)[:, None]),
        edges=np.cumsum([0, *head_sizes_of(packed, registers)]).astype(np.int64),
        uniform=np.float32(uniform),
        where=np.empty(packed.shape[1] + starts.free.shape[1], np.int64),
        chances=starts.probability.astype(np.float32),
        first=np.ascontiguousarray(starts.first, np.uint8),
        may=np.ascontiguousarray(starts.free),
    )


@inner
def _unit(state):
    """A number in [0, 1)."""
    return np.float32(random_bits(state) >> np.uint64(40)) * np.float32(1.0 / (1 << 24))


@inner
def _pick(state, probability, free, uniform):
    """An index of the head; the likeliest if it is frozen."""
    likeliest = 0
    for i in range(1, probability.shape[0]):
        if probability[i] > probability[likeliest]:
            likeliest = i
    if not free[likeliest]:
        return likeliest
    if _unit(state) < uniform:
        choices = 0
        for i in range(free.shape[0]):
            choices += free[i]
        skip = np.int64(_unit(state) * choices)
        for i in range(free.shape[0]):
            if free[i]:
                if skip == 0:
                    return i
                skip -= 1
    u = _unit(state)
    for i in range(probability.shape[0]):
        u -= probability[i]
        if u < 0:
            return i
    return likeliest


@inner
def free_lines(free, may, where):
    """Writes down where anything is free; in how many lines, and registers at the start."""
    count = 0
    for line in range(free.shape[0]):
        for i in range(free.shape[1]):
            if free[line, i]:
                where[count] = line
                count += 1
                break
    for register in range(may.shape[0]):
        if may[register]:
            where[count] = free.shape[0] + register
            count += 1
    return count


@inner
def _pick_first(state, chances, uniform):
    """A word."""
    if _unit(state) < uniform:
        return np.int64(_unit(state) * chances.shape[0])
    u = _unit(state)
    for word in range(chances.shape[0]):
        u -= chances[word]
        if u < 0:
            return np.int64(word)
    return np.int64(0)


@inner
def change(restarts, p, count, row, first):
    """Draws one to three of the `count` free places of restart p's program anew."""
    state, edges = restarts.state[p], restarts.edges
    probability, free = restarts.probability[p], restarts.free[p]
    for _ in range(1 + np.int64(_unit(state) * 3)):
        line = restarts.where[np.int64(_unit(state) * count)]
        if line >= row.shape[0]:
            register = line - row.shape[0]
            chances = restarts.chances[p, register]
            first[register] = _pick_first(state, chances, restarts.uniform)
            continue
        for head in range(5):
            lo, hi = edges[head], edges[head + 1]
            if head > 0 and not USED[row[line, 0], head - 1]:
                row[line, head] = 0
            else:
                chances, may = probability[line, lo:hi], free[line, lo:hi]
                row[line, head] = _pick(state, chances, may, restarts.uniform)


@inner
def _copy_words(source, target):
    for i in range(source.shape[0]):
        target[i] = source[i]


@inner
def _judge(tests, total, code, first, enough, limit, memory, registers):
    """The expected cells that the program gets right, less than `enough` as soon as it is sure
    to get less; and the steps it takes."""
    wrong = spent = 0
    for e in range(tests.memory.shape[0]):
        taken = run_test(tests, e, code, first, memory, registers)
        spent += taken if taken >= 0 else -1 - taken
        lost = taken < 0 and tests.must_halt
        wrong += tests.cells[e] if lost else count_wrong(tests, e, memory, registers)
        if total - wrong < enough:
            break
    if wrong == 0 and spent >= limit:
        wrong = 1
    return total - wrong, spent


@inner
def _check(restarts, found, limits, one, start, lines, words):
    """That these are of as many restarts, of programs of as many lines."""
    n, long, _ = restarts.rows.shape
    if restarts.rows.shape != found.code.shape or one.shape != (long, 5) or lines > long:
        raise ValueError("explore: programs [n, lines, 5] expected")
    heads = restarts.edges[restarts.edges.shape[0] - 1]
    if restarts.probability.shape != (n, long, heads) or restarts.free.shape != (n, long, heads):
        raise ValueError("explore: weights [n, lines, heads] expected")
    registers = start.shape[0]
    if restarts.first.shape != (n, registers) or found.first.shape != (n, registers):
        raise ValueError("explore: words [n, registers] for the start expected")
    if restarts.chances.shape != (n, registers, words) or restarts.may.shape != (n, registers):
        raise ValueError("explore: chances [n, registers, words] for the start expected")
    if restarts.where.shape[0] < long + registers:
        raise ValueError("explore: room for every line and register expected")
    if restarts.state.shape[0] != n or limits.shape[0] != n:
        raise ValueError("explore: a seed and a limit for each restart expected")
    room = found.cells.shape[0], found.steps.shape[0], found.drawn.shape[0]
    if room != (n, n, n) or found.executed.shape[0] != n:
        raise ValueError("explore: room for what each restart finds expected")


@kernel
def _explore(restarts, found, tests, total, limits, samples, one, start, lines, memory, registers):
    """`one` (a program, of which the machine has so many lines), `start` (the words that it starts
    with), memory and registers are room to work in: kernels make no arrays."""
    rows, best, cells, shown = restarts.rows, found.code, found.cells, one[:lines]
    check_tests(tests, memory.shape[0], registers.shape[0])
    _check(restarts, found, limits, one, start, lines, memory.shape[0])
    if start.shape[0] != registers.shape[0]:
        raise ValueError("explore: a word for each register expected")
    for p in range(rows.shape[0]):
        count = free_lines(restarts.free[p], restarts.may[p], restarts.where)
        copy(rows[p], one)
        _copy_words(restarts.first[p], start)
        right, spent = _judge(tests, total, shown, start, np.int64(0), limits[p], memory, registers)
        cells[p], found.steps[p] = right, spent
        found.executed[p] = 1
        if count == 0:
            continue
        for s in range(samples):
            if cells[p] == total:
                break
            climb = s % 2 == 1
            copy(best[p] if climb else rows[p], one)
            _copy_words(found.first[p] if climb else restarts.first[p], start)
            change(restarts, p, count, one, start)
            enough = cells[p] + (not climb)
            right, spent = _judge(tests, total, shown, start, enough, limits[p], memory, registers)
            found.executed[p] += 1
            if right > cells[p] or (climb and right == cells[p]):
                copy(one, best[p])
                _copy_words(start, found.first[p])
                cells[p] = right
                found.steps[p] = spent
                found.drawn[p] = s + 1
