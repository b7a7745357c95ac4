"""The tasks of the repair benchmark: three of table1, and some classics, as assembly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from benchmarks.suites import ROOT
from benchmarks.suites.inputs import integer
from bridge import Example, Machine, Program, Spec, load_spec, parse_program, verify
from bridge.spec import Expect

__all__ = ["Task", "repair_tasks"]

TABLE1 = ("map_inc", "reduce", "fibonacci")
EXAMPLES, HOLDOUT = 8, 32
Cells = list[int]


@dataclass(frozen=True)
class Task:
    """A spec, and a program that solves it."""

    spec: Spec
    program: Program


@dataclass(frozen=True)
class Classic:
    """What inputs look like, what is right, and a program."""

    draw: Callable[[Random], Cells]
    answer: Callable[[Cells], Cells]
    """These cells -> the first cells of memory afterwards."""
    code: str


def word(random: Random, low: int = 1) -> int:
    return integer(random, low, 11)


def listed(random: Random, low: int = 1, most: int = 5) -> Cells:
    """A list of 1 to `most` words that are not 0, and the 0 behind it."""
    return [*(word(random, low) for _ in range(integer(random, 1, most))), 0]


def pointed(random: Random) -> Cells:
    """k, then five words."""
    return [integer(random, 0, 4), *(word(random, 0) for _ in range(5))]


def with_cells(memory: Cells, at: int, new: Cells) -> Cells:
    """Memory (12 cells) with some replaced."""
    full = [*memory, *[0] * (12 - len(memory))]
    full[at : at + len(new)] = new
    return full


def counted(random: Random) -> Cells:
    """n, then n words."""
    n = integer(random, 1, 6)
    return [n, *(word(random, 0) for _ in range(n))]


CLASSICS: dict[str, Classic] = {
    # a list of known length: each element one more
    "increment": Classic(
        counted,
        lambda m: [m[0], *((x + 1) % 12 for x in m[1:])],
        """
          read 1 2
        loop:
          jump 2 end
          inc 1 1
          read 1 3
          inc 3 3
          write 1 3
          dec 2 2
          jump 4 loop
        end:
          halt""",
    ),
    # the words at the addresses in cells 0 and 1 change places
    "swap": Classic(
        lambda r: [*r.sample(range(2, 8), 2), *(word(r, 0) for _ in range(6))],
        lambda m: [
            *m[:2],
            *({m[0]: m[m[1]], m[1]: m[m[0]]}.get(i, m[i]) for i in range(2, 8)),
        ],
        "read 1 2\n inc 1 1\n read 1 3\n read 2 4\n read 3 5\n write 2 5\n write 3 4\n halt",
    ),
    # a list is copied to cell 6
    "copy": Classic(
        listed,
        lambda m: with_cells(m, 6, m[:-1]),
        """
          inc 3 3
          add 3 3 4
          add 4 3 3
          add 3 3 3
        loop:
          read 1 2
          jump 2 end
          write 3 2
          inc 1 1
          inc 3 3
          jump 5 loop
        end:
          halt""",
    ),
    # a list is written backwards from cell 11 down
    "reverse": Classic(
        listed,
        lambda m: with_cells(m, 12 - len(m[:-1]), m[-2::-1]),
        """
        loop:
          read 1 2
          jump 2 end
          dec 3 3
          write 3 2
          inc 1 1
          jump 4 loop
        end:
          halt""",
    ),
    # the k-th of five words goes to cell 0
    "list_k": Classic(
        pointed,
        lambda m: [m[1 + m[0]], *m[1:]],
        """
          read 1 2
          inc 1 3
        loop:
          jump 2 found
          inc 3 3
          dec 2 2
          jump 1 loop
        found:
          read 3 4
          write 1 4
          halt""",
    ),
    # the sum of cells 0 and 1 goes to cell 0, one by one
    "addition": Classic(
        lambda r: [integer(r, 0, 5), integer(r, 0, 6)],
        lambda m: [m[0] + m[1]],
        """
          read 1 2
          inc 3 3
          read 3 4
          zero 3
        loop:
          jump 4 end
          inc 2 2
          dec 4 4
          jump 3 loop
        end:
          write 1 2
          halt""",
    ),
    # the greatest of a list goes to its end
    "list_max": Classic(
        listed,
        lambda m: [*m[:-1], max(m)],
        """
        loop:
          read 1 2
          jump 2 end
          max 2 3 3
          inc 1 1
          jump 4 loop
        end:
          write 1 3
          halt""",
    ),
}


def repair_tasks() -> list[Task]:
    """All tasks. The references pass: it is checked."""
    tasks = []
    for name in TABLE1:
        path = ROOT / "table1" / f"{name}.json"
        tasks.append(Task(load_spec(path), parse_program(path.with_suffix(".asm").read_text())))
    tasks += [_classic(name, classic) for name, classic in CLASSICS.items()]
    for task in tasks:
        every = (*task.spec.examples, *task.spec.holdout)
        assert verify(task.program, every, task.spec.machine).correct, task.spec.name
    return tasks


def _classic(name: str, classic: Classic) -> Task:
    random = Random(f"repair/{name}")
    machine = Machine(words=12, registers=6, lines=16, steps=128)
    drawn: dict[tuple[int, ...], Example] = {}
    while len(drawn) < EXAMPLES + HOLDOUT:
        memory = classic.draw(random)
        expect = Expect(memory=tuple(classic.answer(memory)))
        drawn.setdefault(tuple(memory), Example(memory=tuple(memory), expect=expect))
    every = tuple(drawn.values())
    spec = Spec(name=name, machine=machine, examples=every[:EXAMPLES], holdout=every[EXAMPLES:])
    return Task(spec, parse_program(classic.code))
