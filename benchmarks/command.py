"""What all commands of the benchmarks share: how they are made, what they take and how they end."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from bridge import SkeletuneError

__all__ = ["Seeds", "UsageError", "check_known", "check_positive", "make_app", "run_app",
           "seed_range"]  # fmt: skip

Seeds = Annotated[str, Parameter(help="FROM:TO, without TO.")]
"""An option `--seeds`; see `seed_range`."""


class UsageError(SkeletuneError):
    """Arguments that are not valid."""


def make_app(name: str) -> App:
    """The command `python -m NAME`; its help is the docstring of its default."""
    return App(name=f"python -m {name}", help_format="plaintext", version_flags=())


def run_app(app: App, argv: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code: what it returned, else 0; 2 after bad input, which gives a
    line on stderr and no traceback; 130 if interrupted. What was measured until then stays."""
    try:
        result = app(argv, exit_on_error=False, print_error=False, result_action="return_value")
    except (SkeletuneError, CycloptsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: the same command goes on from here", file=sys.stderr)
        return 130
    return result if isinstance(result, int) else 0


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
