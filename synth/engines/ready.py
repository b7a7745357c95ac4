"""Whether an engine can work here, and in a line why not: JAX may have no device, numba no folder,
the system no memory, processes or threads left."""

from __future__ import annotations

import functools
import os
import re
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bridge.errors import SkeletuneError, shorten
from synth.child import Child
from synth.engines.base import Candidate, Engine, engine_name

__all__ = ["UNABLE", "CannotRunError", "check_device", "check_ready", "reason_of"]
__all__ += ["survived"]

UNABLE: Final = (SkeletuneError, OSError, MemoryError, ImportError, RuntimeError)
"""What is raised where the environment is at fault. (JAX's errors are RuntimeErrors.)"""
CHOICES: Final = ("XLA_FLAGS", "JAX_PLATFORMS", "JAX_PLATFORM_NAME")
"""Variables that may leave JAX without a device. Without them it has the processor."""
ADDRESSES: Final = 2 << 30
"""Bytes of address space: with 1.4 GiB XLA aborted, with 1.9 it tuned."""
START: Final = 60.0
"""Seconds in which JAX must have started."""
_TELLING: Final = re.compile(r"Error: |Unknown|[Cc]annot|[Ff]ailed")
_LOGGED: Final = re.compile(r"^[A-Z]\d{4} [\d:.]+ +\d+ \S+\] |^\w+Error: ")


class CannotRunError(SkeletuneError):
    """An engine that cannot work in this environment."""


def check_ready(engine: Engine) -> None:
    """Raises CannotRunError if it is known that the engine cannot work here. Engines may say so by
    a method `ready`, which raises it."""
    if (ready := getattr(engine, "ready", None)) is not None:
        ready()


def reason_of(error: BaseException) -> str:
    """The error in a line, as a reason."""
    if isinstance(error, SkeletuneError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        place = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
        return f"{place}{error.strerror}"
    if isinstance(error, MemoryError):
        return "out of memory"
    first = next(iter(str(error).splitlines()), "")
    return shorten(f"{type(error).__name__}: {first}".rstrip(": "), 200)


@contextmanager
def survived(
    engine: Engine, notes: list[str], best: Callable[[], Candidate | None]
) -> Iterator[None]:
    """Within it the engine may fail for want of something: where there is a best so far, and more
    than the empty program, that is but a note; else it raises CannotRunError."""
    try:
        yield
    except SkeletuneError:
        raise
    except UNABLE as error:
        said = f"{engine_name(engine)} could not go on: {reason_of(error)}"
        if (found := best()) is None or found.found_by == "empty":
            raise CannotRunError(said) from error
        notes.append(said)


def check_device() -> None:
    """Raises CannotRunError unless JAX can compute here; asks it only where something was chosen
    that it may not have."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if 0 <= limit < ADDRESSES:  # it would abort
        raise CannotRunError(
            f"JAX takes {ADDRESSES >> 30} GiB of address space, and the limit is "
            f"{limit / 2**30:.1f}: raise ulimit -v"
        )
    chosen = {name: value for name in CHOICES if (value := os.environ.get(name))}
    if chosen and (reason := _device_missing(tuple(chosen.items()))):
        given = ", ".join(f"{name}={value}" for name, value in chosen.items())
        raise CannotRunError(
            f"JAX has no device to compute on: {reason} ({shorten(given, 120)}): unset "
            f"{' and '.join(chosen)}"
        )


@functools.cache
def _device_missing(chosen: tuple[tuple[str, str], ...]) -> str:
    """Why JAX has no device where these variables are set, or nothing. Asked in a process of its
    own: XLA aborts on flags that it doesn't know."""
    quiet = os.environ | {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    with Child([sys.executable, "-c", "import jax; jax.devices()"], env=quiet) as child:
        if not child.ended(START):
            return f"it did not start within {START:g} s"
        if child.code == 0:
            return ""
        said = [line for line in child.stderr().splitlines() if line.strip()]
        telling = [line for line in said if _TELLING.search(line)]
        last = telling[-1] if telling else "none of those that were chosen"
        return shorten(_LOGGED.sub("", last).strip(), 160)
