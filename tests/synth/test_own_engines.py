"""Engines by module and file; every error that a user can make, with its exact text."""

from __future__ import annotations

import pytest

from bridge.errors import SkeletuneError
from synth.engines.apart import ApartEngine
from synth.named_engines import engine_named
from synth.plugins import load_engine


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


ENGINE = """
from dataclasses import dataclass

@dataclass(frozen=True)
class Mine:
    name: str = "mine"

    def __call__(self, problem, budget, seed):
        return iter(())
"""


NO_ENGINE = (
    "mine.py: mine is no engine: make it a function (problem, budget, seed) that yields events "
    "(see synth.engines.base)"
)


def test_engines_by_module_and_by_file(file):
    path = file(ENGINE + "mine = Mine()\n", "engine.py")
    assert load_engine(f"{path}:mine").name == "mine"
    found = engine_named(path)  # the only one in the file
    assert isinstance(found, ApartEngine)
    assert found.engine is load_engine(f"{path}:mine")
    assert found.name == "mine"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mine = Mine\n", "mine.py: mine is a class: give an engine, made by Mine()"),
        ("mine = 3\n", NO_ENGINE),
        ("mine = lambda run: None\n", NO_ENGINE),
        ("mine = Mine('both')\n", "mine.py: engine both exists already (shipped): rename one"),
        ("def edits(problem, budget, seed): ...\nmine = edits\n",
         "mine.py: engine edits exists already (shipped): rename one"),
        ("other = Mine('x')\n", "mine.py: has no mine: there is mine.py:other"),
        ("", "mine.py: has no mine: there is no engine in it"),
        ("1 / 0\n", "mine.py: line 10: ZeroDivisionError: division by zero"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_engine_is_said_at_load_time(file, text, message):
    path = file(ENGINE + text)
    with pytest.raises(SkeletuneError) as caught:
        engine_named(f"{path}:mine")
    assert str(caught.value).replace(path, "mine.py") == message


def test_engines_that_do_not_exist(file):
    for source, message in (
        ("/nowhere/mine.py:e", "/nowhere/mine.py: no such file"),
        ("synth.nowhere:e", "synth.nowhere: no such module: is it installed?"),
    ):
        with pytest.raises(SkeletuneError) as caught:
            engine_named(source)
        assert str(caught.value) == message
    path = file(ENGINE + "one, two = Mine('a'), Mine('b')\n")
    with pytest.raises(SkeletuneError) as caught:
        engine_named(path)
    assert str(caught.value) == f"{path}: say which engine: there is {path}:one, {path}:two"
