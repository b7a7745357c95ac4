"""JAX, set up for tuning: compiled code kept on disk, one device per core."""

import os
from pathlib import Path
from typing import Final

import jax
import numpy as np
from jax.sharding import Mesh

from bridge.cores import cores

__all__ = ["AXIS", "prepare"]

AXIS: Final = "chunks"
"""What is spread over devices."""


def prepare() -> Mesh:
    """The devices to tune on, along one axis.

    The first call sets JAX up, unless someone has already: a cache folder that is configured,
    or devices that are in use, stay as they are.
    """
    chosen = jax.config.values["jax_compilation_cache_dir"] is not None
    if not chosen and (folder := _cache_folder()) is not None:
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    try:
        # XLA runs our small products on one core per device. -1: nobody has chosen.
        if jax.config.values["jax_num_cpu_devices"] == -1:
            jax.config.update("jax_num_cpu_devices", cores())
    except RuntimeError:
        pass
    return Mesh(np.array(jax.devices()), (AXIS,))


def _cache_folder() -> Path | None:
    """A folder for compiled code, which can be written; None where there is none: then all is
    compiled each time."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base) / "skeletune" / "jax"
        folder.mkdir(parents=True, exist_ok=True)
        return folder if os.access(folder, os.W_OK) else None
    except (OSError, RuntimeError):  # read-only; nobody's home
        return None
