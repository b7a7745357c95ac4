"""What all commands of the benchmarks share."""

from __future__ import annotations

from functools import partial

from synth import command
from synth.command import UsageError, make_app

__all__ = ["UsageError", "make_app", "run_app", "seed_range"]

run_app = partial(command.run_app, interrupted="interrupted: the same command goes on from here")
"""As `synth.command.run_app`."""


def seed_range(text: str) -> range:
    """The seeds FROM … TO − 1 of `FROM:TO`; of a number, only this one. Raises UsageError."""
    low, colon, high = text.partition(":")
    try:
        found = range(int(low), int(high)) if colon else range(int(low), int(low) + 1)
    except ValueError:
        found = range(0)
    if not found or found[0] < 0:
        raise UsageError(f"--seeds {text}: expected FROM:TO, such as 0:10")
    return found
