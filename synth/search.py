"""The command: `python -m synth.search SPEC`."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

from cyclopts import Parameter
from rich.console import Console

from bridge import load_spec, spec_schema
from synth.command import UNWRITTEN, UsageError, make_app, run_app, strangers_on_stderr
from synth.display import show_solution
from synth.engines.thread import end_process
from synth.options import refuses
from synth.pipeline import solve
from synth.progress import show_progress
from synth.resuming import resume
from synth.runs.folder import default_folder
from synth.solution import Result

if TYPE_CHECKING:
    from synth.enumeration.spread import Executor

__all__ = ["main"]

app = make_app("synth.search")
MOST_ANSWERS = 1000
Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


@app.default
@refuses("schema", why="it prints the schema of specs, and that is all")
@refuses("optimise", ("answers",), why="it makes one answer quicker")
@refuses("resume_", ("spec", "seed", "out"), why="a run keeps its spec, its seed and its folder")
def search(
    spec: Path | None = None,
    *,
    engine: str | None = None,
    seconds: float | None = None,
    seed: int | None = None,
    terms: int | None = None,
    programs: int | None = None,
    restarts: int | None = None,
    nodes: int | None = None,
    memory: float | None = None,
    rules: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    net: str | None = None,
    costs: Path | None = None,
    unsound: Flag = False,
    optimise: Flag = False,
    answers: int | None = None,
    executor: Literal["local", "ray"] = "local",
    address: str | None = None,
    out: Path | None = None,
    resume_: Annotated[Path | None, Parameter(name="--resume")] = None,
    json_: Annotated[Flag, Parameter(name="--json")] = False,
    quiet: Flag = False,
    schema: Flag = False,
) -> int:
    """Finds the program that a spec describes by examples.

    Exit code: 0 verified or generalises (or fits, where nothing was held out),
    1 not solved, 2 bad input or nothing that could work here, 3 could not write
    (the answer is shown all the same), 130 interrupted, 141 stdout was closed by
    its reader.

    Args:
        spec: The spec, a JSON file; - is stdin.
        engine: ladder (the default), deduction (for lists), divide (for
            numbers), walks (for memory), enumeration, edits, tuning, mcmc,
            random, sat, perception (for pictures), or a plug-in's; or
            module:attr or file.py:attr; or cmd:COMMAND.
        seconds: Wall-clock limit. Default of this and of those below: the
            spec's; where it says nothing, 60.
        seed: Seed of all that is drawn (0).
        terms: The most terms to enumerate (200,000,000).
        programs: The most assembly programs to execute (10^15).
        restarts: The most restarts to tune (20,000).
        nodes: The most e-nodes of a near miss's e-graph (3,000).
        memory: The most memory of saturation, in GiB (2).
        rules: A ruleset to add: NAME, module:attr or file.py:attr; repeatable.
        net: What makes the nets that read pictures: module:attr or file.py:attr.
        costs: A file of what constructs cost where programs are enumerated:
            skeletune costs fit writes one.
        unsound: Uses unsound rulesets, too.
        optimise: Makes the answer quicker, in the time that is left.
        answers: How many programs to find that are right on the examples;
            default: 1.
        executor: Where enumeration executes: here, or by workers on a Ray
            cluster, which find the same (the extra ray).
        address: The Ray cluster's, HOST:PORT; default: one that is started on
            this machine.
        out: Run folder; default: runs/NAME-TIME; none: no folder.
        resume_: Goes on with the run in that folder; seconds and budgets of
            work may be others than the run's; --optimise is to be given again.
        json_: One JSON object on stdout.
        quiet: No progress.
        schema: Prints the JSON Schema of specs.
    """
    if schema:
        print(json.dumps(spec_schema(), indent=2))
        return 0
    if spec is None and resume_ is None:
        raise UsageError("name one spec file, or a run folder with --resume")
    work = {"terms": terms, "programs": programs, "restarts": restarts, "nodes": nodes}
    for name, value in {"seconds": seconds, **work}.items():
        if value is not None and not 0 <= value < float("inf"):
            raise UsageError(f"--{name} {value}: give a number that is not negative")
    if memory is not None and not 0.25 <= memory <= 1024:
        raise UsageError(f"--memory {memory:g}: give GiB from 0.25 to 1024")
    if answers is not None and not 1 <= answers <= MOST_ANSWERS:
        raise UsageError(f"--answers {answers}: give a number from 1 to {MOST_ANSWERS}")
    if seed is not None and not 0 <= seed < 2**32:
        raise UsageError(f"--seed {seed}: give a number from 0 to {2**32 - 1}")
    if address is not None and executor != "ray":
        raise UsageError("--address is a Ray cluster's: add --executor ray")
    where = _cluster(address) if executor == "ray" else None
    console = Console(stderr=True)
    progress = show_progress(console, quiet=quiet)
    with interruptible() as interrupted, strangers_on_stderr(), progress as watch:
        common: dict[str, Any] = {"seconds": seconds, "rulesets": rules, "unsound": unsound}
        common |= {"net": net, "costs": costs, "optimise": optimise}
        common |= {"watch": watch, "interrupted": interrupted}
        common |= {"memory": memory, "executor": where, **work}
        if resume_ is not None:
            folder = resume_
            _, solution = resume(folder, engine=engine, answers=answers, **common)
        else:
            assert spec is not None
            loaded = load_spec(spec)
            if unsound and not rules and not loaded.rulesets:
                raise UsageError("--unsound: no effect without --rules: leave it out")
            if net is not None and not loaded.images:
                raise UsageError("--net: no effect without pictures in the spec: leave it out")
            if optimise and (loaded.images or loaded.objective != "correct"):
                what = "pictures" if loaded.images else f"$.objective {loaded.objective!r}"
                raise UsageError(f"--optimise: no effect with {what} in the spec: leave it out")
            with _folder(out, loaded.name) as folder:
                common |= {"seed": seed, "out": folder, "answers": answers or 1}
                solution = solve(loaded, engine=engine, **common)
    with _told(folder):
        if json_:
            print(json.dumps(solution.to_json()))
        else:
            show_solution(Console(), solution, folder)
    if not solution.saved:
        return UNWRITTEN
    if solution.result is Result.INTERRUPTED:
        return 130
    return 0 if solution.solved else 1


def _cluster(address: str | None) -> Executor:
    """The Ray cluster there. Raises ExecutorError where there is none."""
    from synth.scale import RayCluster  # with numba, which takes a second to load

    cluster = RayCluster(address)
    cluster.check()
    return cluster


@contextmanager
def _folder(out: Path | None, name: str) -> Iterator[Path | None]:
    """The run folder to write, if any; one made here goes again if nothing came of it."""
    if out is not None:
        yield None if out == Path("none") else out
        return
    folder = default_folder(name)
    try:
        yield folder
    finally:
        with suppress(OSError):  # it holds a run
            folder.rmdir()
            folder.parent.rmdir()


@contextmanager
def _told(folder: Path | None) -> Iterator[None]:
    """Where stdout cannot be written, the error says where the answer is all the same."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if folder is None:
            raise
        raise OSError(error.errno, f"{error.strerror}: the answer is in {folder}") from error


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Turns the first Ctrl-C, a wish to terminate, or a terminal that is gone, into a wish to end,
    which the search asks for; a second one, of whatever kind, kills."""
    wished: list[int] = []

    def wish(number: int, frame: object) -> None:
        wished.append(number)
        for other in before:
            signal.signal(other, signal.default_int_handler)

    before: dict[signal.Signals, Any] = {}
    try:
        for s in _wishes():
            before[s] = signal.signal(s, wish)
    except ValueError:  # not in the main thread: nobody presses Ctrl-C here
        yield lambda: False
        return
    try:
        yield lambda: bool(wished)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wishes() -> Iterator[signal.Signals]:
    """The signals that ask for an end. One that is ignored, as nohup has it, is no wish; but for
    Ctrl-C, which shells have ignored in the background."""
    yield signal.SIGINT
    for name in ("SIGTERM", "SIGHUP"):  # Windows hangs up nobody
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            yield number


def main(argv: list[str] | None = None) -> int:
    """Runs the command; the exit code."""
    given = sys.argv[1:] if argv is None else argv
    return run_app(app, ["./-" if word == "-" else word for word in given])  # else an option


def console(argv: list[str] | None = None) -> NoReturn:
    """Runs the command and ends the process, at once."""
    sys.exit(end_process(main(argv)))


if __name__ == "__main__":
    console()
