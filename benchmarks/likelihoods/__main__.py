"""Exact likelihoods: for how many programs there are any, how exact they are, what they cost.

    python -m benchmarks.likelihoods [candidates|tasks|passes|cost]…

- `candidates`: of the 400 cheapest programs that differ in what they make of lists of two and three
  digits, on how many structure is exact, and the soft machine; an equal of which else; and for
  which there is a lower bound alone.
- `tasks`: known programs: states carried, and the largest error against the table, of all answers.
- `passes`: programs that read their list more than once, before and after saturation.
- `cost`: of the sum, microseconds an example, forward and back, by each kind of likelihood.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table as Show

from backend.perception import Answers, Likelihood, make_structure, make_tables, soft_likelihood
from backend.perception.relaxed import make_relaxed
from benchmarks.command import check_known, make_app, run_app
from benchmarks.likelihoods.programs import (
    MACHINE,
    PASSES,
    TASKS,
    candidates,
    lists,
    lowered,
    task,
)
from benchmarks.statistics import rate
from bridge.readings import Group
from synth.engines.likelihoods import Trained, trained_as

__all__ = ["main"]

app = make_app("benchmarks.likelihoods")
CANDIDATES: Final = 400
LENGTHS: Final = (3, 8)
ANSWERS: Final = range(MACHINE.words)


def of_candidates() -> Show:
    """On how many candidates each kind is exact, by the lists' length."""
    pool = list(candidates(CANDIDATES))
    show = Show("digits", "structure", "soft machine", "either", "with equals", "bound", "s")
    for length in LENGTHS:
        start, group = time.perf_counter(), lists(length, ANSWERS)
        by_structure = [make_structure(p, group, MACHINE) is not None for _, p in pool]
        soft = [soft_likelihood(p, group, MACHINE) is not None for _, p in pool]
        hard = [pool[i] for i, known in enumerate(by_structure) if not known]
        told = f"{len(hard)} without a structure, on lists of {length}"
        again = [
            trained_as(p, t, [group], MACHINE, lower=lowered)
            for t, p in track(hard, told, console=Console(stderr=True))
        ]
        equal = sum(isinstance(a, Trained) and a.term is not None for a in again)
        bound = sum(isinstance(a, Trained) and a.kinds == ("top words",) for a in again)
        either = sum(a or b for a, b in zip(by_structure, soft, strict=True))
        n = len(pool)
        counts = (sum(by_structure), sum(soft), either, sum(by_structure) + equal, bound)
        seconds = time.perf_counter() - start
        show.add_row(str(length), *(rate(c, n) for c in counts), f"{seconds:.0f}")
    return show


def of_tasks() -> Show:
    """How exact structure is: against the table on lists of 3 and 4, and in sum on lists of 8."""
    show = Show("program", "states at 8", "error at 3", "error at 4", "answers of 8 add up to 1 ±")
    for name, text in TASKS.items():
        program = lowered(task(text))
        assert program is not None
        errors = []
        for length in (3, 4):
            group = lists(length, ANSWERS)
            read, answers = _reads(len(group.answers), length), Answers.of(group)
            (table,) = make_tables([program], group, MACHINE)
            structure = make_structure(program, group, MACHINE)
            assert structure is not None
            errors.append(float(abs(structure(read, answers) - table(read, answers)).max()))
        group = lists(8, ANSWERS)
        structure = make_structure(program, group, MACHINE)
        if structure is None:
            show.add_row(name, "–", *(f"{e:.1e}" for e in errors), "–")
            continue
        states = int((np.asarray(structure.child) >= 0).any(2).sum(1).max())
        total = structure(_reads(len(group.answers), 8), Answers.of(group)).sum()
        show.add_row(name, str(states), *(f"{e:.1e}" for e in errors), f"{abs(total - 1):.1e}")
    return show


def of_passes() -> Show:
    """Programs that read their list again, on lists of eight."""
    show = Show("program", "before", "after", "multiplications", "s")
    group = lists(8, ANSWERS)
    for name, text in PASSES.items():
        term = task(text)
        program = lowered(term)
        assert program is not None
        before = make_structure(program, group, MACHINE)
        start = time.perf_counter()
        found = trained_as(program, term, [group], MACHINE, lower=lowered)
        seconds = f"{time.perf_counter() - start:.1f}"
        first = "–" if before is None else before.kind
        if isinstance(found, str):
            show.add_row(name, first, "–", "", seconds)
            continue
        kind, cost = found.kinds[0], f"{found.likelihoods[0].cost:,.0f}"
        after = kind if found.term is None else f"{kind}, of an equal"
        show.add_row(name, first, after, cost, seconds)
    return show


def of_cost() -> Show:
    """Microseconds an example, forward and back, of 64 side by side."""
    program = lowered(task(TASKS["sum"]))
    assert program is not None
    makes: dict[str, Callable[[Group], Likelihood | None]] = {
        "structure": lambda group: make_structure(program, group, MACHINE),
        "table": lambda group: (
            make_tables([program], group, MACHINE)[0] if group.readings < 10**6 else None
        ),
        "soft machine": lambda group: make_relaxed(program, group, MACHINE),
    }
    show = Show("digits", *makes, title="µs an example")
    for length in (2, 3, 4, 5, 8):
        group = lists(length, [*ANSWERS] * 6)
        each = ((make, make(group)) for make in makes.values())
        times = [
            "–" if found is None else f"{_microseconds(found, group):.1f}" for _, found in each
        ]
        show.add_row(str(length), *times)
    return show


def _microseconds(likelihood: Likelihood, group: Group) -> float:
    """The median of 15 runs after the first."""
    answers, n = Answers.of(group), len(group.example)

    @eqx.filter_jit
    def slope(likelihood, read):
        return jax.grad(lambda r: jnp.log(likelihood(r, answers) + 1e-9).mean())(read)

    read, times = _reads(n, len(group.words)), []
    for _ in range(16):
        start = time.perf_counter()
        jax.block_until_ready(slope(likelihood, read))
        times.append(time.perf_counter() - start)
    return median(times[1:]) / n * 1e6


def _reads(n: int, length: int) -> jax.Array:
    """Probabilities of what each picture means, the same for all examples."""
    read = np.random.default_rng(0).dirichlet(np.ones(9), length).astype(np.float32)
    return jnp.broadcast_to(read, (n, length, 9))


PARTS: Final[dict[str, Callable[[], Show]]] = {
    "candidates": of_candidates,
    "tasks": of_tasks,
    "passes": of_passes,
    "cost": of_cost,
}


@app.default
def measure(*parts: str) -> int:
    """Exact likelihoods: how many, how exact, how dear. PARTS: all, if none is named."""
    check_known("parts", parts, PARTS)
    for part in parts or PARTS:
        Console().print(PARTS[part]())
    return 0


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
