"""What a run depends on besides its job: the code, its libraries, the machine."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psutil

__all__ = ["code_path", "describe", "differences", "fingerprint", "source_digest"]

PACKAGES: Final = ("bridge", "backend", "synth")
"""Those whose code a run's outcome depends on."""
LIBRARIES: Final = ("numpy", "numba", "jax", "jaxlib", "equinox", "optax", "egglog", "python-sat")


@functools.cache
def describe() -> dict[str, Any]:
    """Versions and machine, as plain values. `source` is a digest of all the code that searches:
    two checkouts with the same digest give the same answers at the same budget of work."""
    return {
        "skeletune": _version("skeletune"),
        "source": source_digest(),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "device": _device(),
    }


def fingerprint(environment: dict[str, Any]) -> str:
    """One word for an environment: equal iff the environments are."""
    return hashlib.sha256(json.dumps(environment, sort_keys=True).encode()).hexdigest()[:16]


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What differs, each as `name: one, other`."""
    names = sorted({*one, *other})
    return [f"{n}: {one.get(n)}, {other.get(n)}" for n in names if one.get(n) != other.get(n)]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def source_digest() -> str:
    """A digest of the code that searches, as it is on the disk now."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        folder = _folder(package)
        for path in sorted(folder.rglob("*.py")):
            digest.update(f"{package}/{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def code_path() -> list[str]:
    """The folders to import that code from. On a node of a cluster each package has its own."""
    return list(dict.fromkeys(str(_folder(package).parent) for package in PACKAGES))


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None  # it is imported by this one
    assert spec.origin is not None
    return Path(spec.origin).parent


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((x.partition(": ")[2] for x in lines if x.startswith("model name")), "unknown")


def _device() -> str:
    """What JAX computes on; asked in a process of its own, for JAX takes hold of memory."""
    if not entry_points(group="jax_plugins"):
        return "cpu"
    ask = "import jax; print(jax.devices()[0].device_kind)"
    found = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
