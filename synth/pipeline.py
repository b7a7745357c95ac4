"""Examples in, verified program out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from bridge import SkeletuneError, Spec, SpecError
from bridge.loading import blaming
from bridge.spec import Search
from bridge.violations import explain
from synth.conclude import check_contradictions, conclude
from synth.costs.costs import SIZES, Costs
from synth.costs.files import digest_of, load_costs
from synth.driver import Driver
from synth.engines import ALIASES, ENGINES, Engine, engine_name
from synth.engines.ready import check_ready
from synth.language import FULL, LANGUAGE, Language
from synth.named_engines import engine_named, is_shipped
from synth.nets import name_of_net
from synth.problem import Problem, resolve
from synth.release import release
from synth.runs.files import Described, Used
from synth.runs.folder import RunFolder
from synth.solution import Progress, Solution
from synth.sources import names_code

if TYPE_CHECKING:
    from synth.enumeration.spread import Executor
    from synth.rulesets import Rules

__all__ = ["UnsoundError", "budget_of", "described", "solve", "stated"]


def solve(
    spec: Spec,
    *,
    engine: str | Engine | None = None,
    rulesets: Sequence[str | Rules] = (),
    language: Language | None = None,
    net: Any = None,
    costs: Path | Costs | None = None,
    unsound: bool = False,
    optimise: bool = False,
    executor: Executor | None = None,
    out: Path | None = None,
    answers: int = 1,
    watch: Callable[[Progress], None] = lambda progress: None,
    interrupted: Callable[[], bool] = lambda: False,
    **search: float | None,
) -> Solution:
    """Searches for a program that the spec describes, and verifies it on the held-out examples.

    `engine` is the ladder by default, and then examples must not contradict each other; with an
    engine that is named, or an accuracy below 1, the search goes on all the same.
    `search` overrides fields of `spec.search`, the budget and the seed: `seed=1, seconds=10`.
    `rulesets` are egglog rulesets to saturate with, besides the shipped ones, or where to find them
    (see `synth.plugins`); one with a rule that is not known to be sound is refused, unless
    `unsound` is set.
    `language` holds the constructs; by default the shipped ones and those that come with rulesets
    and engine.
    `net` makes what reads pictures, from (key, shape of a picture, number of words); or it is a
    first net, an `eqx.Module` from a picture to logits; or where one of these is found.
    `costs` say what constructs cost where programs are enumerated, or name the file that does
    (`python -m synth.costs fit` writes it); by default each costs its size.
    `executor` is where enumeration executes, such as `synth.scale.RayCluster(address)`; it changes
    nothing but the seconds. By default it is this process.
    With `optimise`, the answer is then made quicker, by rewriting and edits, in the time that is
    left (see `synth.optimise`).
    `answers` is how many programs to find that are right on the examples; the search goes on until
    it has so many, or its budget is spent.
    `out` is a run folder to write (none by default); `watch` is told the progress, and
    `interrupted` asked whether to end now, several times a second. Bad input raises a
    SkeletuneError before the search begins; once it has begun, there is a Solution, after a
    KeyboardInterrupt, too.
    """
    notes: list[str] = []
    if engine is None:
        with blaming(spec):
            check_contradictions(spec)
        engine = "ladder"
    if isinstance(engine, str) and engine in ALIASES:
        notes.append(f"the engine {engine} is called {ALIASES[engine]} now")
    budget = budget_of(spec.search, search)
    if answers < 1:
        raise SpecError(f"answers: {answers}: give a number from 1")
    if answers > 1 and spec.images:
        raise SpecError("answers: one at a time where memory holds pictures: leave it out")
    runs = engine_named(engine) if isinstance(engine, str) else engine
    check_ready(runs)
    given = engine, rulesets, language, net, costs, unsound
    problem, unsound_rules = stated(spec, *given, budget.seconds, executor)
    notes += unsound_rules
    with ExitStack() as stack:
        folder = None
        if out is not None:
            run = described(runs, budget, problem, net, answers)
            folder = stack.enter_context(RunFolder.create(out, spec, run))
        driver = Driver(
            problem, runs, budget, budget.seed, folder, watch, interrupted, notes, answers
        )
        answer = driver.run()
        if optimise and answer is not None:
            from synth.optimise import optimised

            answer = optimised(driver, answer)
        return conclude(spec, driver, answer)


def stated(
    spec: Spec,
    engine: str | Engine,
    rulesets: Sequence[str | Rules],
    language: Language | None,
    net: Any,
    costs: Path | Costs | None,
    unsound: bool,
    seconds: float,
    executor: Executor | None = None,
) -> tuple[Problem, list[str]]:
    """The problem, with the language of the engine and of all rulesets, unless one is given, and
    with the user's net, costs and executor; and notes on unsound rules. `seconds` are those in
    which a user's rules must be seen to be sound."""
    if executor is not None and (why := _not_spread(spec, engine)):
        raise SpecError(f"executor: no effect {why}: leave it out")
    named = [name for name in spec.rulesets if not names_code(name)]  # a spec never names code
    every = (*rulesets, *([engine] if isinstance(engine, str) else ()), *named)
    sources = [s for s in every if not (isinstance(s, str) and is_shipped(s))]
    if language is None and sources:
        from synth.plugins import language_of  # with egglog, which takes a moment to load

        language = language_of(sources)
    with blaming(spec):
        problem = resolve(spec, language or LANGUAGE)
        rules, notes = _trusted(rulesets, spec, problem.language, unsound, seconds)
    if isinstance(costs, Path):
        costs = load_costs(costs, problem.language)
    problem = replace(problem, rulesets=rules, costs=costs or SIZES, executor=executor)
    return _with_net(problem, net), notes


def _not_spread(spec: Spec, engine: str | Engine) -> str:
    """Why nothing of the search is enumerated by workers; "" where something may be."""
    name = ALIASES.get(engine, engine) if isinstance(engine, str) else ""
    if name in ENGINES and name not in ("ladder", "enumeration"):
        return f"with the engine {name}"
    if spec.images:
        return "with pictures in the spec"
    return "with $.sketch in the spec" if spec.sketch is not UNSET else ""


def _with_net(problem: Problem, net: Any) -> Problem:
    """The problem, with the user's net, if there is one. Raises PluginError if it is none."""
    if net is None:
        return problem
    from synth.nets import load_net  # with JAX

    return replace(problem, net=load_net(net, problem.images))


def _trusted(
    sources: Sequence[str | Rules],
    spec: Spec,
    language: Language,
    unsound: bool,
    seconds: float,
) -> tuple[tuple[Rules, ...], list[str]]:
    """The user's and the spec's rulesets, loaded and checked for soundness (but for the shipped
    ones, which tests hold to it), and notes on those
    that fail. Raises PluginError if one does not load (a spec's must be installed), UnsoundError
    if a rule is not known to be sound and `unsound` is not set."""
    if not sources and not spec.rulesets:
        return (), []
    from synth.plugins import PluginError, load_ruleset, load_rulesets
    from synth.rules.rule import equation
    from synth.rules.soundness import RuleVerdict, check_ruleset
    from synth.rulesets import SHIPPED

    named: list[Rules] = []
    for name in dict.fromkeys(spec.rulesets):
        try:
            named.append(load_ruleset(name, installed_only=True))
        except PluginError as error:
            raise SpecError(f"$.rulesets[{spec.rulesets.index(name)}]: {error}") from None
    rulesets = load_rulesets((*sources, *named))
    notes: list[str] = []
    theirs = [ruleset for ruleset in rulesets if all(ruleset is not s for s in SHIPPED.values())]
    until = time.monotonic() + seconds

    def verdicts() -> Iterator[RuleVerdict]:
        for ruleset in theirs:
            left = until - time.monotonic()
            yield from check_ruleset(ruleset, language=language, seconds=left)

    for verdict in verdicts():
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


def budget_of(search: Search, given: Mapping[str, Any]) -> Search:
    """The budget and seed, with what is given instead. Raises SpecError, which names what is
    given, where that is none."""
    changes = {name: value for name, value in given.items() if value is not None}
    raw = msgspec.structs.asdict(search) | changes
    try:
        return msgspec.convert(raw, Search)
    except msgspec.ValidationError:
        why = explain(raw, msgspec.json.schema(Search))
        raise SpecError(why.removeprefix("$.")) from None


def described(
    engine: Engine, search: Search, problem: Problem, net: Any, answers: int
) -> Described:
    """What a run folder says of the run."""
    used: list[Used] = []
    if problem.rulesets:
        from synth.egraph.graph import read_rules, ruleset_name  # with egglog: it takes a moment

        used = [
            Used(name=ruleset_name(r), digest=_digest(map(repr, read_rules(r, problem.language))))
            for r in problem.rulesets
        ]
    own = [c for c in problem.language.constructs if c not in FULL.constructs]
    constructs = _digest(f"{c.name} {problem.language.definition(c.name)}" for c in own)
    return Described(
        engine=engine_name(engine), search=search, rules=used, version=release(),
        constructs=constructs if own else "", net=name_of_net(net), costs=_used(problem.costs),
        answers=answers,
        started=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    )  # fmt: skip


def _used(costs: Costs) -> Used | None:
    """The costs, where they are not the sizes."""
    return None if costs == SIZES else Used(name=costs.name, digest=digest_of(costs))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
