"""What all commands of the benchmarks share: how they are made, what they take and how they end."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from bridge import SkeletuneError

__all__ = ["UsageError", "make_app", "run_app", "seed_range"]


class UsageError(SkeletuneError):
    """Arguments that are not valid."""


def make_app(name: str, help: str) -> App:
    """The command `python -m NAME`."""
    return App(
        name=f"python -m {name}", help=help, help_format="plaintext", version_flags=(),
    )  # fmt: skip


def run_app(app: App, argv: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code: what it returned, else 0; 2 after bad input, which gives a
    line on stderr and no traceback; 130 if interrupted."""
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
