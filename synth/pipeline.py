"""Examples in, verified program out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bridge import SkeletuneError, Spec
from bridge.spec import Search
from synth.conclude import check_contradictions, conclude
from synth.driver import Driver, Progress
from synth.engines import ALIASES, Engine, engine_name
from synth.language import LANGUAGE, Language
from synth.named_engines import engine_named, is_shipped
from synth.nets import name_of_net
from synth.problem import Problem, resolve
from synth.release import release
from synth.runfolder import Described, RunFolder, RunFolderError
from synth.solution import Solution
from synth.sources import names_code

if TYPE_CHECKING:
    from synth.rulesets import Rules

__all__ = ["UnsoundError", "resume", "solve"]


def solve(
    spec: Spec,
    *,
    engine: str | Engine | None = None,
    rulesets: Sequence[str | Rules] = (),
    language: Language | None = None,
    net: Any = None,
    unsound: bool = False,
    out: Path | None = None,
    watch: Callable[[Progress], None] = lambda progress: None,
    interrupted: Callable[[], bool] = lambda: False,
    **search: float | None,
) -> Solution:
    """Searches for a program that the spec describes, and verifies it on the held-out examples.

    `engine` is the ladder by default, and then examples must not contradict each other; with an
    engine that is named the search goes on all the same.
    `search` overrides fields of `spec.search`, the budget and the seed: `seed=1, seconds=10`.
    `rulesets` are egglog rulesets to saturate with, besides the shipped ones, or where to find them
    (see `synth.plugins`); one with a rule that is not known to be sound is refused, unless
    `unsound` is set.
    `language` holds the constructs; by default the shipped ones and those that come with rulesets
    and engine.
    `net` makes what reads pictures, from (key, shape of a picture, number of words); or it is a
    first net, an `eqx.Module` from a picture to logits; or where one of these is found.
    `out` is a run folder to write (none by default); `watch` is told the progress, and
    `interrupted` asked whether to end now, several times a second. Bad input raises a
    SkeletuneError before the search begins; once it has begun, there is a Solution.
    """
    notes: list[str] = []
    if engine is None:
        check_contradictions(spec)
        engine = "ladder"
    if isinstance(engine, str) and engine in ALIASES:
        notes.append(f"the engine {engine} is called {ALIASES[engine]} now")
    given = {name: value for name, value in search.items() if value is not None}
    budget = msgspec.structs.replace(spec.search, **given)
    runs = engine_named(engine) if isinstance(engine, str) else engine
    problem, unsound_rules = _resolve(spec, engine, rulesets, language, unsound)
    problem = _with_net(problem, net)
    folder = None
    if out is not None:
        folder = RunFolder.create(out, spec, _described(runs, budget, rulesets, net))
    notes += unsound_rules
    driver = Driver(problem, runs, budget, budget.seed, folder, watch, interrupted, notes)
    return conclude(spec, driver, driver.run())


def resume(
    path: Path,
    *,
    engine: str | Engine | None = None,
    seconds: float | None = None,
    rulesets: Sequence[str | Rules] = (),
    language: Language | None = None,
    net: Any = None,
    unsound: bool = False,
    watch: Callable[[Progress], None] = lambda progress: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> tuple[Spec, Solution]:
    """Goes on with the run in a folder, from its last checkpoint, with its engine, seed and
    budget of work; the clock starts anew. Enumeration that had not ended is done again (it is
    the same again), batches of tuning that had ended are not. The run's rulesets must be given
    again, its net, and its engine, if that is neither shipped nor of an installed plug-in: a
    folder never names code to run. Raises RunFolderError."""
    folder, spec, described = RunFolder.open(path)
    if described.rules != _names(rulesets):
        raise RunFolderError(
            f"{path}: this run used the rulesets {described.rules}, not {_names(rulesets)}: "
            "give the same again, with --rules"
        )
    if described.net != name_of_net(net):
        raise RunFolderError(
            f"{path}: this run used the net {described.net}, not {name_of_net(net)}: "
            "give the same again, with --net"
        )
    wanted = described.engine
    if engine is None and names_code(wanted):
        raise RunFolderError(f"{path}: the engine {wanted} is code: give it, with --engine")
    chosen: str | Engine = wanted if engine is None else engine
    runs = engine_named(chosen) if isinstance(chosen, str) else chosen
    if engine_name(runs) != ALIASES.get(wanted, wanted):
        raise RunFolderError(
            f"{path}: this run used the engine {wanted}, not {engine_name(runs)}: "
            "give the same again, with --engine"
        )
    budget = described.search
    if seconds is not None:
        budget = msgspec.structs.replace(budget, seconds=seconds)
    problem, notes = _resolve(spec, chosen, rulesets, language, unsound)
    problem = _with_net(problem, net)
    driver = Driver(problem, runs, budget, budget.seed, folder, watch, interrupted, notes)
    try:
        driver.resume(folder.last_checkpoint())
    except (KeyError, TypeError, ValueError, SkeletuneError) as e:  # or a field of another version
        raise RunFolderError(
            f"{path}/checkpoint.json: no checkpoint of this version ({e}): remove it, and the run "
            "begins anew"
        ) from None
    return spec, conclude(spec, driver, driver.run())


def _resolve(
    spec: Spec,
    engine: str | Engine,
    rulesets: Sequence[str | Rules],
    language: Language | None,
    unsound: bool,
) -> tuple[Problem, list[str]]:
    """The problem, with the language of the engine and of all rulesets, unless one is given; and
    notes on unsound rules."""
    named = [name for name in spec.rulesets if not names_code(name)]  # a spec never names code
    every = (*rulesets, *([engine] if isinstance(engine, str) else ()), *named)
    sources = [s for s in every if not (isinstance(s, str) and is_shipped(s))]
    if language is None and sources:
        from synth.plugins import language_of  # with egglog, which takes a moment to load

        language = language_of(sources)
    problem = resolve(spec, language or LANGUAGE)
    rules, notes = _trusted(rulesets, spec, problem.language, unsound)
    return replace(problem, rulesets=rules), notes


def _with_net(problem: Problem, net: Any) -> Problem:
    """The problem, with the user's net, if there is one. Raises PluginError if it is none."""
    if net is None:
        return problem
    from synth.nets import load_net  # with JAX

    return replace(problem, net=load_net(net, problem.images))


def _trusted(
    sources: Sequence[str | Rules], spec: Spec, language: Language, unsound: bool
) -> tuple[tuple[Rules, ...], list[str]]:
    """The user's and the spec's rulesets, loaded and checked for soundness, and notes on those
    that fail. Raises PluginError if one does not load (a spec's must be installed), UnsoundError
    if a rule is not known to be sound and `unsound` is not set."""
    if not sources and not spec.rulesets:
        return (), []
    from synth.plugins import load_ruleset, load_rulesets
    from synth.rules.rule import equation
    from synth.rules.soundness import check_ruleset

    named = [load_ruleset(name, installed_only=True) for name in spec.rulesets]
    rulesets = load_rulesets((*sources, *named))
    notes: list[str] = []
    for verdict in (v for ruleset in rulesets for v in check_ruleset(ruleset, language=language)):
        if verdict.sound is not True:
            known = "is unsound" if verdict.sound is False else f"is unknown ({verdict.reason})"
            message = f"rule {verdict.rule.name} {known}: {equation(verdict.rule)}"
            if not unsound:
                raise UnsoundError(
                    f"{message}: mend it (python -m synth.rules check tells more), or use it all "
                    "the same with --unsound"
                )
            notes.append(message)
    return rulesets, notes


class UnsoundError(SkeletuneError):
    """A ruleset of the user that is not known to keep the meaning of programs."""


def _names(rulesets: Sequence[str | Rules]) -> list[str]:
    return [r if isinstance(r, str) else _name(r) for r in rulesets]


def _name(ruleset: Rules) -> str:
    from synth.egraph.graph import ruleset_name  # with egglog, which takes a moment to load

    return ruleset_name(ruleset)


def _described(
    engine: Engine, search: Search, rulesets: Sequence[str | Rules], net: Any
) -> Described:
    started = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    named = _names(rulesets), release(), started, name_of_net(net)
    return Described(engine_name(engine), search, *named)
