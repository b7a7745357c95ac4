"""Suites are found, not listed: every folder here that holds specs (`NAME/*.json`) is one.

A suite also has a README (source, citation, what each task means), what its specs were made
with, and, beside a spec `TASK.json`, a program `TASK.asm` that solves it where one is known.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["ROOT", "find_suites", "format_spec"]

ROOT = Path(__file__).parent


def find_suites(root: Path = ROOT) -> dict[str, list[Path]]:
    """The spec files of each suite under that folder, by the suite's name."""
    found = {folder.name: sorted(folder.glob("*.json")) for folder in sorted(root.iterdir())}
    return {name: specs for name, specs in found.items() if specs}


def format_spec(spec: dict[str, Any]) -> str:
    """The spec as JSON text, one example a line."""
    rows = []
    for key, value in spec.items():
        text = json.dumps(value)
        if key in ("examples", "holdout"):
            text = "[\n" + ",\n".join(f"    {json.dumps(example)}" for example in value) + "\n  ]"
        rows.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(rows) + "\n}\n"
