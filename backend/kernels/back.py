"""The derivative of the step in `backend.kernels.step`, line by line in reverse."""

from backend.kernels import step
from backend.kernels.layout import controller_size, parts, record_size, results, state_size
from backend.kernels.simd import add_products, four, int32_at, larger, put_four, splat, zero_up_to
from bridge.isa import HALT, JUMP, READ, TABLED, WRITE
from bridge.kernel import inner

__all__ = ["gather", "step_back"]


@inner
def step_back(weights, lookup, sizes, record, dstate, dspent, work):
    """Turns `dstate`, the cotangent of the state after a step, into that of the state before it.
    In the step's record, the cotangents of the logits replace p, and the pointer's share of what
    is active replaces the pointer; `gather` makes the weights' gradient of these."""
    words, n, r, lines, opcodes = sizes
    memory, registers, line = parts(record, sizes)
    made = results(record + state_size(sizes), sizes)
    p, v1, _, out = made
    dmemory, dregisters, dline = parts(dstate, sizes)
    dmade = results(work, sizes)
    dp, dv1, dv2, dout = dmade
    more = dv1 + 3 * n
    active = step.active_mass(line, lines)
    mass = 1.0 - step.silent_mass(p)
    dactive = dspent

    put = p + (opcodes + 2 * r)  # eq. 7
    dmass = splat(0.0)
    for w in range(n):
        dout[w] = splat(0.0)
    for i in range(r):
        here = active * put[i]
        keep = 1.0 - here * mass
        x = y = splat(0.0)
        for w in range(n):
            d = dregisters[i * n + w]
            x += d * out[w]
            y += d * registers[i * n + w]
            dout[w] = dout[w] + here * d
            dregisters[i * n + w] = d * keep
        dhere = x - mass * y
        dmass = dmass - here * y
        dp[opcodes + 2 * r + i] = active * dhere
        dactive += put[i] * dhere
    for w in range(words, n):
        dout[w] = splat(0.0)

    _output_back(sizes, made, dmade, more)
    _look_up_back(lookup, words, made, dmade)

    label, dlabel = p + (opcodes + 3 * r), dp + (opcodes + 3 * r)  # eq. 9
    jump, halt = p[JUMP], p[HALT]
    taken = jump * v1[0]
    onward = 1.0 - taken - halt
    here = active * taken
    dhere = donward = splat(0.0)
    for i in range(lines + 1):
        dhere += label[i] * dline[i]
        dlabel[i] = here * dline[i]
    for i in range(lines):
        donward += line[i] * dline[i + 1]
    dactive += taken * dhere + halt * dline[lines]
    dtaken = active * dhere - donward
    for i in range(len(step.SILENT)):
        dp[step.SILENT[i]] = splat(0.0) - dmass
    dp[HALT] = active * dline[lines] - donward + dp[HALT]
    dp[JUMP] = dtaken * v1[0] + dp[JUMP]
    dv1[0] = dv1[0] + jump * dtaken
    for i in range(lines):
        dline[i] = onward * dline[i + 1]

    dread, dwrite = _access_back(memory, p[READ], active * p[WRITE], n, made, dmade, dmemory)
    dp[READ] = dread
    dp[WRITE] = active * dwrite + dp[WRITE]
    dactive += p[WRITE] * dwrite

    a, b = p + opcodes, p + (opcodes + r)  # eq. 5
    for i in range(r):
        x = y = splat(0.0)
        for w in range(n):
            z = registers[i * n + w]
            x += dv1[w] * z
            y += dv2[w] * z
            dregisters[i * n + w] = dregisters[i * n + w] + (a[i] * dv1[w] + b[i] * dv2[w])
        dp[opcodes + i] = x
        dp[opcodes + r + i] = y

    _softmaxes_back(p, dp, sizes)
    for i in range(lines):
        dline[i] = dline[i] + dactive
    _control_back(weights, line, active, p, sizes, more, dline)


@inner
def _output_back(sizes, made, dmade, work):
    """The derivative of eq. 6, but for read and what is looked up."""
    words, n = sizes.words, sizes.n
    p, v1, v2, _ = made
    dp, dv1, dv2, dout = dmade
    k, ring = work, work + n
    dk = ring + 2 * n  # in reverse: dk[i] is that of k[−i]
    step.partner(p, v2, words, k)
    step.around(k, n, words, True, ring)
    step.correlate(dout, ring, n, dv1)
    step.around(dout, n, words, True, ring)
    step.correlate(v1, ring, n, dk)
    plus, minus = p[step.ADD], p[step.SUB]
    dplus = dminus = dk[0] * v2[0]
    dv2[0] = (plus + minus) * dk[0]
    for w in range(1, words):
        dplus += dk[words - w] * v2[w]
        dminus += dk[w] * v2[w]
        dv2[w] = plus * dk[words - w] + minus * dk[w]
    dp[step.ZERO], dp[step.MOVE], dp[step.INC], dp[step.DEC] = dout[0], dk[0], dk[words - 1], dk[1]
    dp[step.ADD], dp[step.SUB] = dplus, dminus

    least, most = p[step.MIN], p[step.MAX] - p[step.MIN]
    below1, below2 = ring, ring + n
    x = y = splat(0.0)
    for w in range(words):
        x += v1[w]
        y += v2[w]
        below1[w] = x
        below2[w] = y
    last = dx = dy = dboth = dsum = splat(0.0)
    for w in range(words - 1, -1, -1):
        d = dout[w] - last
        last = dout[w]
        x, y = below1[w], below2[w]
        dboth += d * (x * y)
        dsum += d * (x + y)
        dx += d * (most * y + least)
        dy += d * (most * x + least)
        dv1[w] = dv1[w] + dx
        dv2[w] = dv2[w] + dy
    dp[step.MAX], dp[step.MIN] = dboth, dsum - dboth
    for w in range(words, n):
        dv1[w] = splat(0.0)
        dv2[w] = splat(0.0)


@inner
def _look_up_back(lookup, words, made, dmade):
    """The derivative of `_look_up`."""
    p, v1, v2, _ = made
    dp, dv1, dv2, dout = dmade
    for t in range(lookup.tabled):
        share, dshare = p[TABLED[t]], splat(0.0)
        for a in range(words):
            row = lookup.address + 4 * (t * lookup.size + a) * lookup.size
            x, dx = share * v1[a], splat(0.0)
            for b in range(words):
                d = dout[int32_at(row + 4 * b)]
                dx += d * v2[b]
                dv2[b] = dv2[b] + d * x
            dshare += dx * v1[a]
            dv1[a] = dv1[a] + share * dx
        dp[TABLED[t]] = dshare


@inner
def _access_back(memory, read, write, n, made, dmade, dmemory):
    """The derivative of `_access`: updates dmemory, adds to dv1 and dv2, and returns those of
    read and of write (whose factor `active` is left to the caller)."""
    _, v1, v2, _ = made
    _, dv1, dv2, dout = dmade
    dread = dwrite = splat(0.0)
    for a in range(0, n, 4):
        x0, x1, x2, x3 = v1[a], v1[a + 1], v1[a + 2], v1[a + 3]
        r0, r1, r2, r3 = read * x0, read * x1, read * x2, read * x3
        w0, w1, w2, w3 = write * x0, write * x1, write * x2, write * x3
        p0 = p1 = p2 = p3 = q0 = q1 = q2 = q3 = splat(0.0)
        old, d = memory + a * n, dmemory + a * n
        for o in range(n):
            v, g, i = v2[o], dout[o], 4 * o
            m0, m1, m2, m3 = old[i], old[i + 1], old[i + 2], old[i + 3]
            d0, d1, d2, d3 = d[i], d[i + 1], d[i + 2], d[i + 3]
            p0 += g * m0
            p1 += g * m1
            p2 += g * m2
            p3 += g * m3
            q0 += (v - m0) * d0
            q1 += (v - m1) * d1
            q2 += (v - m2) * d2
            q3 += (v - m3) * d3
            e0, e1, e2, e3 = w0 * d0, w1 * d1, w2 * d2, w3 * d3
            dv2[o] = dv2[o] + ((e0 + e1) + (e2 + e3))
            d[i] = d0 - e0 + r0 * g
            d[i + 1] = d1 - e1 + r1 * g
            d[i + 2] = d2 - e2 + r2 * g
            d[i + 3] = d3 - e3 + r3 * g
        dread += (x0 * p0 + x1 * p1) + (x2 * p2 + x3 * p3)
        dwrite += (x0 * q0 + x1 * q1) + (x2 * q2 + x3 * q3)
        dv1[a] = dv1[a] + (read * p0 + write * q0)
        dv1[a + 1] = dv1[a + 1] + (read * p1 + write * q1)
        dv1[a + 2] = dv1[a + 2] + (read * p2 + write * q2)
        dv1[a + 3] = dv1[a + 3] + (read * p3 + write * q3)
    return dread, dwrite


@inner
def _softmaxes_back(p, dp, sizes):
    """From the cotangents of the heads, those of the logits: these replace the heads."""
    start, end = 0, sizes.opcodes
    for head in range(5):
        mean = splat(0.0)
        for h in range(start, end):
            mean += p[h] * dp[h]
        for h in range(start, end):
            p[h] = p[h] * (dp[h] - mean)
        start = end
        end += sizes.r if head < 3 else sizes.lines + 1


@inner
def _control_back(weights, line, active, dlogits, sizes, share, dline):
    """Adds to dline what the pointer did through the controller; `line` becomes its share of
    what is active, for `gather`."""
    size, lines = controller_size(sizes), sizes.lines
    nothing = splat(0.0)
    for i in range(0, lines, 8):
        low = high = nothing, nothing, nothing, nothing
        for h in range(size):
            w = i * size + h
            low = add_products(low, dlogits[h], four(weights, w, size))
            high = add_products(high, dlogits[h], four(weights, w + 4 * size, size))
        put_four(share, i, low)
        put_four(share, i + 4, high)
    floor = splat(1e-6)
    scale = 1.0 / larger(active, floor)
    mean = splat(0.0)
    for i in range(lines):
        line[i] = line[i] * scale
        mean += line[i] * share[i]
    mean = zero_up_to(floor, active, mean)
    for i in range(lines):
        dline[i] = dline[i] + scale * (share[i] - mean)
    line[lines] = splat(0.0)  # `gather` takes lines two by two


@inner
def _add(x, y):
    """Of four each."""
    return x[0] + y[0], x[1] + y[1], x[2] + y[2], x[3] + y[3]


@inner
def gather(records, count, sizes, dweights):
    """Adds to dweights [lines, heads] the products share · dlogits of those records."""
    size, record = controller_size(sizes), record_size(sizes)
    shares, logits = parts(records, sizes).line, records + state_size(sizes)
    nothing = splat(0.0)
    for i in range(0, sizes.lines, 2):
        for h in range(0, size, 4):
            one = other = nothing, nothing, nothing, nothing
            for t in range(count):
                share, d = shares + (t * record + i), four(logits, t * record + h)
                one = add_products(one, share[0], d)
                other = add_products(other, share[1], d)
            w = i * size + h
            put_four(dweights, w, _add(four(dweights, w), one))
            put_four(dweights, w + size, _add(four(dweights, w + size), other))
