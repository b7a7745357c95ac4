"""A hook of mkdocs: what commands and specs take, from the code that takes it.

`<!-- help of MODULE -->` becomes what `python -m MODULE --help` prints, `<!-- fields of a spec -->`
tables of the published schema.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

__all__ = ["on_page_markdown"]

ROOT: Final = Path(__file__).parent.parent
HELP: Final = re.compile(r"^<!-- help of (.*) -->$", re.MULTILINE)
FIELDS: Final = "<!-- fields of a spec -->"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The page, with what its marks ask for."""
    markdown = HELP.sub(_help, markdown)
    return markdown.replace(FIELDS, "\n".join(_fields())) if FIELDS in markdown else markdown


def _help(found: re.Match[str]) -> str:
    given = {**os.environ, "COLUMNS": "90", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", *found[1].split(), "--help"]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=True)
    lines = "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())
    return f"```text\n{lines}\n```"


def _fields() -> Iterator[str]:
    sys.path.insert(0, str(ROOT))
    try:
        from bridge import spec_schema
    finally:
        sys.path.pop(0)
    kinds = spec_schema()["$defs"]
    for name in sorted(kinds, key=lambda kind: kind != "Spec"):
        kind = kinds[name]
        if not kind.get("properties"):
            continue
        yield f"\n## {name}\n\n{kind.get('description', '')}\n"
        yield "| field | type | default | meaning |\n|---|---|---|---|"
        for field, schema in kind["properties"].items():
            default = "required" if field in kind.get("required", ()) else _value(schema)
            meaning = " ".join(_described(schema)).replace("|", "\\|")
            yield f"| `{field}` | {_type(schema)} | {default} | {meaning} |"


def _value(schema: dict[str, Any]) -> str:
    default = schema.get("default")
    return "" if default in (None, {}, [], "") else f"`{default}`"


def _described(schema: dict[str, Any]) -> Iterator[str]:
    """What it says of itself, with the limits of a number."""
    yield schema.get("description", "")
    low, high = (schema.get(key) for key in ("minimum", "maximum"))
    if low is not None and high is not None and "…" not in schema.get("description", ""):
        yield f"From {low:,} to {high:,}."
    if "items" in schema and isinstance(schema["items"], dict):
        yield schema["items"].get("description", "")


def _type(schema: dict[str, Any]) -> str:
    """The type, in words; of another table, a link to it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(option) for option in schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items') or {})}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return schema.get("type", "any")
