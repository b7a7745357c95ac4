"""A lock on a run folder: one run at a time writes to it.

The system keeps the lock and lets go of it when its holder ends, however it ends: what a killed run
leaves of the file `lock` bars nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
from pathlib import Path
from typing import IO, Any

from synth.runs.files import RunFolderError

try:
    import fcntl
except ImportError:  # Windows has none: two runs in one folder are the user's to avoid
    fcntl = None

__all__ = ["FolderLock"]


class FolderLock:
    """Held from when it is made until `release`."""

    def __init__(self, folder: Path) -> None:
        """Raises RunFolderError, which names the holder, if another run has the folder; OSError if
        nothing can be written there."""
        self._path = folder / "lock"
        while True:
            self._file = self._path.open("a+b")
            try:
                _lock(self._file)
            except BlockingIOError:
                holder = _holder(self._file)
                self._file.close()
                raise RunFolderError(
                    f"{folder}: in use by {holder}: wait for its end, or choose another --out"
                ) from None
            if self._is_current():
                break
            self._file.close()  # whoever had it has just ended, and removed the file
        started = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        mine = {"pid": os.getpid(), "host": platform.node(), "started": started}
        self._file.truncate(0)
        self._file.write(json.dumps(mine).encode() + b"\n")
        self._file.flush()

    def release(self) -> None:
        """Lets go of the folder; once more does nothing."""
        if not self._file.closed:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self._file.close()

    def _is_current(self) -> bool:
        with contextlib.suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        return False


def _lock(file: IO[bytes]) -> None:
    """Raises BlockingIOError if another has it. A file system without locks locks nothing."""
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return


def _holder(file: IO[bytes]) -> str:
    """Who wrote the file, in words."""
    try:
        file.seek(0)
        known: dict[str, Any] = json.loads(file.read())
        return f"process {known['pid']} on {known['host']} since {known['started']}"
    except (OSError, ValueError, TypeError, KeyError):  # it is just being written
        return "another run"
