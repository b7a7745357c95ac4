"""What cannot work here is left out; nothing that was found is lost by it."""

from __future__ import annotations

import os
import resource
import tempfile
from pathlib import Path

import jax
import msgspec
import pytest

from backend.runtime import prepare
from bridge import parse_program
from bridge.errors import SkeletuneError
from synth.child import Child, temporary_folder
from synth.driver import Driver
from synth.engines import Candidate, Ladder, Rung, Spent, Work
from synth.engines.ready import CannotRunError, check_device
from synth.problem import resolve
from tests.cases import TABLE1

TASK = TABLE1["map_inc"]
CLOSE = parse_program("read 1 2\ninc 2 2\nwrite 1 2")


def drive(engine) -> Driver:
    budget = msgspec.structs.replace(TASK.spec.search, seconds=1_000.0)
    driver = Driver(resolve(TASK.spec), engine, budget, 0)
    driver.run()
    return driver


class NotReady:
    name = "choosy"

    def ready(self):
        raise CannotRunError("no device")

    def __call__(self, problem, budget, seed):
        raise AssertionError


def shipped(engine):
    """The engine, as if it were ours: of users' engines errors are told otherwise."""
    engine.__module__ = "synth.engines.made_up"
    return engine


def fails(error):
    def broken(problem, budget, seed):
        yield Spent("broken", Work(programs=1))
        raise error

    return shipped(broken)


def near(problem, budget, seed):
    yield Candidate(CLOSE)


ERRORS = {
    "No space left on device": OSError(28, "No space left on device"),
    "/x: Read-only file system": OSError(30, "Read-only file system", "/x"),
    "out of memory": MemoryError(),
    "RuntimeError: can't start new thread": RuntimeError("can't start new thread\nand more"),
    "ModuleNotFoundError: No module named 'numba'": ModuleNotFoundError("No module named 'numba'"),
}


@pytest.mark.parametrize("says", ERRORS)
def test_a_rung_that_cannot_work_is_left_out(says):
    driver = drive(Ladder(correct=(Rung(NotReady()), Rung(fails(ERRORS[says])), Rung(near))))
    assert driver.best is not None
    assert driver.notes == ["choosy was left out: no device", f"broken was left out: {says}"]


def test_where_nothing_can_work_that_is_an_error():
    with pytest.raises(CannotRunError, match=r"nothing can work here: broken.*out of memory"):
        drive(Ladder(correct=(Rung(NotReady()), Rung(fails(MemoryError())))))


@pytest.mark.parametrize("says", ERRORS)
def test_what_was_found_before_a_failure_is_kept(says):
    def engine(problem, budget, seed):
        yield Candidate(CLOSE)
        raise ERRORS[says]

    driver = drive(shipped(engine))
    assert driver.best is not None
    assert driver.notes == [f"engine could not go on: {says}"]
    with pytest.raises(CannotRunError, match="broken could not go on"):
        drive(fails(ERRORS[says]))


def test_a_fault_of_the_engine_is_none_of_the_environment():
    with pytest.raises(ZeroDivisionError):
        drive(fails(ZeroDivisionError()))


def test_with_little_address_space_jax_is_not_begun(monkeypatch):
    """XLA would abort the process, and lose what was found."""
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (1 << 30, -1))
    with pytest.raises(CannotRunError, match=r"2 GiB of address space, and the limit is 1\.0"):
        check_device()
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (-1, -1))
    check_device()


@pytest.fixture
def no_temporary_folder(monkeypatch):
    def none():
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", none)
    monkeypatch.setattr(tempfile, "tempdir", None)


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="no files in memory on this system")
@pytest.mark.usefixtures("no_temporary_folder")
def test_without_a_temporary_folder_output_is_kept_in_memory():
    with Child(["sh", "-c", "echo seen; echo said >&2"]) as child:
        assert child.ended(600)
        assert (child.stdout(), child.stderr()) == ("seen\n", "said\n")


@pytest.mark.usefixtures("no_temporary_folder")
def test_who_needs_a_temporary_folder_says_so():
    with pytest.raises(SkeletuneError, match="set TMPDIR"), temporary_folder():
        pass


def test_without_a_home_jax_keeps_nothing(monkeypatch):
    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nobody)
    chosen = jax.config.values["jax_compilation_cache_dir"]
    jax.config.update("jax_compilation_cache_dir", None)
    try:
        assert prepare().size >= 1
        assert jax.config.values["jax_compilation_cache_dir"] is None
    finally:
        jax.config.update("jax_compilation_cache_dir", chosen)
