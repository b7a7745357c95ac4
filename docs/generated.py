"""A hook of mkdocs: what commands and specs take, from the code that takes it.

`<!-- help of MODULE WORDS -->` becomes what the module's command prints, given these words and
`--help`; `<!-- fields of a spec -->` becomes tables of the published schema.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

__all__ = ["on_page_markdown"]

sys.path.insert(0, str(Path(__file__).parent.parent))  # what is documented, installed or not
HELP: Final = re.compile(r"^<!-- help of (.*) -->$", re.MULTILINE)
FIELDS: Final = "<!-- fields of a spec -->"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The page, with what its marks ask for."""
    markdown = HELP.sub(_help, markdown)
    return markdown.replace(FIELDS, "\n".join(_fields())) if FIELDS in markdown else markdown


def _help(found: re.Match[str]) -> str:
    """What the command prints: the module's `main`, given these words and --help."""
    module, *words = found[1].split()
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            importlib.import_module(module).main([*words, "--help"])
    finally:
        os.environ.pop("COLUMNS")
        os.environ.update({} if before is None else {"COLUMNS": before})
    lines = "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines())
    return f"```text\n{lines}\n```"


def _fields() -> Iterator[str]:
    kinds = importlib.import_module("bridge").spec_schema()["$defs"]
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
    return "" if default in (None, {}, [], (), "") else f"`{json.dumps(default)}`"


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
