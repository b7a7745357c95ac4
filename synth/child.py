"""A command in a session of its own, watched: whatever it started dies with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from bridge.errors import SkeletuneError

__all__ = ["Child", "kill_children", "temporary_folder"]

_running: set[Child] = set()


class Child(contextlib.AbstractContextManager["Child"]):
    """A running command without input, whose output is kept in files, or, if it is `shown`, goes
    to our stderr; killed at the end of the context. Raises OSError if it cannot be started."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        shown: bool = False,
    ) -> None:
        self._out, self._err = _nameless_file(), _nameless_file()
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=2 if shown else self._out,
                stderr=2 if shown else self._err, env=env, pass_fds=pass_fds,
                start_new_session=True,
            )  # fmt: skip
        except BaseException:
            self._close()
            raise
        _running.add(self)

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code, −N if signal N killed it; None while it runs."""
        return self._process.poll()

    def ended(self, seconds: float = 0.0) -> bool:
        """Whether it has ended, after waiting so long at most."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode is not None

    def resident(self) -> int:
        """Bytes resident in it and all that it started."""
        import psutil

        total = 0
        for process in self._family():
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
        return total

    def kill(self) -> None:
        """Ends it, what it started, and what of its group outlived it."""
        import psutil

        family = self._family()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(family, timeout=5)
        self._process.wait()

    def close(self) -> None:
        """Kills it and forgets its output."""
        self.kill()
        self._close()
        _running.discard(self)

    def stdout(self) -> str:
        """What it has printed."""
        return _text(self._out)

    def stderr(self, most: int | None = None) -> str:
        """What it has said; its last `most` bytes, if given."""
        return _text(self._err, most)

    def _family(self) -> list:
        import psutil

        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self.pid)
            return [root, *root.children(recursive=True)]
        return []

    def _close(self) -> None:
        self._out.close()
        self._err.close()


def kill_children() -> None:
    """Kills all that run."""
    for child in [*_running]:
        with contextlib.suppress(OSError):
            child.kill()


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that goes with the context. Raises SkeletuneError where there is no place for it."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="skeletune-")
    except OSError as error:
        raise SkeletuneError(
            f"no folder for temporary files: {error.strerror}: set TMPDIR to one that can be "
            "written"
        ) from None
    with folder as name:
        yield Path(name)


def _nameless_file() -> IO[bytes]:
    """A file for a while: in memory where no folder for it can be written."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        if not hasattr(os, "memfd_create"):
            raise
        return open(os.memfd_create("output"), "w+b")


def _text(file, most: int | None = None) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(0 if most is None else max(0, size - most))
    return file.read().decode(errors="replace")
