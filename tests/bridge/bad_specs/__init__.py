"""Specs that are wrong, each in one way, and what the error must say behind the file's name."""

from __future__ import annotations

from pathlib import Path

from tests.bridge.bad_specs.files import FILES
from tests.bridge.bad_specs.lists import LISTS
from tests.bridge.bad_specs.machines import MACHINES
from tests.bridge.bad_specs.parts import DIRECTORY, Bad
from tests.bridge.bad_specs.searches import SEARCHES

__all__ = ["BAD_SPECS", "write_bad_spec"]

BAD_SPECS: Bad = FILES | MACHINES | LISTS | SEARCHES


def write_bad_spec(name: str, folder: Path) -> Path:
    """Puts it into the folder; where it is, or would be."""
    content, _ = BAD_SPECS[name]
    path = folder / "bad.json"
    if content == DIRECTORY:
        path.mkdir()
    elif isinstance(content, str):
        path.write_text(content)
    elif content is not None:
        path.write_bytes(content)
    return path
