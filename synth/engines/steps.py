"""Adaptation: a correct program to one that is still correct on the examples, in fewer steps.

A ladder, each rung from the best programs so far: the start's straight line rewritten with what
all examples have in common; a few lines edited; other programs enumerated; the efficiency loss
(eqs. 11-12) descended. A quarter of the examples is kept back from all of it: fresh inputs of the
same distribution, which a shortened program must pass, too, before it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, combinations, islice
from typing import TYPE_CHECKING, Final, TypeGuard

import numpy as np

from bridge import Program, SpecError, parse_program, verify
from bridge.lowering.tidy import drop_unreachable
from bridge.spec import Example, Spec
from bridge.term import Term
from synth.run import Answer, Run

if TYPE_CHECKING:
    from synth.engines.ladder import Engine

__all__ = ["RUNGS", "adapt", "check_start", "start_steps"]

RUNGS: Final = {
    "both": ("rewriting", "edits", "enumeration", "edits", "tuning", "edits"),
    "edits": ("edits",),
    "enumeration": ("enumeration",),
    "tuning": ("tuning",),
}
"""Which rungs, in order, an engine of that name climbs."""

VARIANTS: Final = 256
"""Equals of the straight line, from the e-graph, that are lowered."""
SUBSETS: Final = 4
"""Of how many known cells that it reads each subset is made use of: a constant may take more
instructions than reading it does."""
ENUMERATED: Final = 1_000_000
"""Terms that are enumerated, and on how many examples: all others are for `Ladder.offer`."""
SHOWN: Final = 12
EDITED: Final = 20_000_000
"""Programs a few lines away that are executed without a shorter one among them."""
RESTARTS: Final = 8
"""Restarts of tuning, of the best program and of the start each."""


def check_start(spec: Spec) -> None:
    """Raises SpecError unless the spec has a program to adapt that is correct on the examples."""
    if not isinstance(spec.start, str):
        raise SpecError(
            "$.objective: 'steps' adapts a correct program: add one, as assembly, under $.start"
        )
    if isinstance(spec.sketch, str):
        raise SpecError("$.sketch: with $.objective 'steps' there is nothing to fill: leave it out")
    start = parse_program(spec.start, "$.start")
    for i, example in enumerate(spec.examples):
        if not verify(start, (example,), spec.machine).correct:
            raise SpecError(
                f"$.start: fails $.examples[{i}]: mend it, or set $.objective to 'correct' to "
                "have it repaired"
            )


def start_steps(spec: Spec) -> tuple[int, ...]:
    """The steps of the program to adapt on all examples and held-out inputs; none if few steps
    are not the objective."""
    if spec.objective != "steps" or not isinstance(spec.start, str):
        return ()
    every = (*spec.examples, *spec.holdout)
    return verify(parse_program(spec.start), every, spec.machine).steps


def adapt(run: Run, engine: Engine) -> Answer | None:
    """Climbs the engine's rungs from the spec's start; the best program, never worse than it. Any
    other engine searches as ever, and the quicker of the start and its answer counts. The spec
    must have passed `check_start`."""
    ladder = Ladder(run)
    if engine.name not in RUNGS:
        engine.search(run)
        run.notes.append(
            f"{engine.name} looks for a correct program, not for a quick one: "
            f"{', '.join(RUNGS)} adapt"
        )
        return None if run.best is None else run.best[0]
    rungs: dict[str, Callable[[], None]] = {
        "rewriting": ladder.rewrite,
        "edits": ladder.edit,
        "enumeration": ladder.enumerate,
        "tuning": ladder.tune,
    }
    for done, name in enumerate(RUNGS[engine.name]):
        if done < run.saved.get("rungs_done", 0):
            continue
        if not run.stopped():
            rungs[name]()
        if run.stopped():
            run.notes.append(f"cut short at {name}: there may be quicker programs")
            break
        run.save(rungs_done=done + 1)
    run.notes.append(ladder.account())
    return None if run.best is None else run.best[0]


@dataclass
class Ladder:
    """What the rungs share: the correct programs so far, and what they are held to."""

    run: Run
    shown: tuple[Example, ...] = ()
    """The examples that the rungs search with."""
    kept: tuple[Example, ...] = ()
    """Those that are kept back."""
    pool: dict[Program, int] = field(default_factory=dict)
    """Correct programs, and the steps that they take on all examples."""
    refused: set[Program] = field(default_factory=set)
    """Programs that pass what is shown, but not what is kept back."""
    settled: set[Program] = field(default_factory=set)
    """Programs whose edits were tried."""

    def __post_init__(self) -> None:
        examples = self.run.spec.examples
        order = np.random.default_rng(self.run.seed).permutation(len(examples))
        few = len(examples) // 4
        self.kept = tuple(examples[i] for i in sorted(order[:few]))
        self.shown = tuple(examples[i] for i in sorted(order[few:]))
        start = self.run.spec.start
        assert isinstance(start, str)
        self.start = parse_program(start)
        self.offer("start", self.start)
        if self.run.best is not None:  # of the run that goes on
            self.offer(self.run.best[0].found_by, self.run.best[0].program)

    @property
    def best(self) -> list[Program]:
        """The correct programs, the quickest first."""
        return sorted(self.pool, key=lambda p: (self.pool[p], len(p)))

    def offer(self, found_by: str, program: Program, term: Term | None = None) -> bool:
        """Executes a program on all examples. Whether it is correct, and quicker than all."""
        machine = self.run.spec.machine
        program = drop_unreachable(program) if found_by != "start" else program
        if program in self.pool or program in self.refused or len(program) > machine.lines:
            return False
        if not verify(program, self.shown, machine).correct:
            return False
        if not verify(program, self.kept, machine).correct:
            self.refused.add(program)
            return False
        before = min(self.pool.values(), default=None)
        self.pool[program] = sum(verify(program, self.run.spec.examples, machine).steps)
        skeleton = None if found_by == "start" or term is not None else self.start
        self.run.offer(Answer(found_by, program, term, skeleton))
        return before is None or self.pool[program] < before

    def account(self) -> str:
        """What the answer was checked on."""
        if not self.kept:
            return "too few examples to keep any back: no fresh inputs but what is held out"
        return (
            f"checked on {len(self.kept)} examples kept back from the search, which refuted "
            f"{len(self.refused)} programs"
        )

    # ------------------------------------------------------------ rungs

    def rewrite(self) -> None:
        """The start, if it goes the same way on all examples, as a term: with what they have in
        common, and what the e-graph knows to be equal."""
        from bridge.lowering.straighten import straighten

        run, machine = self.run, self.run.spec.machine
        run.count("rewriting")
        if any(bank == "registers" for e in self.shown for bank, _, _ in e.cells()):
            return  # a lifted term keeps the memory alone
        straight = straighten(self.start, (e.memory for e in self.shown), machine)
        if straight is None:
            return
        terms = list(dict.fromkeys(self._lifted(straight)))
        for term in terms:
            if (program := run.lower(term)) is not None:
                self.offer("rewriting", program, term)
        self._saturate(terms)

    def _lifted(self, straight: Program) -> Iterator[Term]:
        """The straight line as terms: with no fact, with some, with all."""
        from bridge.lowering.lift import Facts, common_facts, lift

        words = self.run.spec.machine.words
        facts = common_facts(self.shown, words)
        read = {t.args[0] for t in lift(straight, words).subterms() if _is_load(t)}
        known = [a for a in facts.words if a in read][:SUBSETS]
        rest = {a: word for a, word in facts.words.items() if a not in known}
        for fold in (True, False):
            yield lift(straight, words, fold=fold)
            for some in chain(*(combinations(known, n) for n in range(len(known) + 1))):
                chosen = rest | {a: facts.words[a] for a in some}
                yield lift(straight, words, Facts(chosen, facts.equals), fold=fold)

    def _saturate(self, terms: list[Term]) -> None:
        """The equals of those that lower to the fewest lines."""
        run = self.run
        programs = [(run.lower(t), t) for t in terms]
        least = sorted((len(p), i) for i, (p, _) in enumerate(programs) if p is not None)
        if not least or run.stopped():
            return
        from synth.egraph.skeletons import skeletons
        from synth.egraph.worker import Worker

        with Worker(run.stopped) as worker:
            variants = skeletons(
                [terms[i] for _, i in least[:2]], run.spec.machine.words, run.lower,
                rulesets=run.rulesets, padding=0, nodes=run.budget.nodes,
                memory=run.budget.memory, worker=worker,
            )  # fmt: skip
            for variant in islice(variants, VARIANTS):
                if run.stopped():
                    return
                self.offer("rewriting", variant.program, variant.term)

    def edit(self) -> None:
        """Edits of the quickest program and of the start that take fewer steps; then those of what
        was found, until none does."""
        from bridge.batch import encode_examples
        from synth.discrete.shorten import shorten

        run = self.run
        tests = encode_examples(self.shown, run.spec.machine)
        for program in dict.fromkeys([self.best[0], self.start]):
            while program is not None and program not in self.settled and not run.stopped():
                before = run.stats.programs

                def report(executed: int, before: int = before) -> None:
                    run.count("edits", programs=before + executed)

                shorter = shorten(
                    program, tests, run.spec.machine, budget=EDITED, stop=run.stopped,
                    report=report,
                )  # fmt: skip
                found = next((p for p in shorter if self._is_quicker(p, program)), None)
                if not run.stopped():
                    self.settled.add(program)
                program = found

    def _is_quicker(self, program: Program, than: Program) -> bool:
        """Offers it. Whether it is correct, and takes fewer steps than the other."""
        self.offer("edits", program)
        return program in self.pool and self.pool[program] < self.pool[than]

    def enumerate(self) -> None:
        """Programs of the language that are right, whatever the start does."""
        from synth.enumeration.search import Enumeration

        run = self.run
        most = min(ENUMERATED, run.budget.terms)
        enumeration = Enumeration(self.shown[:SHOWN], run.spec.machine, most)
        for term in enumeration.programs():
            run.count("enumeration", terms=enumeration.terms, states=enumeration.states)
            if run.stopped():
                return
            for program in run.lowerings(term) if term is not None else ():
                self.offer("enumeration", program, term)

    def tune(self) -> None:
        """Descends from the quickest program and from the start."""
        run, before = self.run, self.run.stats
        if run.seconds > run.budget.seconds / 2:  # to compile it takes long, and can't be cut short
            run.notes.append("not tuned: half of the time was over")
            return
        from backend import tune  # JAX is imported only when tuning starts

        starts = list(dict.fromkeys([self.best[0], self.start]))
        restarts = min(RESTARTS, run.budget.restarts // len(starts))
        if not restarts:
            return
        run.count("tuning", skeletons=before.skeletons + len(starts))
        result = tune(
            starts, self.shown, run.spec.machine, restarts=restarts, seed=run.seed,
            objective="steps", stop=run.stopped, report=lambda progress: run.count("tuning"),
        )  # fmt: skip
        run.count(
            "tuning",
            restarts=before.restarts + result.restarts,
            gradient_steps=before.gradient_steps + result.gradients,
            programs=before.programs + result.programs,
            diverged=before.diverged + result.diverged,
            compile_seconds=before.compile_seconds + result.compile_seconds,
        )
        for solved in result.solutions:
            self.offer("tuning", solved.program)


def _is_load(term: object) -> TypeGuard[Term]:
    return isinstance(term, Term) and term.op == "load"
