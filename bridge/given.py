"""Examples as people write them, `{"input": [3, 1], "output": [4, 2]}`, checked."""

import difflib
import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final, NamedTuple, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bridge.errors import SpecError, shorten
from bridge.lists import Kind, Value
from bridge.violations import explain

__all__ = ["GROUPS", "MOST_INPUTS", "Given", "ListExample", "gives_lists", "kind_of"]
__all__ += ["read_examples"]

GROUPS: Final = ("examples", "holdout")
MOST_INPUTS: Final = 16
Json = dict[str, Any]

_AnyValue = int | bool | tuple[int | bool, ...]
_WHAT: Final = "an integer, true or false, or a list of these"


class ListExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What goes in, and what is right then: an example that says nothing of memory."""

    input: Annotated[
        _AnyValue | UnsetType, Meta(description=f"The input: {_WHAT}, or pictures.")
    ] = UNSET
    inputs: Annotated[
        Annotated[tuple[_AnyValue, ...], Meta(min_length=1, max_length=MOST_INPUTS)] | UnsetType,
        Meta(description=f"Several inputs, each {_WHAT}, or pictures; not `input`."),
    ] = UNSET
    output: Annotated[_AnyValue, Meta(description=f"The output that is right: {_WHAT}.")]


class _Groups(msgspec.Struct, frozen=True):
    examples: tuple[ListExample, ...]
    holdout: tuple[ListExample, ...] = ()


class Given(NamedTuple):
    """An example: its values, and where in the spec each stands."""

    at: str
    inputs: tuple[Value, ...]
    output: Value
    places: tuple[str, ...]
    """The JSON paths of the inputs, then of the output."""

    @property
    def values(self) -> list[tuple[str, Value]]:
        """(JSON path, value) of the inputs, then of the output."""
        return list(zip(self.places, (*self.inputs, self.output), strict=True))


def gives_lists(raw: Json) -> bool:
    """Whether the spec's examples are inputs and outputs: its first one says it."""
    examples: Any = raw.get("examples")
    first: Any = cast("list[Any]", examples)[0] if isinstance(examples, list) and examples else 0
    if not isinstance(first, dict) or "memory" in first or "expect" in first:
        return False
    known = ListExample.__struct_fields__
    return any(difflib.get_close_matches(str(k), known, 1) for k in cast("Json", first))


def read_examples(raw: Json) -> dict[str, list[Given]]:
    """The examples of such a spec, group by group. Raises SpecError with the JSON path of what is
    wrong, and the fix."""
    groups: Json = {key: raw[key] for key in GROUPS if key in raw}
    for at, value in _values(groups):
        _check(at, value, raw.get("signed") is True)
    try:
        msgspec.convert(groups, _Groups)
    except msgspec.ValidationError:
        raise SpecError(explain(groups, msgspec.json.schema(_Groups))) from None
    rows = {
        key: [_row(f"$.{key}[{i}]", example) for i, example in enumerate(group)]
        for key, group in groups.items()
    }
    count = len(rows["examples"][0].inputs)
    for row in (row for group in rows.values() for row in group):
        if len(row.inputs) != count:
            raise SpecError(
                f"{row.at}: another number of inputs ({len(row.inputs)}) than in $.examples[0] "
                f"({count}): give as many each time"
            )
    return rows


def _values(groups: Json) -> Iterator[tuple[str, Any]]:
    """Whatever stands where a value should, and its path."""
    for key, group in groups.items():
        for i, example in enumerate(cast("list[Any]", group) if isinstance(group, list) else ()):
            if not isinstance(example, dict):
                continue
            given = cast("Json", example)
            for name in ("input", "output"):
                if name in given:
                    yield f"$.{key}[{i}].{name}", given[name]
            inputs: Any = given.get("inputs")
            for j, value in enumerate(
                cast("list[Any]", inputs) if isinstance(inputs, list) else ()
            ):
                yield f"$.{key}[{i}].inputs[{j}]", value


def _check(at: str, value: Any, signed: bool) -> None:
    """Raises SpecError if that is no value."""
    cells, wanted = [(at, value)], _WHAT
    if isinstance(value, list):
        items = cast("list[Any]", value)
        cells, wanted = [(f"{at}[{i}]", v) for i, v in enumerate(items)], "an integer"
        if nested := next((here for here, v in cells if isinstance(v, list)), None):
            fix = "make it flat" if ".output" in at else 'give several inputs as "inputs": [...]'
            raise SpecError(f"{nested}: a list within a list has no place in memory: {fix}")
        wanted += ", or true or false"
        if {*map(type, items)} == {int, bool}:
            raise SpecError(f"{at}: numbers and booleans in one list: give one kind")
    for here, v in cells:
        if type(v) not in (int, bool):
            raise SpecError(
                f"{here}: expected {wanted}, not {shorten(json.dumps(v, default=repr))}"
            )
        if v < 0 and not signed:
            raise SpecError(f"{here}: {shorten(str(v))} is negative: set $.signed to true")


def _row(at: str, example: Json) -> Given:
    if ("input" in example) == ("inputs" in example):
        fault = "given with inputs, too: leave one out" if "input" in example else "missing: add it"
        raise SpecError(f"{at}.input: {fault}")
    if "input" in example:
        inputs, places = (example["input"],), [f"{at}.input"]
    else:
        inputs = tuple(example["inputs"])
        places = [f"{at}.inputs[{i}]" for i in range(len(inputs))]
    return Given(at, inputs, example["output"], (*places, f"{at}.output"))


def kind_of(values: Sequence[tuple[str, Value]]) -> Kind:
    """The kind of all these, which stand at these paths. Raises SpecError if they are of
    several."""
    known: dict[Kind, str] = {}
    empty = ""
    for at, value in values:
        if not isinstance(value, Sequence):
            known.setdefault("boolean" if isinstance(value, bool) else "number", at)
        elif value:
            known.setdefault("list of booleans" if isinstance(value[0], bool) else "list", at)
        else:
            empty = empty or at
    if empty and known.keys() <= {"number", "boolean"}:
        known["list"] = empty
    (one, first), *others = known.items()
    for other, at in others:
        raise SpecError(f"{at}: a {other}, but {first} is a {one}: give one kind each time")
    return one
