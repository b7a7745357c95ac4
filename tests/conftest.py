"""What all tests share: shapes checked as annotated; how many cases are tried; no network."""

from __future__ import annotations

import functools
import inspect
import os
import re
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import jaxtyping
import pytest
from beartype import beartype
from hypothesis import settings
from jaxtyping import config, install_import_hook

ROOT = Path(__file__).parent.parent


# Not what numba compiles, which takes no wrappers; nor programs, which are made in strategies:
# beartype looks at an item at random, and Hypothesis allows no random numbers but its own.
UNCHECKED = ("numba", "bridge.kernel", "class Program")


def modules_with_shapes() -> list[str]:
    """Those whose annotations say shapes."""
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in ("bridge", "backend", "synth")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "from jaxtyping import" in (text := path.read_text())
        and not any(mark in text for mark in UNCHECKED)
    ]


def shaped(value: object) -> bool:
    """Whether a name stands for a type of jaxtyping's, or for what was made of one."""
    own = getattr(value, "__module__", None) or ""
    return (
        own.startswith("jaxtyping")
        or type(value).__module__.startswith("jaxtyping")
        or any(map(shaped, get_args(value)))
    )


def says_shapes(function: Callable) -> bool:
    """Whether an annotation of its arguments or of what it returns has shapes."""
    words = set(re.findall(r"\w+", " ".join(map(str, function.__annotations__.values()))))
    return any(shaped(function.__globals__.get(word)) for word in words)


def checked(function: object = None, *, typechecker: object):
    """What the hook below puts on each function, for jaxtyping's `jaxtyped`, which binds the
    arguments of every call and checks them twice: a third of the time of deduction's tests.
    Checked once they are here, in a context of their own where they have shapes: one of five."""
    if function is None:
        return functools.partial(checked, typechecker=typechecker)
    if (
        not inspect.isfunction(function)
        or inspect.isgeneratorfunction(function)
        or function.__name__ == "__new__"
        or function.__module__.startswith("backend")  # few calls, and optax's recursive types
    ):
        return jaxtyped(function, typechecker=typechecker)
    typed = beartype(function)
    has_shapes = says_shapes(function)

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        if config.jaxtyping_disable:
            return function(*args, **kwargs)
        if not has_shapes:
            return typed(*args, **kwargs)
        with jaxtyped("context"):
            return typed(*args, **kwargs)

    return wrapped


jaxtyped = jaxtyping.jaxtyped
jaxtyping.jaxtyped = checked
install_import_hook(modules_with_shapes(), "beartype.beartype")

# What JAX compiles is kept for all workers, the processes that tests start, and the next run.
for name, value in {
    "JAX_COMPILATION_CACHE_DIR": str(ROOT / ".pytest_cache" / "jax"),
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.1",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}.items():
    os.environ.setdefault(name, value)

# In the background a shell has Ctrl-C ignored, and nohup that the terminal is gone: not here, nor
# in the processes that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
settings.register_profile("dev", max_examples=60, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Connecting to another machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address):
        local = self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1", "localhost")
        if not local:
            raise OSError(f"a test must not use the network: {address}")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True, scope="module")
def no_growth():
    """What JAX compiled for a file of tests goes when these have ended: no worker holds the
    programs of all, which are gigabytes; what other files share is read from the disk."""
    yield
    if "jax" in sys.modules:
        sys.modules["jax"].clear_caches()


@pytest.fixture
def unchecked_shapes(monkeypatch):
    """Shapes are not checked as annotated: what users have, who run without."""
    monkeypatch.setattr(config, "jaxtyping_disable", True)
