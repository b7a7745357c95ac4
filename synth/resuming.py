"""A run gone on with, from what its folder holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bridge import Spec, SpecError
from bridge.loading import check_spec
from bridge.spec import Search
from synth.conclude import conclude
from synth.costs.costs import Costs
from synth.driver import Driver
from synth.engines import ALIASES, Engine, engine_name
from synth.engines.base import SavedError
from synth.engines.ready import check_ready
from synth.language import Language
from synth.named_engines import EngineError, engine_named
from synth.pipeline import budget_of, described, stated
from synth.runs.files import Described, RunFolderError, Saved
from synth.runs.folder import RunFolder
from synth.solution import Progress, Solution
from synth.sources import names_code

if TYPE_CHECKING:
    from synth.enumeration.spread import Executor
    from synth.rulesets import Rules

__all__ = ["resume"]


def resume(
    path: Path,
    *,
    engine: str | Engine | None = None,
    rulesets: Sequence[str | Rules] = (),
    language: Language | None = None,
    net: Any = None,
    costs: Path | Costs | None = None,
    unsound: bool = False,
    optimise: bool = False,
    executor: Executor | None = None,
    answers: int | None = None,
    watch: Callable[[Progress], None] = lambda progress: None,
    interrupted: Callable[[], bool] = lambda: False,
    **search: float | None,
) -> tuple[Spec, Solution]:
    """Goes on with the run in a folder, from its last checkpoint, with its engine and seed; the
    clock starts anew.

    `search` gives it other budgets: `seconds=600, terms=10**8`. With another budget of work, or
    another number of answers, the engine begins anew, as a run with these would have, but knows
    the best so far. Enumeration goes on from the states that it had saved some seconds before the
    end, tuning after the last batch that had ended; other engines do their last stage again, which
    is the same again. The run's rulesets and costs must be given again, which are compared by what
    they say, its net, and its engine, if that is neither shipped nor of an installed plug-in: a
    folder never names code to run; and so must `optimise`, which the folder doesn't hold. Raises
    RunFolderError.
    """
    folder, spec, run = RunFolder.open(path)
    with folder:
        runs, chosen = _same_engine(path, run, engine)
        if (seed := search.pop("seed", None)) is not None and seed != run.search.seed:
            raise RunFolderError(
                f"{path}: this run has the seed {run.search.seed}, not {seed}: start another"
            )
        budget = budget_of(run.search, search)
        try:
            given = chosen, rulesets, language, net, costs, unsound
            problem, notes = stated(spec, *given, budget.seconds, executor)
        except SpecError as e:
            raise e.within(str(path / "spec.json")) from None
        _check_same(path, run, described(runs, budget, problem, net, 1))
        wanted = answers or run.answers
        anew = (_work(budget), wanted) != (_work(run.search), run.answers)
        if anew or budget != run.search:
            folder.describe(msgspec.structs.replace(run, search=budget, answers=wanted))
        driver = Driver(
            problem, runs, budget, budget.seed, folder, watch, interrupted, notes, wanted
        )
        try:
            saved = folder.last_checkpoint()
            _check_counterexamples(spec, saved)
            driver.resume(saved, anew=anew)
        except RunFolderError as e:
            raise _no_checkpoint(path, e.args[0]) from None
        try:
            answer = driver.run()
        except SavedError as e:
            raise _no_checkpoint(path, f"$.engine{e.at}: {e.what}") from None
        if optimise and answer is not None:
            from synth.optimise import optimised

            answer = optimised(driver, answer)
        return spec, conclude(spec, driver, answer)


def _no_checkpoint(path: Path, why: str) -> RunFolderError:
    mend = "mend it, or remove the file and the run begins anew"
    return RunFolderError(f"{why}: {mend}", file=str(path / "checkpoint.json"))


def _work(search: Search) -> dict[str, Any]:
    """The budget but for the seconds."""
    return msgspec.structs.asdict(search) | {"seconds": None}


def _same_engine(
    path: Path, run: Described, engine: str | Engine | None
) -> tuple[Engine, str | Engine]:
    """The run's engine, and where it comes from. Raises RunFolderError if another is given, or none
    though it is code."""
    wanted = run.engine
    if engine is None and names_code(wanted):
        raise RunFolderError(f"{path}: the engine {wanted} is code: give it, with --engine")
    chosen: str | Engine = wanted if engine is None else engine
    try:
        runs = engine_named(chosen) if isinstance(chosen, str) else chosen
    except EngineError as e:
        if engine is not None:
            raise
        raise RunFolderError(f"$.engine: {e.args[0]}", file=str(path / "run.json")) from None
    if engine_name(runs) != ALIASES.get(wanted, wanted):
        raise RunFolderError(
            f"{path}: this run used the engine {wanted}, not {engine_name(runs)}: "
            "give the same again, with --engine"
        )
    check_ready(runs)
    return runs, chosen


def _check_same(path: Path, run: Described, given: Described) -> None:
    """Raises RunFolderError where rulesets, constructs, costs or the net are not the run's."""
    if given.rules != run.rules:
        one, other = (", ".join(r.name for r in d.rules) or "none" for d in (run, given))
        what = f"the rulesets {one}, not {other}" if one != other else f"other rules in {one}"
        raise RunFolderError(f"{path}: this run used {what}: give the same again, with --rules")
    if given.net != run.net:
        raise RunFolderError(
            f"{path}: this run used the net {run.net}, not {given.net}: give the same again, with "
            "--net"
        )
    if (given.costs and given.costs.digest) != (run.costs and run.costs.digest):
        one, other = (d.costs.name if d.costs is not None else "none" for d in (run, given))
        what = f"the costs {one}, not {other}" if one != other else f"other costs in {one}"
        raise RunFolderError(f"{path}: this run used {what}: give the same again, with --costs")
    if given.constructs != run.constructs:
        raise RunFolderError(
            f"{path}: this run used other constructs than are there now: give the same again, with "
            "--rules or --engine"
        )


def _check_counterexamples(spec: Spec, saved: Saved) -> None:
    """Raises RunFolderError where those saved do not fit the machine."""
    try:
        check_spec(msgspec.structs.replace(spec, holdout=saved.counterexamples))
    except SpecError as e:
        raise RunFolderError(e.args[0].replace("$.holdout", "$.counterexamples", 1)) from None
