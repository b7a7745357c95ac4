"""The command: `python -m synth.search SPEC`."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console

from bridge import load_spec, spec_schema
from synth.command import UsageError, make_app, run_app
from synth.display import show_progress, show_solution
from synth.pipeline import resume, solve
from synth.runfolder import default_folder
from synth.solution import Result, Solution

__all__ = ["main"]

app = make_app("synth.search")


@app.default
def search(
    spec: Annotated[Path | None, Parameter(help="The spec, a JSON file.")] = None,
    *,
    engine: Annotated[
        str | None,
        Parameter(
            help="ladder (the default), enumeration, edits, tuning, mcmc, random, sat, or a "
            "plug-in's; or module:attr or file.py:attr; or cmd:COMMAND."
        ),
    ] = None,
    seconds: Annotated[float | None, Parameter(help="Wall-clock limit.")] = None,
    seed: Annotated[int | None, Parameter(help="Seed of all that is drawn.")] = None,
    terms: Annotated[int | None, Parameter(help="The most terms to enumerate.")] = None,
    programs: Annotated[
        int | None, Parameter(help="The most assembly programs to execute.")
    ] = None,
    restarts: Annotated[int | None, Parameter(help="The most restarts to tune.")] = None,
    nodes: Annotated[
        int | None, Parameter(help="The most e-nodes of a near miss's e-graph.")
    ] = None,
    memory: Annotated[
        float | None, Parameter(help="The most memory of saturation, in GiB.")
    ] = None,
    rules: Annotated[
        tuple[str, ...],
        Parameter(
            negative=(),
            show_default=False,
            help="A ruleset to add: NAME, module:attr or file.py:attr; repeatable.",
        ),
    ] = (),
    unsound: Annotated[
        bool, Parameter(negative=(), show_default=False, help="Uses unsound rulesets, too.")
    ] = False,
    out: Annotated[Path | None, Parameter(help="Run folder; default: runs/NAME-TIME.")] = None,
    resume_: Annotated[
        Path | None, Parameter(name="--resume", help="Goes on with the run in that folder.")
    ] = None,
    json_: Annotated[
        bool,
        Parameter(
            name="--json", negative=(), show_default=False, help="One JSON object on stdout."
        ),
    ] = False,
    quiet: Annotated[bool, Parameter(negative=(), show_default=False, help="No progress.")] = False,
    schema: Annotated[
        bool, Parameter(negative=(), show_default=False, help="Prints the JSON Schema of specs.")
    ] = False,
) -> int:
    """Finds the program that a spec describes by examples.

    Exit code: 0 verified (or fits, where nothing was held out), 1 not solved, 2 bad input,
    130 interrupted.
    """
    if schema:
        print(json.dumps(spec_schema(), indent=2))
        return 0
    if (spec is None) == (resume_ is None):
        raise UsageError("name one spec file, or a run folder with --resume")
    budgets = {
        "--seconds": seconds,
        "--terms": terms,
        "--programs": programs,
        "--restarts": restarts,
        "--nodes": nodes,
    }
    for name, value in budgets.items():
        if value is not None and not 0 <= value < float("inf"):
            raise UsageError(f"{name} {value}: give a number that is not negative")
    if memory is not None and not 0.25 <= memory <= 1024:
        raise UsageError(f"--memory {memory:g}: give GiB from 0.25 to 1024")
    if seed is not None and not 0 <= seed < 2**32:
        raise UsageError(f"--seed {seed}: give a number from 0 to {2**32 - 1}")
    console = Console(stderr=True)
    with interruptible() as interrupted, show_progress(console, quiet=quiet) as watch:
        common: dict[str, Any] = {
            "seconds": seconds, "rulesets": rules, "unsound": unsound,
            "watch": watch, "interrupted": interrupted,
        }  # fmt: skip
        if resume_ is not None:
            folder = resume_
            loaded, solution = resume(folder, engine=engine, **common)
        else:
            assert spec is not None
            loaded = load_spec(spec)
            folder = out or default_folder(loaded.name)
            solution = solve(
                loaded, engine=engine or "ladder", seed=seed, terms=terms, programs=programs,
                restarts=restarts, nodes=nodes, memory=memory, out=folder,
                **common,
            )  # fmt: skip
    if json_:
        print(json.dumps(solution.to_json()))
    else:
        show_solution(Console(), solution, folder)
    return exit_code(solution)


def exit_code(solution: Solution) -> int:
    if solution.solved:
        return 0
    return 130 if solution.result is Result.INTERRUPTED else 1


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Turns the first Ctrl-C into a wish to end, which the search asks for; a second one kills."""
    wished: list[int] = []

    def wish(number: int, frame: object) -> None:
        wished.append(number)
        signal.signal(number, signal.default_int_handler)

    try:
        before = {s: signal.signal(s, wish) for s in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not in the main thread: nobody presses Ctrl-C here
        yield lambda: False
        return
    try:
        yield lambda: bool(wished)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(argv: list[str] | None = None) -> int:
    """Runs the command; the exit code."""
    return run_app(app, argv)


if __name__ == "__main__":
    sys.exit(main())
