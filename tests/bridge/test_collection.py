"""When garbage is looked for."""

import gc
from collections.abc import Generator

import pytest

from bridge.collection import no_collection, uncollected


def steps(seen: list[bool]) -> Generator[int, None, str]:
    for step in range(3):
        seen.append(gc.isenabled())
        yield step
    seen.append(gc.isenabled())
    return "end"


def drained(running: Generator[int, None, str], between: list[bool]) -> tuple[list[int], str]:
    found = list[int]()
    while True:
        try:
            found.append(next(running))
        except StopIteration as end:
            return found, end.value
        between.append(gc.isenabled())


def test_steps_run_without_and_what_is_between_them_with_it() -> None:
    within, between = list[bool](), list[bool]()
    assert drained(uncollected(steps(within)), between) == ([0, 1, 2], "end")
    assert (within, between) == ([False] * 4, [True] * 3)
    assert gc.isenabled()


def test_who_switched_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with no_collection(), no_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_an_error_or_an_early_end_leaves_it_on() -> None:
    with pytest.raises(ZeroDivisionError), no_collection():
        raise ZeroDivisionError
    assert gc.isenabled()
    running = uncollected(steps([]))
    next(running)
    running.close()
    assert gc.isenabled()
