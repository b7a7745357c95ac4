"""What all commands share: how they are made, and how they end."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from bridge.errors import SkeletuneError

__all__ = ["UsageError", "make_app", "run_app"]


class UsageError(SkeletuneError):
    """Arguments that are not valid."""


def make_app(name: str, help: str | None = None) -> App:
    """The command `python -m NAME`; its help is, by default, the docstring of its default."""
    return App(name=f"python -m {name}", help=help, help_format="plaintext", version_flags=())


def run_app(
    app: App, argv: Sequence[str] | None = None, *, interrupted: str = "interrupted"
) -> int:
    """Runs the command; the exit code: what it returned, else 0; 2 after bad input, which gives a
    line on stderr and no traceback; 130 if interrupted, which is said in these words."""
    try:
        result = app(argv, exit_on_error=False, print_error=False, result_action="return_value")
    except (SkeletuneError, CycloptsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(interrupted, file=sys.stderr)
        return 130
    return result if isinstance(result, int) else 0
