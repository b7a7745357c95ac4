"""Examples as people write them <-> examples of memory, with the machine and the layout that they
need, where the spec says none."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, cast

import msgspec
from msgspec import UNSET

from bridge.errors import SpecError, shorten
from bridge.given import GROUPS, Given, Json, kind_of, read_examples
from bridge.lists import Kind, Layout, LayoutName, Value, number_of, word_of
from bridge.spec import MAX_WORDS, Example, Spec

__all__ = ["as_given", "as_memory", "without_signs"]

LEAST: Final = 8
"""Words of a machine, at least, and what their number is a multiple of."""
ROOM: Final = 4
"""Cells that a machine has besides those that an example fills."""
STEPS: Final = 24
"""That a machine may take for an element of the longest list: two loops over it, and more."""
FEWEST_STEPS: Final = 128


def as_memory(raw: Json) -> tuple[Json, Layout | None]:
    """The same spec, as plain data, with examples of memory, machine and layout; and how its lists
    lie there, None where its machine is none. Raises SpecError with the JSON path of what is wrong
    with an example."""
    groups = read_examples(raw)
    rows = [row for group in groups.values() for row in group]
    kinds: list[Kind] = [
        kind_of(column) for column in zip(*(row.values for row in rows), strict=True)
    ]
    name, same_length = _ends(raw.get("layout"), rows)
    draft = Layout(
        name=name, same_length=same_length, inputs=tuple(kinds[:-1]), output=kinds[-1],
        signed=raw.get("signed") is True, words=MAX_WORDS,
    )  # fmt: skip
    given: Any = raw.get("machine", {})
    machine = _machine(cast("Json", given), draft, rows) if isinstance(given, dict) else given
    if not isinstance(machine, dict) or not _is_size(machine["words"]):
        nothing: Json = {"examples": [{"memory": [], "expect": {}}], "holdout": []}
        return {**raw, "machine": machine, **nothing}, None
    layout = msgspec.structs.replace(draft, words=machine["words"])
    for row in rows:
        _check_fits(row, layout)
    laid = {key: [_laid_out(row, layout) for row in group] for key, group in groups.items()}
    return {"layout": name, **raw, "machine": machine, **laid}, layout


def _is_size(words: Any) -> bool:
    return type(words) is int and 2 <= words <= MAX_WORDS


def _ends(wanted: Any, rows: Sequence[Given]) -> tuple[LayoutName, bool]:
    """How lists end: with a 0 where none holds one, or only outputs do, each as long as the first
    list, which is said, too; else their length stands before them. Raises SpecError where another
    is `wanted` than can be."""
    alike = all(_as_long(row) for row in rows)
    zeros = [at for row in rows for at in _zeros(row.values)]
    outside = [at for at in zeros if not alike or ".output[" not in at]
    if outside and wanted == "terminated":
        raise SpecError(f"{outside[0]}: 0 ends a list in this layout: set $.layout to 'prefixed'")
    if outside or wanted == "prefixed":
        return "prefixed", False
    return "terminated", bool(zeros)


def _as_long(row: Given) -> bool:
    """Whether the output is a list as long as the first one of the inputs."""
    first = next((v for v in row.inputs if isinstance(v, Sequence)), None)
    output = row.output
    return first is not None and isinstance(output, Sequence) and len(first) == len(output)


def _zeros(values: Sequence[tuple[str, Value]]) -> Iterator[str]:
    """The paths of zeros in lists: the first in each."""
    for at, value in values:
        if isinstance(value, Sequence) and 0 in value:
            yield f"{at}[{value.index(0)}]"


def _machine(given: Json, draft: Layout, rows: Sequence[Given]) -> Json:
    """The machine, with words and steps that are enough, where none are given and any can be."""
    lists = [v for row in rows for _, v in row.values if isinstance(v, Sequence)]
    longest = max(map(len, lists), default=0)
    steps = max(FEWEST_STEPS, STEPS * (longest + 2))
    if "words" in given:
        return {"steps": steps, **given}
    numbers = [int(v) for row in rows for _, value in row.values for v in _atoms(value)]
    low, high = min(numbers, default=0), max(numbers, default=0)
    values = max(-2 * low, 2 * high + 1) if draft.signed else high + 1
    cells = max(draft.cells(row.inputs, row.output) for row in rows)
    words = min(-(-max(values, cells + ROOM) // LEAST) * LEAST, MAX_WORDS)
    return {"words": words, "steps": steps, **given}


def _atoms(value: Value) -> Sequence[int]:
    return value if isinstance(value, Sequence) else (value,)


def _check_fits(row: Given, layout: Layout) -> None:
    """Raises SpecError, with the path of what is too large for the machine."""
    largest = layout.words == MAX_WORDS
    for at, value in row.values:
        for i, v in enumerate(_atoms(value)):
            try:
                word_of(v, layout.words, layout.signed)
            except ValueError as e:
                here = f"{at}[{i}]" if isinstance(value, Sequence) else at
                text = f"{shorten(str(v))}: no machine has more than {MAX_WORDS} words"
                why = f"{text}: give smaller numbers" if largest else e
                raise SpecError(f"{here}: {why}") from None
    if (cells := layout.cells(row.inputs, row.output)) > layout.words:
        fix = f"raise machine.words (now {layout.words})"
        if largest:
            fix = f"no machine has more than {MAX_WORDS}: shorten its lists"
        raise SpecError(f"{row.at}: fills {cells} cells of memory: {fix}")


def _laid_out(row: Given, layout: Layout) -> Json:
    return {
        "memory": layout.memory(row.inputs),
        "expect": {"memory": layout.expected(row.output)},
    }


# ------------------------------------------------------------ the way back


def as_given(spec: Spec) -> Json:
    """The spec as plain data, its examples as they were given."""
    raw: Json = msgspec.to_builtins(msgspec.structs.replace(spec, folder=UNSET, lists=UNSET))

    def number(_: str, word: int) -> int:
        return number_of(word, spec.machine.words, True)

    for key in GROUPS:
        examples: tuple[Example, ...] = getattr(spec, key)
        if isinstance(spec.lists, Layout):
            raw[key] = [_given(example, spec.lists) for example in examples]
        elif spec.signed:
            raw[key] = [_changed(example, "", number) for example in raw[key]]
    return raw


def _given(example: Example, layout: Layout) -> Json:
    inputs, output = layout.values(example.words, example.expect.memory)
    key, value = ("input", inputs[0]) if len(inputs) == 1 else ("inputs", inputs)
    return {key: value, "output": output}


# ------------------------------------------------------------ memory with signs


def without_signs(raw: Json) -> Json:
    """The same spec with examples of memory, as plain data, with b − 1 for −1, if it is `signed`.
    Raises SpecError where a number is no word."""
    machine: Any = raw.get("machine")
    words: Any = cast("Json", machine).get("words") if isinstance(machine, dict) else None
    if raw.get("signed") is not True or not _is_size(words):
        return raw

    def word(at: str, number: int) -> int:
        try:
            return word_of(number, words, True)
        except ValueError as e:
            raise SpecError(f"{at}: {e}") from None

    changed: Json = {
        key: [_changed(example, f"$.{key}[{i}]", word) for i, example in enumerate(raw[key])]
        for key in GROUPS
        if isinstance(raw.get(key), list)
    }
    return {**raw, **changed}


def _changed(example: Any, at: str, change: Callable[[str, int], int]) -> Any:
    """The example, what there is of it, with its words changed, which get their paths, too."""
    if not isinstance(example, dict):
        return example
    found = dict(cast("Json", example))
    for key in ("memory", "registers"):
        if isinstance(cells := found.get(key), list | tuple):
            found[key] = [
                change(f"{at}.{key}[{i}]", cell) if type(cell) is int else cell
                for i, cell in enumerate(cast("Sequence[Any]", cells))
            ]
    if "expect" in found:
        found["expect"] = _changed(found["expect"], f"{at}.expect", change)
    return found
