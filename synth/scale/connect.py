"""A connection to a Ray cluster."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from bridge import SkeletuneError

__all__ = ["ExecutorError", "check_address", "connected", "load_ray"]


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
def connected(ray: Any, address: str | None, code: Sequence[ModuleType]) -> Iterator[None]:
    """Connected to the cluster, with that code brought to every node; to one that is started on
    this machine, where there is no address. Raises ExecutorError where nobody answers."""
    began = not ray.is_initialized()
    if began:
        check_address(address)
        try:
            ray.init(
                address=address,
                runtime_env={"py_modules": [*code]} if code else None,
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
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not port.isdecimal():  # a name that Ray knows, such as auto
        return
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except OSError as e:
        raise ExecutorError(
            f"--address {address}: no Ray cluster there ({e.strerror or e}): start one with "
            "`ray start --head`"
        ) from None
