"""Work during which garbage is not looked for."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["no_collection", "uncollected"]

_Step = TypeVar("_Step")
_Result = TypeVar("_Result")


@contextmanager
def no_collection() -> Generator[None]:
    """Garbage is not looked for: where many objects are made that stay, there is none, and to look
    takes up to two thirds of the time. It holds for all threads, as long as it lasts."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def uncollected(steps: Generator[_Step, None, _Result]) -> Generator[_Step, None, _Result]:
    """The same steps, during each of which garbage is not looked for; between them it is."""
    while True:
        with no_collection():
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
        yield step
