"""What all commands of the benchmarks share."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import Annotated, Final

from cyclopts import Parameter

from synth import command
from synth.command import UsageError, make_app

__all__ = ["Seeds", "UsageError", "check_engines", "check_known", "check_positive", "make_app",
           "run_app", "seed_range"]  # fmt: skip

Seeds = Annotated[str, Parameter(help="FROM:TO, without TO.")]
"""An option `--seeds`; see `seed_range`."""

MOST_SEEDS: Final = 100_000

run_app = partial(command.run_app, interrupted="interrupted: the same command goes on from here")
"""As `synth.command.run_app`."""


def seed_range(text: str, option: str = "seeds") -> range:
    """The seeds FROM … TO − 1 of `FROM:TO`, at most `MOST_SEEDS`; of a number, only this one.
    Raises UsageError."""
    low, colon, high = text.partition(":")
    try:
        found = range(int(low), int(high)) if colon else range(int(low), int(low) + 1)
    except ValueError:
        found = range(0)
    if not found or found[0] < 0:
        raise UsageError(f"--{option} {text}: expected FROM:TO, such as 0:10")
    if len(found) > MOST_SEEDS:
        raise UsageError(f"--{option} {text}: give at most {MOST_SEEDS:,}")
    return found


def check_positive(**options: float) -> None:
    """Raises UsageError unless all are above 0, and finite."""
    for name, value in options.items():
        if not 0 < value < float("inf"):
            raise UsageError(f"--{name} {value:g}: give a number above 0")


def check_known(option: str, given: Iterable[str], known: Collection[str]) -> None:
    """Raises UsageError if something is given that there is not."""
    for name in given:
        if name not in known:
            raise UsageError(f"--{option} {name}: choose from {', '.join(known)}")


def check_engines(engines: Iterable[str]) -> None:
    """Raises EngineError where one is not the name of an engine. What files, modules and commands
    are good for a run says."""
    from synth.named_engines import engine_named
    from synth.sources import names_code

    for name in engines:
        if not names_code(name):
            engine_named(name)
