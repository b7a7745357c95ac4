"""Pictures of digits: what finds program and perception, and what knows more, or less.

    python -m benchmarks.pictures --rows race known gru mlp abduction --tasks sum max --seeds 0:20

- `race`: the engine perception; the program is unknown.
- `hole`, `holes`: one or two instructions that move no control are blank, the rest of the program
  is given; `hole gradient`, `holes gradient`: they descend with the nets, nothing else is done.
- `known`: the ceiling: the program is known, the nets are trained as the race's winner's are.
- `abduction`: the program is known; the likeliest reading that explains an example is its label.
- `gru`, `mlp`: networks that give the answer without a program.

Each run draws task, seed and held-out pictures anew. Rates are of held-out examples, executed; the
interval takes the runs as the independent ones.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from statistics import mean, median
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
import numpy as np
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

import synth
from benchmarks.command import Seeds, check_known, check_positive, make_app, run_app, seed_range
from benchmarks.pictures.worlds import World, make_world
from benchmarks.statistics import bootstrap, rate
from benchmarks.store import key_of, run_missing
from benchmarks.suites.digits.generate import Draw
from benchmarks.suites.digits.tasks import TASKS
from bridge import Program, Verdict
from bridge.program import Instruction
from bridge.spec import Budget
from bridge.term import Term, parse_term
from synth.engines.perception import PerceptionEngine

__all__ = ["ROWS", "main", "measure"]

Row = Literal[
    "race", "hole", "holes", "hole gradient", "holes gradient", "known", "abduction", "gru", "mlp"
]
CONTROL: Final = ("jump", "halt")
"""Instructions that are never blank: those that gradients hardly find."""
DESCENDED: Final = PerceptionEngine(fillings=0)
FIVE: Final = ("sum", "max", "first", "last", "alternating")
COLUMNS: Final = ("row", "task", "examples", "wrong", "right program", "held-out %", "longer %",
                  "pictures %", "solved", "no candidate", "median s", "most s")  # fmt: skip


class Limits(NamedTuple):
    """Of a search."""

    seconds: float
    terms: int = Budget().terms

    @property
    def told(self) -> dict[str, Any]:
        """As `synth.solve` takes them."""
        return self._asdict()


app = make_app("benchmarks.pictures")


def race(world: World, seed: int, limits: Limits) -> dict[str, Any]:
    """The program is to be found."""
    return _solved(world, synth.solve(world.spec, engine="perception", seed=seed, **limits.told))


def holes(
    count: int, engine: str | PerceptionEngine, world: World, seed: int, limits: Limits
) -> dict[str, Any]:
    """So many instructions of it are blank, which the seed draws."""
    program = world.program
    data = [i for i, each in enumerate(program.instructions) if each.opcode not in CONTROL]
    if len(data) < count:
        return {"result": "refused", "found_by": None, "right": None} | _scores(None, None)
    chosen = np.random.default_rng(seed).permutation(data)[:count]
    lines = list(program.instructions)
    for i in chosen:
        lines[i] = Instruction(None)
    sketch = msgspec.structs.replace(world.spec, sketch=str(Program(tuple(lines))))
    record = _solved(world, synth.solve(sketch, engine=engine, seed=seed, **limits.told))
    return record | {"blank": [str(program.instructions[i]) for i in chosen]}


def known(world: World, seed: int, limits: Limits) -> dict[str, Any]:
    """It is given."""
    from benchmarks.pictures.known import Known

    term = parse_term(world.task.term)
    assert isinstance(term, Term)
    engine = Known(world.program, term)
    return _solved(world, synth.solve(world.spec, engine=engine, seed=seed, **limits.told))


def _solved(world: World, solution: synth.Solution) -> dict[str, Any]:
    found, perception = solution.program, solution.perception
    record: dict[str, Any] = {
        "result": solution.result.value,
        "found_by": solution.found_by,
        "program": None if found is None else str(found),
        "term": None if solution.term is None else str(solution.term),
        "right": found is not None and world.is_right(found),
        "notes": list(solution.notes),
        "work": {"terms": solution.stats.terms, "gradient_steps": solution.stats.gradient_steps},
        "perception": None if perception is None else perception.to_json(),
    }
    if found is None or perception is None:
        return record | _scores(solution.holdout, None)
    return record | _scores(*world.score(found, perception.reader))


def abduction(world: World, seed: int, limits: Limits) -> dict[str, Any]:
    """The program is given; the number of rounds is fixed."""
    from benchmarks.pictures.abduction import abduce

    if (reader := abduce(world.task, world.spec, seed)) is None:
        return {"result": "refused", "found_by": None, "right": None} | _scores(None, None)
    verdict, longer = world.score(world.program, reader)
    return _plain(verdict, longer, world)


def plain(kind: Literal["gru", "mlp"], world: World, seed: int, limits: Limits) -> dict[str, Any]:
    """No program; the number of steps is fixed."""
    from benchmarks.pictures.plain import train_plain

    if world.task.operators:
        return {"result": "refused", "found_by": None, "right": None} | _scores(None, None)
    verdict, longer = train_plain(kind, world.spec, world.longer, seed)
    return _plain(verdict, longer, world)


def _plain(verdict: Verdict | None, longer: Verdict | None, world: World) -> dict[str, Any]:
    good = verdict is not None and verdict.interval[0] >= world.how.accuracy
    result = "generalises" if good else "not_found"
    return {"result": result, "found_by": None, "right": None} | _scores(verdict, longer)


def _scores(verdict: Verdict | None, longer: Verdict | None) -> dict[str, Any]:
    shares = (None if v is None else [v.passed, v.total] for v in (verdict, longer))
    return dict(zip(("holdout", "longer"), shares, strict=True))


ROWS: Final[dict[Row, Callable[[World, int, Limits], dict[str, Any]]]] = {
    "race": race,
    "hole": partial(holes, 1, "perception"),
    "holes": partial(holes, 2, "perception"),
    "hole gradient": partial(holes, 1, DESCENDED),
    "holes gradient": partial(holes, 2, DESCENDED),
    "known": known,
    "abduction": abduction,
    "gru": partial(plain, "gru"),
    "mlp": partial(plain, "mlp"),
}


def measure(row: Row, task: str, how: Draw, limits: Limits) -> dict[str, Any]:
    """One run; the record."""
    world, began = make_world(task, how), time.perf_counter()
    record = ROWS[row](world, how.seed, limits)
    return {
        "suite": "digits",
        "task": task,
        "engine": row,
        "seed": how.seed,
        "examples": how.examples,
        "wrong": how.wrong,
        **record,
        "seconds": round(time.perf_counter() - began, 2),
        "budget": limits.seconds,
    }


def table(records: Sequence[dict[str, Any]], title: str) -> Table:
    """A line for each row, task, number of examples and share of wrong ones."""
    shown = Table(*COLUMNS, title=title)
    kinds = ("engine", "task", "examples", "wrong")
    for kind in dict.fromkeys(tuple(r[k] for k in kinds) for r in records):
        of = [r for r in records if tuple(r[k] for k in kinds) == kind]
        shown.add_row(*kind[:2], str(kind[2]), f"{100 * kind[3]:.0f} %", *_cells(of))
    return shown


def _cells(of: Sequence[dict[str, Any]]) -> Iterator[str]:
    judged = [r["right"] for r in of if r["right"] is not None]
    yield rate(sum(judged), len(judged))
    for key in ("holdout", "longer"):
        yield _percent([r[key][0] / r[key][1] for r in of if r[key] is not None and r[key][1]])
    reads = [(r.get("perception") or {}).get("images", {}).values() for r in of]
    yield _percent([i["read"]["right"] / i["read"]["total"] for images in reads for i in images])
    yield rate(sum(r["result"] == "generalises" for r in of), len(of))
    yield str(sum(r["result"] == "no_candidate" for r in of))
    yield f"{median(r['seconds'] for r in of):.0f}"
    yield f"{max(r['seconds'] for r in of):.0f}"


def _percent(shares: Sequence[float]) -> str:
    """Their mean, with an interval."""
    if not shares:
        return "–"
    low, high = bootstrap(shares, mean)
    return f"{100 * mean(shares):.1f} ({100 * low:.1f}-{100 * high:.1f})"


@app.default
def pictures(
    *,
    rows: Annotated[list[Row], Parameter(consume_multiple=True)] = ["race"],  # noqa: B006
    tasks: Annotated[list[str], Parameter(consume_multiple=True)] = list(FIVE),  # noqa: B006
    examples: Annotated[list[int], Parameter(consume_multiple=True)] = [300],  # noqa: B006
    wrong: Annotated[
        list[int], Parameter(consume_multiple=True, help="Percent of the answers.")
    ] = [0],  # noqa: B006
    seeds: Seeds = "0:5",
    seconds: Annotated[float, Parameter(help="For each search.")] = 120.0,
    terms: Annotated[int, Parameter(help="For each search.")] = Budget().terms,
    lengths: Annotated[
        list[int] | None, Parameter(consume_multiple=True, help="Of lists in examples.")
    ] = None,
    held: Annotated[int, Parameter(help="Held-out examples.")] = 1000,
    accuracy: Annotated[float, Parameter(help="What is asked for.")] = 0.85,
    out: Annotated[Path, Parameter(help="Runs, one a line; none is run again.")] = Path(
        "runs/pictures.jsonl"
    ),
) -> None:
    """Draws tasks of the suite digits, and lets each row solve them."""
    check_known("tasks", tasks, TASKS)
    check_positive(seconds=seconds, held=held, examples=min(examples))
    jobs = dict[str, tuple[Row, str, Draw, Limits]]()
    for row, task, n, percent, seed in product(rows, tasks, examples, wrong, seed_range(seeds)):
        how = Draw(n, percent / 100, seed, held, tuple(lengths or ()), (), accuracy)
        job = row, task, how, Limits(seconds, terms)
        jobs[key_of(*job)] = job
    records = run_missing(out, jobs, lambda job: measure(*job))
    title = f"Pictures, seeds {seeds}; means and rates with 95 % intervals (bootstrap, Wilson)"
    Console(width=170).print(table(records, title))


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
