"""A task drawn, to be searched, and to be scored on lists of its lengths and on longer ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import msgspec
import numpy as np

from benchmarks.suites.digits.generate import Draw, draw_spec, write_images
from benchmarks.suites.digits.tasks import GRID, TASKS, Task
from bridge import Program, Spec, Verdict
from bridge.loading import convert_spec
from bridge.pictures import PictureTests, check_pictures
from bridge.verify import verify_pictures
from synth.engines import Candidate
from synth.engines.reader import Reader
from synth.perception import perceive

__all__ = ["LONGER", "World", "make_world"]

LONGER: Final = (4, 5, 6, 7, 8)
"""Lengths of held-out lists on which answers are scored, too."""
TRIED: Final = 500
"""Readings on which a program is told from the right one."""


@dataclass(frozen=True)
class World:
    """What is searched, and what answers are held to."""

    name: str
    how: Draw
    spec: Spec
    longer: Spec | None
    """The same held-out pictures in longer lists; None of a grid."""

    @property
    def task(self) -> Task:
        return TASKS[self.name]

    @cached_property
    def program(self) -> Program:
        """One that is right."""
        return self.task.program(self.how.longest(self.task))

    def score(self, program: Program, reader: Reader) -> tuple[Verdict, Verdict | None]:
        """On held-out lists, and on longer ones."""
        candidate = Candidate(program, reader=reader)
        longer = self.longer and perceive(self.longer, candidate, reader)[1]
        return perceive(self.spec, candidate, reader)[1], longer

    def is_right(self, program: Program) -> bool:
        """Whether it does what the task means, on readings of lists like the examples'."""
        draw, machine, task = np.random.default_rng(0), self.spec.machine, self.task
        words = self.spec.images["image"].words
        memory = np.zeros((TRIED, machine.words), np.int64)
        expect = np.zeros((TRIED, machine.words + machine.registers), np.int64)
        checked = np.zeros(expect.shape, bool)
        for i, length in enumerate(np.resize(self.how.lengths or task.lengths, TRIED)):
            shown = draw.choice(words, length).tolist()
            if task.operators:
                shown += draw.integers(1, 10, 3).tolist()
            after = [word % machine.words for word in task.meaning(shown)]
            memory[i, : len(shown)] = shown
            expect[i, : len(after)], checked[i, : len(after)] = after, True
        none = np.full(memory.shape, -1)
        tests = PictureTests(memory, none.astype(np.int8), none.astype(np.int32), expect, checked)
        return verify_pictures(program, tests, [], machine).correct


def make_world(name: str, how: Draw) -> World:
    """Draws the task."""
    grid = TASKS[name].lengths == (GRID,)
    longer = None if grid else _load(name, replace(how, examples=1, held_lengths=LONGER))
    return World(name, how, _load(name, how), longer)


_folder: list[Path] = []


def _load(name: str, how: Draw) -> Spec:
    if not _folder:
        _folder.append(Path(mkdtemp(prefix="skeletune-")))
        write_images(_folder[0])
    spec = msgspec.structs.replace(convert_spec(draw_spec(name, how)), folder=str(_folder[0]))
    check_pictures(spec)
    return spec
