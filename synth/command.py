"""What all commands share: how they are made, what may write to stdout, and how they end."""

from __future__ import annotations

import atexit
import codecs
import contextlib
import functools
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from cyclopts import App, CycloptsError

from bridge.errors import MOST, SkeletuneError, shorten
from synth.release import release

__all__ = ["UNWRITTEN", "UsageError", "make_app", "run_app", "strangers_on_stderr", "write_file"]

UNWRITTEN: Final = 3
"""The exit code where what a command had to write could not be written."""
NOBODY_READS: Final = 141
"""The exit code where stdout was closed by who reads it: as shells have it, 128 + SIGPIPE."""
_PLAIN: Final = {"→": "->", "−": "-", "×": "x", "·": "|", "…": "...", "≤": "<=", "≥": ">="}
"""How signs are written where the encoding lacks them; others as `?`."""


class UsageError(SkeletuneError):
    """Arguments that are not valid."""


def make_app(name: str, help: str | None = None) -> App:
    """The command `python -m NAME`; its help is, by default, the docstring of its default."""
    return App(
        name=f"python -m {name}", help=help, help_format="plaintext", version_flags=("--version",),
        version=lambda: f"skeletune {release()}",
    )  # fmt: skip


def run_app(
    app: App, argv: Sequence[str] | None = None, *, interrupted: str = "interrupted"
) -> int:
    """Runs the command; the exit code: what it returned, else 0; 2 after bad input, which gives a
    line on stderr and no traceback (with --json, also an object on stdout); 3 where it could not
    write; 130 if interrupted, which is said in these words; 141 where nobody reads what it says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ENCODABLE)
    as_json = "--json" in (sys.argv[1:] if argv is None else argv)
    try:
        try:
            result = app(argv, exit_on_error=False, print_error=False, result_action="return_value")
            code = result if isinstance(result, int) else 0
        except (SkeletuneError, CycloptsError) as error:
            code = _say(error, as_json, 2)
        except KeyboardInterrupt:
            code = _say(SkeletuneError(interrupted), as_json, 130, label="")
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        _write_no_more()
        return NOBODY_READS
    except SystemExit as error:
        if not isinstance(error.__context__, BrokenPipeError):
            raise
        _write_no_more()  # rich makes of it an exit with 1, which means a result here
        return NOBODY_READS
    except OSError as error:  # a full disk, a folder that is not there
        _write_no_more()
        place = "stdout" if error.filename is None else os.fsdecode(error.filename)
        said = SkeletuneError(f"cannot be read or written: {error.strerror}", file=place)
        with contextlib.suppress(OSError):
            _say(said, False, UNWRITTEN)
        return UNWRITTEN


def write_file(path: Path, text: str) -> None:
    """Writes the text, whole or not at all; a device, which may be no file of the user's, gets it
    as it is. Raises OSError with that path."""
    in_place = path.exists() and not path.is_file()
    place = path if in_place else Path(os.path.realpath(path))  # a link stays one
    temporary = path if in_place else place.with_name(f"{place.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        if not in_place:
            temporary.replace(place)
    except BaseException as error:
        if not in_place:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):  # nobody gave the other name
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def _say(error: Exception, as_json: bool, code: int, label: str = "error: ") -> int:
    """Says what is wrong, and gives the code back."""
    message = str(error) if isinstance(error, SkeletuneError) else shorten(str(error), MOST)
    print(label + message, file=sys.stderr)
    if as_json:
        parts = {name: getattr(error, name, "") or None for name in ("file", "path", "fix")}
        print(json.dumps({"error": message} | parts))
    return code


def _write_no_more() -> None:
    """What is left to write to stdout is dropped, so that Python doesn't complain at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        sys.stdout.flush()


def _encodable(error: UnicodeError) -> tuple[str | bytes, int]:
    """A codec's error handler: signs that the encoding lacks are written otherwise."""
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign, "?") for sign in lacking), error.end


_ENCODABLE: Final = "skeletune.encodable"
codecs.register_error(_ENCODABLE, _encodable)


@contextlib.contextmanager
def strangers_on_stderr() -> Iterator[None]:
    """Within it all that is printed goes to stderr, by whatever code and process: stdout is for
    results. Users' code may run in it, and whatever that says at its end goes to stderr, too."""
    _flush()
    ours = None
    with contextlib.suppress(OSError):  # closed
        ours = os.dup(1)
        os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        _flush()
        if ours is not None:
            os.dup2(ours, 1)
            os.close(ours)
        _turn_away_at_exit()


@functools.cache
def _turn_away_at_exit() -> None:
    atexit.register(_turn_away)  # before what users' code had registered until now


def _turn_away() -> None:
    _flush()
    sys.stdout = sys.stderr
    with contextlib.suppress(OSError):
        os.dup2(2, 1)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
