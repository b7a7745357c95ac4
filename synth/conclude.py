"""The end of a search: its answer, or the best so far, verified on what is held out."""

from __future__ import annotations

from collections.abc import Sequence

from bridge import Example, Spec, SpecError, Verdict, verify
from bridge.pictures import disguised_labels
from bridge.verify import contradictions, covered
from synth.driver import Driver
from synth.engines import Candidate
from synth.judging import is_enough
from synth.perception import perceive
from synth.problem import Problem, accuracy_of
from synth.solution import Result, Solution

__all__ = ["check_contradictions", "conclude"]


def check_contradictions(spec: Spec) -> None:
    """Raises SpecError where examples contradict each other: then nothing can be verified. Where
    some may be wrong, they may contradict each other."""
    if accuracy_of(spec) == 1 and (said := _clashes(spec, spec.examples)[1]):
        raise SpecError(
            f"{said}; or search all the same: name an --engine, or an $.accuracy that is enough"
        )


def conclude(spec: Spec, driver: Driver, answer: Candidate | None) -> Solution:
    """Verifies the answer, or else the best so far, on all examples and held-out inputs; writes it
    down."""
    problem, notes = driver.problem, driver.notes
    best = answer or driver.best
    fresh = spec.holdout if spec.images else _held_out(spec, notes)
    if best is not None:
        best = _no_worse(best, problem, fresh, notes)
    perception = None
    examples = Verdict(0, len(problem.examples), 0, problem.cells, ())
    holdout = Verdict(0, len(fresh), 0, 0, ())
    if best is not None and best.reader is not None:
        examples, holdout, perception = perceive(spec, best, best.reader)
    elif best is not None:
        examples = verify(best.program, problem.examples, problem.machine)
        holdout = verify(best.program, fresh, problem.machine)
    result = _result(driver, best, examples, holdout)
    found = result in (Result.VERIFIED, Result.GENERALISES, Result.FITS_EXAMPLES)
    if found and not fresh:
        notes.append("nothing was held out: the program is only known to fit the examples")
    if spec.images and (labels := disguised_labels(spec.examples)):
        notes.append(
            f"{len(labels)} examples hold one picture alone (the first is $.examples[{labels[0]}]):"
            " what they expect may be a label in disguise"
        )
    clashes, said = (0, "") if spec.images else _clashes(spec, problem.examples)
    if said:
        notes.append(said)
    start_steps: tuple[int, ...] = ()
    if problem.objective == "steps" and problem.start is not None:
        start_steps = verify(problem.start, (*spec.examples, *fresh), problem.machine).steps
    parts = ("program", "term", "skeleton", "near_miss", "entropy", "weights")
    solution = Solution(
        name=problem.name,
        result=result,
        machine=problem.machine,
        seed=driver.seed,
        found_by=best.found_by if best is not None and found else None,
        examples=examples,
        holdout=holdout,
        stats=driver.stats(),
        notes=tuple(notes),
        contradictions=clashes,
        start_steps=start_steps,
        outputs=problem.outputs,
        accuracy=problem.accuracy,
        perception=perception,
        **{part: best and getattr(best, part) for part in parts},
    )
    if driver.folder is not None:
        driver.folder.finish(solution)
    return solution


def _result(driver: Driver, best: Candidate | None, examples: Verdict, holdout: Verdict) -> Result:
    """How the search ended, from what its best program passed. Of what reads pictures the examples
    say little: it was trained on them, and they may be wrong."""
    accuracy, pictures = driver.problem.accuracy, bool(driver.problem.images)
    enough = best is not None and is_enough(examples, accuracy)
    if enough and examples.correct and holdout.correct and holdout.total and not pictures:
        return Result.VERIFIED
    if accuracy < 1 and holdout.total and (enough or pictures) and best is not None:
        if holdout.interval[0] >= accuracy:
            return Result.GENERALISES
        enough = enough and not pictures
    if enough:
        return Result.FITS_EXAMPLES
    if driver.refuted:
        return Result.NO_PROGRAM
    if driver.no_candidate:
        return Result.NO_CANDIDATE
    return Result.INTERRUPTED if driver.interrupted() else Result.BUDGET_EXHAUSTED


def _held_out(spec: Spec, notes: list[str]) -> tuple[Example, ...]:
    """The held-out examples that say what no example says, and a note on the others."""
    known = covered(spec.holdout, spec.examples)
    if known:
        each = f"$.holdout[{min(known)}]" if len(known) == 1 else f"{len(known)} held-out examples"
        notes.append(
            f"{each} among the examples, too: what a search sees does not count as held out"
        )
    return tuple(e for i, e in enumerate(spec.holdout) if i not in known)


def _no_worse(
    best: Candidate, problem: Problem, fresh: Sequence[Example], notes: list[str]
) -> Candidate:
    """Where few steps are the objective: the start, if the quicker program fails a held-out input
    that the start passes."""
    start = problem.start
    if problem.objective == "correct" or start is None:
        return best
    if best.found_by == "start":
        notes.append("nothing quicker was found: this is the start")
        return best
    passes = (e for e in fresh if verify(start, (e,), problem.machine).correct)
    lost = sum(not verify(best.program, (e,), problem.machine).correct for e in passes)
    if not lost:
        return best
    notes.append(
        f"a quicker program, by {best.found_by}, fails {lost} held-out inputs that the start "
        "passes: this is the start; more examples may help"
    )
    return Candidate(start, found_by="start")


def _clashes(spec: Spec, examples: Sequence[Example]) -> tuple[int, str]:
    """How many of the examples, and of those held out, contradict another; and the first of it in
    words, empty if there is none."""
    clashes = contradictions((*examples, *spec.holdout))
    if not clashes:
        return 0, ""
    one, other = (
        f"$.examples[{i}]" if (j := i - len(examples)) < 0 else f"$.holdout[{j}]"
        for i in clashes[0]
    )
    return len(clashes), (
        f"{other} contradicts {one}: the same memory before, other words after, so no program "
        f"passes both: mend or remove one ({len(clashes)} such)"
    )
