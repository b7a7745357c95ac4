"""JSON text -> plain Python data, refusing what other readers would guess at: any encoding but
UTF-8, NaN and infinities, keys given twice, halves of characters."""

import json
from typing import Any, Final, cast

import msgspec

from bridge.errors import SpecError, shorten

__all__ = ["check_characters", "read_json"]

_UTF8: Final = b"\xef\xbb\xbf"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
"""Byte-order marks: editors write the first without being asked."""
MOST_VALUES: Final = 1 << 22
MOST_PARTS: Final = 1 << 20


def read_json(data: bytes | str) -> Any:
    """What the text says. Raises SpecError with the position, or the JSON path, and the reason."""
    if isinstance(data, bytes):
        data = data.removeprefix(_UTF8)
        if data.startswith(_UTF16):
            raise SpecError("begins with a byte-order mark (UTF-16): save as plain UTF-8")
    _check_size(data.encode("utf-8", "replace") if isinstance(data, str) else data)
    if (value := _read_quickly(data)) is not None:
        return value
    if isinstance(data, bytes):
        try:
            data = data.decode()
        except UnicodeDecodeError as e:
            raise SpecError(f"not UTF-8 text: {e.reason} at byte {e.start}") from None
    try:
        value = json.loads(data, object_pairs_hook=_Object, parse_constant=_Constant)
        return _plain(value, "$")
    except json.JSONDecodeError as e:
        at = f"line {e.lineno}, column {e.colno}"
        raise SpecError(f"not valid JSON: {at}: {e.msg.lower()}") from None
    except RecursionError:
        raise SpecError("$: nested too deeply: 6 levels are enough") from None
    except ValueError:  # Python's limit on the digits of an integer
        raise SpecError("a number has more than 4300 digits: shorten it") from None


def _check_size(data: bytes) -> None:
    """Raises SpecError if the values would take long to read, or much memory."""
    for sign, most, what in ((b",", MOST_VALUES, "values"), (b"{", MOST_PARTS, "objects"),
                             (b"[", MOST_PARTS, "arrays")):  # fmt: skip
        if data.count(sign) > most:
            raise SpecError(f"holds more than {most:,} {what}: give fewer examples")


def _read_quickly(data: bytes | str) -> Any:
    """What a good text says, which may be long; None where a closer look is needed. A key given
    twice would be gone: the value written out would have fewer colons, for no colon is escaped."""
    escape, colon = (b"\\u", b":") if isinstance(data, bytes) else ("\\u", ":")
    if escape in data:  # pyright: ignore[reportOperatorIssue]
        return None
    try:
        value = msgspec.json.decode(data)
        colons = msgspec.json.encode(value).count(b":")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return value if colons == data.count(colon) else None  # pyright: ignore[reportArgumentType]


def check_characters(text: str, at: str) -> None:
    """Raises SpecError if the text holds half a character, which no file can be written with."""
    try:
        text.encode()
    except UnicodeEncodeError as e:
        raise SpecError(
            f"{at}: {text[e.start]!r} is half a character: write it whole, or leave it out"
        ) from None


class _Object(list[tuple[str, Any]]):
    """An object's keys and values, as written."""


class _Constant(str):
    """NaN, Infinity or -Infinity."""


_NUMBERS: Final = {int, float, bool, type(None)}


def _plain(value: Any, at: str) -> Any:
    if isinstance(value, _Constant):
        raise SpecError(f"{at}: {value} is no JSON number: write a finite one")
    if isinstance(value, _Object):
        plain: dict[str, Any] = {}
        for key, item in value:
            check_characters(key, at)
            if key in plain:
                raise SpecError(f"{at}.{shorten(key)}: given twice: remove one")
            plain[key] = _plain(item, f"{at}.{key}")
        return plain
    if isinstance(value, str):
        check_characters(value, at)
    if isinstance(value, list) and {*map(type, cast("list[Any]", value))} <= _NUMBERS:
        return cast("list[Any]", value)
    if isinstance(value, list):
        return [_plain(item, f"{at}[{i}]") for i, item in enumerate(cast("list[Any]", value))]
    return value
