"""A connection to a Ray cluster."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bridge import SkeletuneError
from bridge.errors import shorten
from synth.child import temporary_folder

__all__ = ["ExecutorError", "check_address", "connected", "load_ray"]


_ROOT: Final = Path(__file__).parents[2]
_COMPILED: Final = shutil.ignore_patterns("__pycache__")


class ExecutorError(SkeletuneError):
    """Work that cannot be done where it should be."""


def load_ray() -> Any:
    """Ray's module. Raises ExecutorError where it is not installed."""
    try:
        import ray  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise ExecutorError(
            "--executor ray: Ray is not installed: pip install 'skeletune[ray]'"
        ) from None
    return ray


@contextmanager
def connected(ray: Any, address: str | None, code: Sequence[str]) -> Iterator[None]:
    """Connected to the cluster, these packages being brought to every node; to one that is started
    on this machine, where there is no address. Raises ExecutorError where nobody answers."""
    began = not ray.is_initialized()
    if began:
        check_address(address)
        with temporary_folder() as folder:  # packages stand beside each other (synth.neighbours)
            for package in code:
                shutil.copytree(_ROOT / package, folder / package, ignore=_COMPILED)
            try:
                ray.init(
                    address=address,
                    runtime_env={"working_dir": str(folder)} if code else None,
                    log_to_driver=False,
                    logging_level="ERROR",
                )
            except ConnectionError as e:
                raise ExecutorError(f"--address {address}: no Ray cluster there: {e}") from None
    try:
        yield
    finally:
        if began:
            ray.shutdown()


def check_address(address: str | None) -> None:
    """Raises ExecutorError if nobody answers there: Ray would ask again for minutes."""
    if address == "":
        raise ExecutorError("--address: empty: give HOST:PORT, or leave it out")
    if address in (None, "auto", "local"):  # which Ray knows
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdecimal() or not host:
        raise ExecutorError(f"--address {shorten(str(address))}: no address: give HOST:PORT")
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, UnicodeError) as e:  # a name that is none is a UnicodeError
        why = getattr(e, "strerror", None) or e
        raise ExecutorError(
            f"--address {shorten(str(address))}: no Ray cluster there ({why}): start one with "
            "`ray start --head`"
        ) from None
