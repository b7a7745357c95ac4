"""Data that a JSON Schema refuses -> the place, what is expected there, and how to mend it."""

import difflib
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, cast

import msgspec

from bridge.errors import shorten

__all__ = ["explain", "located"]


def explain(raw: Any, schema: dict[str, Any]) -> str:
    """Why `schema` refuses `raw`: JSON path, what was expected, what is there or the fix."""
    from fastjsonschema import JsonSchemaValueException  # a good spec doesn't wait for it

    text = json.dumps(schema)
    # Only draft 4 says that 8.0 is no integer, and only later drafts know exclusive limits.
    for draft in ("draft-07", "draft-04"):
        try:
            _compiled(draft, text)(raw, name_prefix="$")
        except JsonSchemaValueException as error:
            return _mend(str(error.name), error.value, error.definition or {})
    return "$: holds something that JSON has no word for: give plain dicts, lists and numbers"


@lru_cache(maxsize=8)
def _compiled(draft: str, schema: str) -> Callable[..., Any]:
    import fastjsonschema

    dated = {"$schema": f"http://json-schema.org/{draft}/schema", **json.loads(schema)}
    return fastjsonschema.compile(dated, use_default=False)


def located(error: msgspec.ValidationError) -> str:
    """The same of data that are so many that a schema would take long: JSON path, what is wrong."""
    what, _, at = str(error).partition(" - at `")
    said = what.replace("`", "'")
    return f"{at.rstrip('`') or '$'}: {said[:1].lower()}{said[1:]}"


def _mend(at: str, value: Any, expected: dict[str, Any]) -> str:
    """What is wrong with `value`, which the part `expected` of the schema refuses itself."""
    if isinstance(value, dict) and "properties" in expected:
        known: list[str] = list(expected["properties"])
        for key in map(str, cast("dict[Any, Any]", value)):
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                fix = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                return f"{at}.{shorten(key)}: unknown key: {fix}"
        missing = next(key for key in expected["required"] if key not in value)
        return f"{at}.{missing}: missing: add it"
    return f"{at}: expected {_name(expected)}, not {shorten(json.dumps(value, default=repr))}"


_TYPES: Final = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
}


def _name(schema: dict[str, Any]) -> str:
    """What the schema lets through, in words."""
    kind: str = schema.get("type", "")
    match schema:
        case {"anyOf": choices}:
            return " or ".join(map(_name, choices))
        case {"maxProperties": 1}:
            return '{"image": 17}'
        case {"enum": [*others, last]}:
            return " or ".join([", ".join(map(repr, others)), repr(last)][not others :])
        case {"pattern": _}:
            return "1 to 80 letters, digits, '_', '-', '.'"
        case {"minimum": least, "maximum": most}:
            limits = f" from {least} to {most}"
        case {"exclusiveMinimum": bound, "maximum": most}:
            limits = f" > {bound:g} and <= {most:.15g}"
        case {"maxLength": most}:
            limits = f" of at most {most} characters"
        case {"maxItems": most}:
            limits = f" of {schema.get('minItems', 0)} to {most} entries"
        case _:
            limits = ""
    return _TYPES.get(kind, kind) + limits
