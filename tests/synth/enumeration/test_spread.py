"""A search that is spread over workers is the search on one machine."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import Example, Machine
from bridge.spec import Expect
from synth.enumeration import layers, spread
from synth.enumeration.search import Enumeration
from synth.enumeration.workers import Worker

MACHINE = Machine(words=12, registers=4, steps=80)
HARD = tuple(
    Example(memory=m, expect=Expect(memory=e))
    for m, e in [((3, 1, 4), (5, 9, 2)), ((7, 2), (1, 8, 3)), ((2, 2, 9, 8), (11, 3, 3, 7))]
)
EASY = tuple(
    Example(memory=m, expect=Expect(memory=e))
    for m, e in [((3, 1, 4), (4, 2, 5)), ((7, 2), (8, 3)), ((2, 2, 9, 8), (3, 3, 10, 9))]
)
TERMS = 25_000


class Here:
    """Workers in this process, which are asked as late as can be, the last first; some of what they
    found is lost."""

    def __init__(self, workers: int, room: int, lost: frozenset[int]) -> None:
        self.workers, self.room, self.lost = workers, room, lost
        self.used = 0
        self.notes = []

    def hire(self, tests, may_fail):
        self.members = [Worker(tests, may_fail) for _ in range(self.workers)]
        self.waiting = [[] for _ in self.members]
        self.found, self.told = {}, []
        self.given = 0
        return self

    def follow(self, statements, made, hashes):
        for waiting in self.waiting:
            waiting.clear()
        arrays = [*statements, made, hashes]
        for array in arrays:  # as if they came over a wire
            array.flags.writeable = False
        self.told += made.tolist()
        for member in self.members:
            member.follow(statements, made, hashes)
            store = member._store  # its states have the search's numbers, whatever it ran
            assert store.made[1 : store.length[0]].tolist() == self.told
        for array in arrays:
            array.flags.writeable = True

    def give(self, chunks):
        which = min(range(self.workers), key=lambda i: len(self.waiting[i]))
        if len(self.waiting[which]) >= self.room:
            return None
        self.given += 1
        self.waiting[which].append((self.given, chunks))
        return self.given

    def take(self, number):
        for member, waiting in reversed([*zip(self.members, self.waiting, strict=True)]):
            for each, chunks in waiting:
                self.found[each] = member.run(chunks)
            waiting.clear()
        self.used += 1
        return None if number % 7 in self.lost else self.found.pop(number)

    def close(self):
        self.members.clear()


def course(enumeration: Enumeration) -> list:
    """All that can be seen of a search, chunk by chunk."""
    seen = []
    for term in enumeration.programs():
        at = enumeration.save()["layers"]
        arrays = [hash(at.pop(name).tobytes()) for name in ("made", "score", "hashes")]
        seen.append((term, *arrays, str(at)))
    return [seen, enumeration.near_misses(20)]


@cache
def alone(examples: tuple[Example, ...], terms: int) -> list:
    return course(Enumeration(examples, MACHINE, terms))


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """So that layers have many chunks, from the first ones on."""
    monkeypatch.setattr(layers, "_CHUNK", 100)
    monkeypatch.setattr(spread, "BATCH", 250)
    monkeypatch.setattr(spread, "WORTH", 2)


@settings(max_examples=5, deadline=None)
@given(
    st.integers(1, 3), st.integers(1, 3), st.frozensets(st.integers(0, 6), max_size=3),
    st.sampled_from([(HARD, TERMS), (HARD, TERMS - 1_234), (EASY, TERMS // 2)]),
)  # fmt: skip
def test_workers_change_nothing(workers, room, lost, search):
    examples, terms = search
    crew = Here(workers, room, lost)
    assert course(Enumeration(examples, MACHINE, terms, executor=crew)) == alone(examples, terms)
    assert crew.used > 5
