"""JSON text -> plain Python data, refusing what other readers would guess at: any encoding but
UTF-8, NaN and infinities, keys given twice."""

import json
from typing import Any, Final, cast

import msgspec

from bridge.errors import SpecError

__all__ = ["read_json"]

_MARKS: Final = {b"\xef\xbb\xbf": "UTF-8", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read_json(data: bytes | str) -> Any:
    """What the text says. Raises SpecError with the position, or the JSON path, and the reason."""
    if (value := _read_quickly(data)) is not None:
        return value
    if isinstance(data, bytes):
        for mark, encoding in _MARKS.items():
            if data.startswith(mark):
                raise SpecError(f"begins with a byte-order mark ({encoding}): save as plain UTF-8")
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
        raise SpecError("$: nested too deeply: a spec needs no more than 6 levels") from None
    except ValueError:  # Python's limit on the digits of an integer
        raise SpecError("a number has more than 4300 digits: shorten it") from None


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


class _Object(list[tuple[str, Any]]):
    """An object's keys and values, as written."""


class _Constant(str):
    """NaN, Infinity or -Infinity."""


def _plain(value: Any, at: str) -> Any:
    if isinstance(value, _Constant):
        raise SpecError(f"{at}: {value} is no JSON number: write a finite one")
    if isinstance(value, _Object):
        plain: dict[str, Any] = {}
        for key, item in value:
            if key in plain:
                raise SpecError(f"{at}.{key}: given twice: remove one")
            plain[key] = _plain(item, f"{at}.{key}")
        return plain
    if isinstance(value, list):
        return [_plain(item, f"{at}[{i}]") for i, item in enumerate(cast("list[Any]", value))]
    return value
