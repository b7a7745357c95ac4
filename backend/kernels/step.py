"""The step of `backend.machine` for processors: WIDTH examples at once.

State, controller and cotangents are banks of vectors whose lanes are examples
(`backend.kernels.layout`), so everything is said for one lane. With lanes inside, a circular
convolution by its definition costs less than a Fourier basis, and it is exact on sharp words.
"""

from typing import Final

import numpy as np

from backend.kernels import simd
from backend.kernels.layout import controller_size, parts
from backend.kernels.simd import add_products, four, put_four, splat
from backend.machine import SNAP
from bridge.isa import HALT, INDEX, JUMP, OUTPUTS, READ, TABLED, WRITE
from bridge.kernel import inner

__all__ = ["active_mass", "around", "correlate", "partner", "silent_mass", "step"]

ZERO, MOVE, MIN, MAX = (INDEX[op] for op in ("zero", "move", "min", "max"))
INC, DEC, ADD, SUB = (INDEX[op] for op in ("inc", "dec", "add", "sub"))
SILENT: Final = np.flatnonzero(~OUTPUTS)


@inner
def correlate(x, y, n, out):
    """out[i] = Σ_m x[m] · y[m − i + n], for i, m < n."""
    nothing = splat(0.0)
    for i in range(0, n, 4):
        sums = nothing, nothing, nothing, nothing
        for m in range(0, n, 4):
            w = y + (m - i + n - 3)
            w0, w1, w2, w3, w4, w5, w6 = w[0], w[1], w[2], w[3], w[4], w[5], w[6]
            sums = add_products(sums, x[m], (w3, w2, w1, w0))
            sums = add_products(sums, x[m + 1], (w4, w3, w2, w1))
            sums = add_products(sums, x[m + 2], (w5, w4, w3, w2))
            sums = add_products(sums, x[m + 3], (w6, w5, w4, w3))
        put_four(out, i, sums)


@inner
def around(x, n, words, forward, ring):
    """ring[q] = x[(q − n) mod words], or where not `forward` x[(n − q) mod words]; q < 2n."""
    i = (words - n % words) % words if forward else n % words
    for q in range(2 * n):
        ring[q] = x[i]
        i += 1 if forward else -1
        if i == words:
            i = 0
        elif i < 0:
            i = words - 1


@inner
def partner(p, v2, words, k):
    """What v1 is convolved with: 0 (move), 1 (inc), −1 (dec), v2 (add), −v2 (sub)."""
    plus, minus = p[ADD], p[SUB]
    k[0] = (plus + minus) * v2[0]
    for w in range(1, words):
        k[w] = plus * v2[w] + minus * v2[words - w]
    k[0] = k[0] + p[MOVE]
    k[1] = k[1] + p[INC]
    k[words - 1] = k[words - 1] + p[DEC]


@inner
def _softmax(p, start, end):
    sum_ = splat(0.0)
    for h in range(start, end):
        e = simd.exp(p[h])
        p[h] = e
        sum_ += e
    share = 1.0 / sum_
    for h in range(start, end):
        p[h] = p[h] * share


@inner
def _softmaxes(p, sizes):
    start, end = 0, sizes.opcodes
    for head in range(5):
        _softmax(p, start, end)
        start = end
        end += sizes.r if head < 3 else sizes.lines + 1


@inner
def active_mass(line, lines):
    sum_ = splat(0.0)
    for i in range(lines):
        sum_ += line[i]
    return sum_


@inner
def silent_mass(p):
    """The weight of the instructions that output nothing."""
    sum_ = splat(0.0)
    for i in range(0, len(SILENT) - 1, 2):
        sum_ += p[SILENT[i]] + p[SILENT[i + 1]]
    return sum_ + p[SILENT[-1]] if len(SILENT) % 2 else sum_


@inner
def _control(weights, line, active, sizes, share, p):
    """The instruction that the controller puts out (eqs. 1-2)."""
    size, lines = controller_size(sizes), sizes.lines
    scale = 1.0 / simd.larger(active, splat(1e-6))
    for i in range(lines):
        share[i] = line[i] * scale
    nothing = splat(0.0)
    for h in range(0, size, 8):
        low = high = nothing, nothing, nothing, nothing
        for i in range(lines):
            w = i * size + h
            low = add_products(low, share[i], four(weights, w))
            high = add_products(high, share[i], four(weights, w + 4))
        put_four(p, h, low)
        put_four(p, h + 4, high)
    _softmaxes(p, sizes)


@inner
def step(weights, lookup, sizes, now, then, made, work):
    """One step of all lanes, from the state `now` to the state `then`, which may be the same
    bank. Fills `made`; returns the mass that was active."""
    words, n, r, lines, opcodes = sizes
    p, v1, v2, out = made
    memory, registers, line = parts(now, sizes)
    memory_then, registers_then, line_then = parts(then, sizes)
    active = active_mass(line, lines)
    _control(weights, line, active, sizes, work, p)
    a, b = p + opcodes, p + (opcodes + r)
    for w in range(n):  # eq. 5
        x = y = splat(0.0)
        for i in range(r):
            z = registers[i * n + w]
            x += a[i] * z
            y += b[i] * z
        v1[w] = x
        v2[w] = y

    k, ring = work, work + n  # eq. 6
    partner(p, v2, words, k)
    around(k, n, words, False, ring)
    correlate(v1, ring, n, out)
    out[0] = out[0] + p[ZERO]
    least, most = p[MIN], p[MAX] - p[MIN]
    x = y = last = splat(0.0)
    for w in range(words):  # P(max ≤ w) = x·y, P(min ≤ w) = x + y − x·y
        x += v1[w]
        y += v2[w]
        below = most * (x * y) + least * (x + y)
        out[w] = out[w] + (below - last)
        last = below
    _look_up(lookup, p, v1, v2, words, out)
    _access(memory, memory_then, p[READ], active * p[WRITE], v1, v2, n, out)
    mass = 1.0 - silent_mass(p)
    _clean(mass, n, words, out)

    put = p + (opcodes + 2 * r)  # eq. 7
    for i in range(r):
        x = active * put[i]
        keep = 1.0 - x * mass
        for w in range(n):
            registers_then[i * n + w] = registers[i * n + w] * keep + x * out[w]

    label = p + (opcodes + 3 * r)  # eq. 9
    taken = p[JUMP] * v1[0]
    onward = 1.0 - taken - p[HALT]
    taken = active * taken
    halted = line[lines] + active * p[HALT]
    line_then[lines] = halted + onward * line[lines - 1] + taken * label[lines]
    for i in range(lines - 1, 0, -1):
        line_then[i] = onward * line[i - 1] + taken * label[i]
    line_then[0] = taken * label[0]
    return active


@inner
def _look_up(lookup, p, v1, v2, words, out):
    """Adds what instructions without a faster way output (eq. 6 as it is written)."""
    for t in range(lookup.tabled):
        for a in range(words):
            x = p[TABLED[t]] * v1[a]
            row = lookup.address + 4 * (t * lookup.size + a) * lookup.size
            for b in range(words):
                o = simd.int32_at(row + 4 * b)
                out[o] = out[o] + x * v2[b]


@inner
def _access(now, then, read, write, v1, v2, n, out):
    """Adds what is read to out, and writes (eq. 8): one pass over memory."""
    for a in range(0, n, 4):
        x0, x1, x2, x3 = v1[a], v1[a + 1], v1[a + 2], v1[a + 3]
        r0, r1, r2, r3 = read * x0, read * x1, read * x2, read * x3
        w0, w1, w2, w3 = write * x0, write * x1, write * x2, write * x3
        old, new = now + a * n, then + a * n
        for o in range(n):
            v, i = v2[o], 4 * o
            m0, m1, m2, m3 = old[i], old[i + 1], old[i + 2], old[i + 3]
            out[o] = out[o] + ((r0 * m0 + r1 * m1) + (r2 * m2 + r3 * m3))
            new[i] = m0 + w0 * (v - m0)
            new[i + 1] = m1 + w1 * (v - m1)
            new[i + 2] = m2 + w2 * (v - m2)
            new[i + 3] = m3 + w3 * (v - m3)


@inner
def _clean(mass, n, words, out):
    """As `backend.machine` does, whose Fourier basis needs it: outputs up to SNAP go."""
    floor = SNAP * mass
    sum_ = splat(0.0)
    for w in range(words):
        x = simd.zero_up_to(floor, out[w], out[w])
        out[w] = x
        sum_ += x
    scale = mass / simd.larger(sum_, splat(1e-30))
    for w in range(words):
        out[w] = out[w] * scale
    for w in range(words, n):
        out[w] = splat(0.0)
