"""Pictures in examples that are inputs and outputs: words stand in while these are laid out."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, cast

from bridge.errors import SpecError
from bridge.given import GROUPS, Json
from bridge.lists import Layout, Value
from bridge.spec import MAX_WORDS

__all__ = ["Taken", "put_back", "take_out"]

_HOW: Final = 'expected a picture, {"image": 17}'


class Taken(NamedTuple):
    """A picture of an example, and where in its inputs it stood."""

    group: str
    example: int
    number: int
    """Of the input."""
    element: int | None
    """Of an input that is a list."""
    picture: Json
    place: str
    """Its JSON path."""


def take_out(raw: Json) -> tuple[Json, list[Taken]]:
    """The same spec, as plain data, with a word for each picture: the greatest that it may show, so
    that a machine whose words aren't given gets enough; and the pictures. Raises SpecError with the
    JSON path of what is no picture."""
    taken, changed, words = list[Taken](), dict(raw), _words(raw)
    machine: Any = raw.get("machine")
    has_words = isinstance(machine, dict) and "words" in machine
    stand_ins = {name: 1 if has_words else max(some) for name, some in words.items()}
    for group in GROUPS:
        if isinstance(raw.get(group), list):
            examples = enumerate(cast("list[Any]", raw[group]))
            changed[group] = [_worded(group, i, e, stand_ins, taken) for i, e in examples]
    in_lists = (one for one in taken if one.element is not None)
    if any(0 in words[name] for one in in_lists for name in one.picture):
        if raw.get("layout") == "terminated":
            what = "a picture in a list may show 0, which ends a list in this layout"
            raise SpecError(f"$.layout: {what}: give 'prefixed'")
        changed["layout"] = "prefixed"
    return changed, taken


def _worded(group: str, i: int, example: Any, words: dict[str, int], taken: list[Taken]) -> Any:
    """An example with words for its pictures, which are added to those taken."""
    if not isinstance(example, dict):
        return example
    given, at = dict(cast("Json", example)), f"$.{group}[{i}]"
    one = "input" in given
    inputs: Any = [given["input"]] if one else given.get("inputs")
    if not isinstance(inputs, list):
        return given
    found = list[Any]()
    for number, value in enumerate(cast("list[Any]", inputs)):
        here = f"{at}.input" if one else f"{at}.inputs[{number}]"
        if isinstance(value, list):
            cells: list[Any] = [*cast("list[Any]", value)]
            for element, cell in enumerate(cells):
                if isinstance(cell, dict):
                    picture, place = cast("Json", cell), f"{here}[{element}]"
                    cells[element] = _word(picture, words, place)
                    taken.append(Taken(group, i, number, element, picture, place))
            found.append(cells)
        elif isinstance(value, dict):
            picture = cast("Json", value)
            found.append(_word(picture, words, here))
            taken.append(Taken(group, i, number, None, picture, here))
        else:
            found.append(value)
    return given | ({"input": found[0]} if one else {"inputs": found})


def _word(picture: Json, words: dict[str, int], at: str) -> int:
    """What stands for a picture."""
    if len(picture) != 1 or not all(type(n) is int and 0 <= n < 2**31 for n in picture.values()):
        raise SpecError(f"{at}: {_HOW}: the name of its set, and its number in the file, from 0")
    (name,) = picture
    if name not in words:
        fix = f"there are {', '.join(words)}" if words else "name their file in $.images"
        raise SpecError(f"{at}: no pictures {name!r}: {fix}")
    return words[name]


def put_back(
    laid: Json, raw: Json, layout: Layout, taken: Sequence[Taken]
) -> tuple[Json, dict[tuple[str, int, int], str]]:
    """The examples of memory that `raw`, without its pictures, was laid out as: with them. Nothing
    tells any more that they were lists, but for where in the spec the picture in each cell stands,
    by (group, example, address)."""
    changed: Json = {key: value for key, value in laid.items() if key != "layout"}
    places = dict[tuple[str, int, int], str]()
    for key in GROUPS:
        if key in changed:
            changed[key] = [{**e, "memory": [*e["memory"]]} for e in changed[key]]
    for one in taken:
        inputs = _inputs(raw[one.group][one.example])
        at = layout.address(inputs, one.number, one.element)
        changed[one.group][one.example]["memory"][at] = one.picture
        places[one.group, one.example, at] = one.place
    return changed, places


def _inputs(example: Json) -> Sequence[Value]:
    return [example["input"]] if "input" in example else example["inputs"]


def _words(raw: Json) -> dict[str, Sequence[int]]:
    """What pictures of each set may show; a 1 where that isn't said, or not as it should be."""
    images: Any = raw.get("images")
    sets: Json = cast("Json", images) if isinstance(images, dict) else {}
    found = dict[str, Sequence[int]]()
    for name, one in sets.items():
        words: Any = cast("Json", one).get("words") if isinstance(one, dict) else None
        each = cast("Sequence[Any]", words) if isinstance(words, list | tuple) else ()
        found[name] = [w for w in each if type(w) is int and 0 <= w < MAX_WORDS] or [1]
    return found
