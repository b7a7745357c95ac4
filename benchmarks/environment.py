"""What a run depends on besides its job: the code, its libraries, the machine."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psutil

__all__ = ["code_path", "describe", "differences", "engine_source", "fingerprint", "source_digest"]

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


def engine_source(engine: str) -> str | None:
    """A digest of what an engine that is none of ours is made of: its file or module; the files
    that a command names, the tool itself among them; or, of a name, all installed plug-ins. None
    for ours, whose code `source_digest` tells. What cannot be found counts as empty: the run will
    say so."""
    from synth.engines import ALIASES, ENGINES
    from synth.engines.external import PREFIX
    from synth.sources import names_code, place_of

    if engine in ENGINES or engine in ALIASES:
        return None
    digest = hashlib.sha256()
    if engine.startswith(PREFIX):
        words = _words(engine.removeprefix(PREFIX))
        files = [shutil.which(word) if i == 0 else word for i, word in enumerate(words)]
    elif names_code(engine):
        place = place_of(engine)
        files = [_module_file(place.name) if place.file is None else str(place.file)]
    else:
        from synth.plugins import GROUP  # with egglog, which takes a moment to load

        points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
        for point in points:
            digest.update(f"{point.name} {point.value} {_release(point)}\0".encode())
        files = [_module_file(point.module) for point in points]
    for file in files:
        with suppress(OSError):
            digest.update(Path(file or os.devnull).read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # a quotation that doesn't end
        return []


def _module_file(name: str) -> str | None:
    try:
        spec = find_spec(name)
    except Exception:  # a package that fails as it is imported: the run will say so
        return None
    return None if spec is None else spec.origin


def _release(point: EntryPoint) -> str:
    return "" if point.dist is None else f"{point.dist.name} {point.dist.version}"


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
