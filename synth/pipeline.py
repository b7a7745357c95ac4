"""Examples in, verified program out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge import SkeletuneError, Spec, Verdict, parse_program, verify
from bridge.spec import check_spec
from bridge.term import parse_term
from bridge.verify import contradictions
from synth.engines.ladder import Engine, engine_named
from synth.engines.steps import adapt, check_start, start_steps
from synth.oracle import check_oracle, search_against_oracle
from synth.run import Answer, Budget, Progress, Run
from synth.runfolder import RunFolder, RunFolderError
from synth.sketch import load_sketch
from synth.solution import Result, Solution, Stats
from synth.sources import names_code

if TYPE_CHECKING:
    from egglog import Ruleset

__all__ = ["UnsoundError", "resume", "solve"]


def solve(
    spec: Spec,
    *,
    engine: str | Engine = "both",
    seed: int | None = None,
    seconds: float | None = None,
    terms: int | None = None,
    restarts: int | None = None,
    nodes: int | None = None,
    memory: float | None = None,
    rulesets: Sequence[str | Ruleset] = (),
    unsound: bool = False,
    out: Path | None = None,
    watch: Callable[[Progress], None] = lambda progress: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Solution:
    """Searches for a program that the spec describes, and verifies it on the held-out examples.

    Budgets and seed default to the spec's. `rulesets` are egglog rulesets to saturate with,
    besides the shipped ones, or where to find them (see `synth.plugins`); one with a rule that
    proves unsound is refused, unless `unsound` is set. `out` is a run folder to write (none by
    default); `watch` is told the progress, and `interrupted` asked whether to end now, several
    times a second. Bad input raises a SkeletuneError before the search begins; once it has begun,
    there is a Solution.
    """
    check_spec(spec)
    check_oracle(spec)
    sketch = load_sketch(spec)
    engine = engine_named(engine) if isinstance(engine, str) else engine
    if spec.objective == "steps":
        check_start(spec)
    seed = spec.search.seed if seed is None else seed
    budget = Budget(
        spec.search.seconds if seconds is None else seconds,
        spec.search.terms if terms is None else terms,
        spec.search.restarts if restarts is None else restarts,
        spec.search.nodes if nodes is None else nodes,
        spec.search.memory if memory is None else memory,
    )
    rules, notes = trusted_rulesets(rulesets, spec, unsound)
    folder = None
    if out is not None:
        folder = RunFolder.create(out, spec, describe_run(engine, seed, budget, rulesets))
    run = Run(spec, seed, budget, rules, sketch, folder, watch, interrupted, notes=notes)
    return _search(run, engine)


def resume(
    path: Path,
    *,
    engine: str | Engine | None = None,
    seconds: float | None = None,
    rulesets: Sequence[str | Ruleset] = (),
    unsound: bool = False,
    watch: Callable[[Progress], None] = lambda progress: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> tuple[Spec, Solution]:
    """Goes on with the run in a folder, from its last checkpoint, with its engine, seed and
    budget of work; the clock starts anew. Enumeration that had not ended is done again (it is
    the same again), batches of tuning that had ended are not. The run's rulesets must be given
    again, and its engine, if that is neither shipped nor of an installed plug-in: a folder never
    names code to run. Raises RunFolderError."""
    folder, spec, described = RunFolder.open(path)
    if described["rules"] != _names(rulesets):
        raise RunFolderError(
            f"{path}: this run used the rulesets {described['rules']}, not {_names(rulesets)}: "
            "give the same again, with --rules"
        )
    rules, notes = trusted_rulesets(rulesets, spec, unsound)
    wanted = described["engine"]
    if engine is None and names_code(wanted):
        raise RunFolderError(f"{path}: the engine {wanted} is code: give it, with --engine")
    chosen = wanted if engine is None else engine
    same: Engine = engine_named(chosen) if isinstance(chosen, str) else chosen
    if same.name != wanted:
        raise RunFolderError(
            f"{path}: this run used the engine {wanted}, not {same.name}: "
            "give the same again, with --engine"
        )
    budget = Budget(
        described["seconds"] if seconds is None else seconds,
        described["terms"],
        described["restarts"],
        described["nodes"],
        described["memory"],
    )
    saved = folder.last_checkpoint()
    run = Run(
        spec, described["seed"], budget, rules, load_sketch(spec), folder, watch, interrupted,
        notes=notes,
    )  # fmt: skip
    run.stats = Stats(**saved.pop("stats", {}))
    best = saved.pop("best", None)
    run.saved = saved
    if best is not None:
        run.offer(_answer_from(best))
    return spec, _search(run, same)


def trusted_rulesets(
    sources: Sequence[str | Ruleset], spec: Spec, unsound: bool
) -> tuple[tuple[Ruleset, ...], list[str]]:
    """The user's and the spec's rulesets, loaded and checked for soundness, and notes on those
    that fail. Raises PluginError if one does not load (a spec's must be installed), UnsoundError
    if a rule is unsound and `unsound` is not set."""
    if not sources and not spec.rulesets:
        return (), []
    from synth.plugins import load_ruleset, load_rulesets
    from synth.rules.rule import equation
    from synth.rules.soundness import check_ruleset

    named = [load_ruleset(name, installed_only=True) for name in spec.rulesets]
    rulesets = load_rulesets((*sources, *named))
    notes = []
    for verdict in (v for ruleset in rulesets for v in check_ruleset(ruleset)):
        if verdict.sound is False:
            message = f"rule {verdict.rule.name} is unsound: {equation(verdict.rule)}"
            if not unsound:
                raise UnsoundError(
                    f"{message}: mend it (python -m synth.rules check shows a counterexample), "
                    "or use it all the same with --unsound"
                )
            notes.append(message)
    return rulesets, notes


class UnsoundError(SkeletuneError):
    """A ruleset of the user that does not keep the meaning of programs."""


def _names(rulesets: Sequence[str | Ruleset]) -> list[str]:
    return [r if isinstance(r, str) else str(r.__egg_ident__.name) for r in rulesets]


def describe_run(
    engine: Engine, seed: int, budget: Budget, rulesets: Sequence[str | Ruleset] = ()
) -> dict[str, Any]:
    """What a run folder says of the run: enough to do it again."""
    try:
        release = version("skeletune")
    except PackageNotFoundError:  # run from a checkout that is not installed
        release = "unknown"
    return {
        "engine": engine.name,
        "seed": seed,
        "seconds": budget.seconds,
        "terms": budget.terms,
        "restarts": budget.restarts,
        "nodes": budget.nodes,
        "memory": budget.memory,
        "rules": _names(rulesets),
        "version": release,
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def _search(run: Run, engine: Engine) -> Solution:
    """Runs the engine, or adapts with its rungs, against the oracle if there is one; then verifies
    what came of it."""

    def search() -> Answer | None:
        return adapt(run, engine) if run.spec.objective == "steps" else engine.search(run)

    answer = search_against_oracle(run, search)
    solution = _conclude(run, answer)
    if run.folder is not None:
        run.folder.finish(solution)
    return solution


def _conclude(run: Run, answer: Answer | None) -> Solution:
    spec = run.spec
    best = answer or (run.best[0] if run.best else None)
    nothing = Verdict(0, len(spec.examples), 0, run.cells, ())
    examples, holdout = nothing, Verdict(0, len(spec.holdout), 0, 0, ())
    if best is not None:
        examples = verify(best.program, spec.examples, spec.machine)
        holdout = verify(best.program, spec.holdout, spec.machine)
    if best is not None and examples.correct:
        held_out = holdout.total > 0 and holdout.correct
        result = Result.VERIFIED if held_out else Result.FITS_EXAMPLES
    else:
        result = Result.INTERRUPTED if run.interrupted() else Result.BUDGET_EXHAUSTED
    if not spec.holdout:
        run.notes.append("nothing was held out: the program is only known to fit the examples")
    every = (*spec.examples, *spec.holdout)
    clashes = contradictions(every)
    if clashes:
        one, other = (
            f"$.examples[{i}]" if (j := i - len(spec.examples)) < 0 else f"$.holdout[{j}]"
            for i in clashes[0]
        )
        run.notes.append(
            f"{other} contradicts {one}: the same memory before, other words after, so no program "
            f"passes both: mend or remove one ({len(clashes)} such)"
        )
    found = best is not None and examples.correct
    return Solution(
        name=spec.name,
        result=result,
        machine=spec.machine,
        seed=run.seed,
        program=None if best is None else best.program,
        term=None if best is None else best.term,
        skeleton=None if best is None else best.skeleton,
        near_miss=None if best is None else best.near_miss,
        found_by=best.found_by if best is not None and found else None,
        examples=examples,
        holdout=holdout,
        stats=run.timed(),
        notes=tuple(run.notes),
        contradictions=len(clashes),
        entropy=None if best is None else best.entropy,
        start_steps=start_steps(spec),
        weights=None if best is None else best.weights,
    )


def _answer_from(best: dict[str, Any]) -> Answer:
    term, skeleton, near_miss = best["term"], best["skeleton"], best["near_miss"]
    source = None
    if skeleton is not None:
        source = parse_term(skeleton) if skeleton.startswith("(") else parse_program(skeleton)
    return Answer(
        best["found_by"],
        parse_program(best["program"]),
        None if term is None else parse_term(term),
        source,
        None if near_miss is None else parse_term(near_miss),
        entropy=best["entropy"] and tuple(best["entropy"]),
    )
