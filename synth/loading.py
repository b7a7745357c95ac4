"""A solution from the folder of its run: executed again before it is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bridge import Example, Program, SkeletuneError, Spec, TermError, Verdict, parse_program, verify
from bridge.term import Term, parse_term
from synth.answers import Answer
from synth.conclude import held_out, start_steps
from synth.engines import Candidate
from synth.engines.reader import Contender, Race, Reader, load_reader
from synth.nets import load_net
from synth.perception import perceive
from synth.problem import Problem, resolve
from synth.runs.files import Count, Found, RunFolderError, Saved, candidate_from, read_file
from synth.runs.folder import read_run
from synth.shown import show_examples
from synth.solution import Result, Rewrite, Solution, Stats

__all__ = ["load_solution"]


class _Shares(msgspec.Struct, frozen=True):
    passed: Count
    total: Count


class _Answer(msgspec.Struct, frozen=True):
    program: str
    term: str | None
    found_by: str


class _Step(msgspec.Struct, frozen=True):
    rule: str
    forward: bool
    term: str


class _Contender(msgspec.Struct, frozen=True):
    program: str
    term: str | None
    cost: int
    loss: float
    error: float
    steps: Count
    likelihood: str


class _Race(msgspec.Struct, frozen=True):
    """race.json."""

    contenders: list[_Contender]
    aliases: list[Count]
    pool: Count
    reachable: Count
    noise: float


class _Outcome(msgspec.Struct, frozen=True):
    """What of solution.json is read; there is more in it, which follows from this."""

    result: Result
    found_by: str | None
    program: str | None
    term: str | None
    skeleton: str | None
    near_miss: str | None
    rewritten_from: str | None
    optimised_by: str | None
    proof: list[_Step] | None
    start_steps: dict[str, float] | None
    entropy: list[float] | None
    examples: _Shares
    holdout: _Shares
    contradictions: Count
    stats: dict[str, Any]
    seed: int
    notes: list[str]
    answers: list[_Answer]


def load_solution(folder: str | Path, *, net: Any = None) -> Solution:
    """The solution that a run ended with. Its programs are executed again; where that gives
    anything else than the folder says, or the folder is no run's or damaged, a RunFolderError
    names file, JSON path and what is wrong.

    Nets that read pictures are loaded, and read them again; as their floats may differ between
    processors, so may what was read right. `net` is what made them, as for `solve`, if that was the
    user's: a folder never names code to run."""
    path = Path(folder)
    spec, run = read_run(path)
    if net is None and run.net is not None:
        raise RunFolderError(f"{path}: this run used the net {run.net}: give it, with net=")
    file = path / "solution.json"
    try:
        outcome = read_file(file, _Outcome)
    except FileNotFoundError:
        raise RunFolderError(
            f"{path}: no solution yet: the run goes on, or was cut off: go on with resume"
        ) from None
    try:
        problem = resolve(spec)
        if net is not None:
            problem = replace(problem, net=load_net(net, problem.images))
        return _solution(path, spec, problem, outcome)
    except RunFolderError as e:
        raise e.within(str(file)) from None
    except SkeletuneError as e:
        raise e.within(str(path / "spec.json")) from None


def _solution(path: Path, spec: Spec, problem: Problem, outcome: _Outcome) -> Solution:
    try:
        saved = read_file(path / "checkpoint.json", Saved)
    except FileNotFoundError:
        saved = Saved()
    examples, fresh = (*spec.examples, *saved.counterexamples), held_out(spec, [])
    if spec.images:
        fresh = spec.holdout
    best = perception = None
    passed = Verdict(0, len(examples), 0, 0, ()), Verdict(0, len(fresh), 0, 0, ())
    if outcome.program is not None:
        found = Found(
            program=outcome.program, term=outcome.term, skeleton=outcome.skeleton,
            near_miss=outcome.near_miss, rewritten_from=outcome.rewritten_from,
            entropy=outcome.entropy, found_by=outcome.found_by or "",
        )  # fmt: skip
        best = candidate_from(found, problem, "$", known=False)
        if spec.images:
            reader = _reader(path / "nets.eqx", problem)
            best = replace(best, race=_race(path / "race.json"))
            *passed, perception = perceive(spec, best, reader)
        else:
            passed = _verdicts(best, problem, examples, fresh)
    for name, said, seen in zip(
        ("examples", "holdout"), (outcome.examples, outcome.holdout), passed, strict=True
    ):
        if (said.passed, said.total) != (seen.passed, seen.total) and not spec.images:
            raise RunFolderError(
                f"$.{name}: says that {said.passed} of {said.total} pass, but {seen.passed} of "
                f"{seen.total} do: the folder was changed, so search again"
            )
    if outcome.result is Result.VERIFIED and not all(v.total and v.correct for v in passed):
        raise RunFolderError("$.result: says verified, but not all pass: search again")
    if outcome.result is Result.GENERALISES and passed[1].interval[0] < problem.accuracy:
        raise RunFolderError("$.result: says generalises, but too few pass: search again")
    start = problem.start if problem.adapts else None if best is None else best.skeleton
    if outcome.start_steps is None or isinstance(start, Term):
        start = None
    known = {} if best is None else {best.program: passed}
    names = ("program", "term", "skeleton", "near_miss", "rewritten_from", "entropy")
    parts: dict[str, Any] = {name: best and getattr(best, name) for name in names}
    return Solution(
        name=spec.name,
        result=outcome.result,
        machine=spec.machine,
        seed=outcome.seed,
        found_by=outcome.found_by,
        examples=passed[0],
        holdout=passed[1],
        stats=_stats(outcome.stats),
        notes=tuple(outcome.notes),
        contradictions=outcome.contradictions,
        optimised_by=outcome.optimised_by,
        proof=_proof(outcome),
        start_steps=start_steps(start, (*spec.examples, *fresh), spec.machine),
        weights=_weights(path / "weights.npz") if best is not None else None,
        outputs=problem.outputs,
        accuracy=problem.accuracy,
        answers=tuple(_answers(outcome, problem, examples, fresh, known)),
        perception=perception,
        lists=problem.lists,
        spec=spec,
        shown=show_examples(spec, best and best.program, examples),
        **parts,
    )


def _verdicts(
    found: Candidate, problem: Problem, examples: tuple[Example, ...], fresh: tuple[Example, ...]
) -> tuple[Verdict, Verdict]:
    shown = verify(found.program, examples, problem.machine)
    return shown, verify(found.program, fresh, problem.machine)


def _answers(
    outcome: _Outcome, problem: Problem, examples: tuple[Example, ...], fresh: tuple[Example, ...],
    known: Mapping[Program, Sequence[Verdict]],
) -> list[Answer]:  # fmt: skip
    answers: list[Answer] = []
    for i, said in enumerate(outcome.answers):
        found = Found(
            program=said.program, term=said.term, found_by=said.found_by,
            skeleton=None, near_miss=None, rewritten_from=None, entropy=None,
        )  # fmt: skip
        candidate = candidate_from(found, problem, f"$.answers[{i}]", known=False)
        if (verdicts := known.get(candidate.program)) is None:
            if problem.images:
                raise RunFolderError(f"$.answers[{i}].program: not $.program, which has the nets")
            verdicts = _verdicts(candidate, problem, examples, fresh)
        answers.append(Answer(candidate.program, candidate.term, said.found_by, *verdicts))
    return answers


def _reader(path: Path, problem: Problem) -> Reader:
    try:
        return load_reader(path, problem.images, problem.net)
    except (OSError, ValueError) as e:
        raise RunFolderError(f"cannot be read: {e}", file=str(path)) from None


def _race(path: Path) -> Race | None:
    """The race, if there was one."""
    try:
        said = read_file(path, _Race)
    except FileNotFoundError:
        return None
    told: list[Contender] = []
    for i, one in enumerate(said.contenders):
        try:
            program = parse_program(one.program)
            term = None if one.term is None else parse_term(one.term)
        except SkeletuneError as e:
            raise RunFolderError(f"$.contenders[{i}]: {e.args[0]}", file=str(path)) from None
        plain: dict[str, Any] = msgspec.structs.asdict(one) | {"program": program, "term": term}
        told.append(Contender(**plain))
    if any(i >= len(told) for i in said.aliases):
        raise RunFolderError("$.aliases: no such contender", file=str(path))
    return Race(tuple(told), tuple(said.aliases), said.pool, said.reachable, said.noise)


def _proof(outcome: _Outcome) -> tuple[Rewrite, ...] | None:
    if outcome.proof is None:
        return None
    try:
        return tuple(Rewrite(s.rule, s.forward, parse_term(s.term)) for s in outcome.proof)
    except TermError as e:
        raise RunFolderError(f"$.proof: {e.args[0]}") from None


def _stats(plain: dict[str, Any]) -> Stats:
    try:
        return msgspec.convert(plain, Stats)
    except msgspec.ValidationError as e:
        raise RunFolderError(f"$.stats: {e}") from None


def _weights(path: Path) -> dict[str, np.ndarray] | None:
    """Those that are there."""
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError) as e:
        raise RunFolderError(f"cannot be read: {e}", file=str(path)) from None
