"""JSON -> Spec, and back. Loading checks everything before any search begins."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from msgspec import UNSET

from bridge.collection import no_collection
from bridge.errors import AssemblyError, SkeletuneError, SpecError, TermError
from bridge.examples import as_given, as_memory, without_signs
from bridge.given import GROUPS, ListExample, gives_lists
from bridge.lists import no_word
from bridge.pictured import put_back, take_out
from bridge.pictures import check_pictures, place_of
from bridge.program import Program, parse_program
from bridge.spec import MAX_WORDS, ONE_SET, Example, Machine, Spec
from bridge.strict_json import check_characters, read_json
from bridge.term import is_term, parse_term
from bridge.violations import explain, located

__all__ = [
    "blaming",
    "check_spec",
    "convert_spec",
    "decode_spec",
    "encode_spec",
    "load_spec",
    "spec_schema",
]

MAX_BYTES: Final = 64 << 20
_NO_KEYS: Final = ("folder", "lists")
"""Fields of a spec that its file doesn't hold."""
MAX_SYGUS: Final = 256 << 10
LONG: Final = 1 << 20
"""Bytes beyond which what is wrong is said more briefly, for that takes long."""


def load_spec(path: str | Path) -> Spec:
    """The spec in that JSON file, or the SyGuS problem in that `.sl` file; `-` is stdin. Raises
    SpecError, naming file, JSON path and what is wrong."""
    path = Path(path)
    is_stdin = str(path) == "-"
    try:
        with open(0, "rb", closefd=False) if is_stdin else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as e:  # a name with a NUL is a ValueError
        why = getattr(e, "strerror", None) or e
        raise SpecError(f"cannot be read: {why}", file=str(path)) from None
    if len(data) > MAX_BYTES:
        message = f"larger than {MAX_BYTES >> 20} MiB: give fewer examples"
        raise SpecError(message, file=str(path))
    try:
        with no_collection():
            decode = _decode_sygus if path.suffix == ".sl" else decode_spec
            spec = decode(data, name="spec" if is_stdin else path.stem)
            if spec.images:
                places = vars(spec)["places"]
                spec = msgspec.structs.replace(spec, folder=str(path.parent))
                check_pictures(spec, places)
    except SpecError as e:
        raise e.within(str(path)) from None
    vars(spec)["file"] = str(path)
    return spec


@contextmanager
def blaming(spec: Spec) -> Generator[None]:
    """Errors that name a place in the spec name the file, too, that it was loaded from."""
    try:
        yield
    except SkeletuneError as e:
        if e.path:
            e.within(vars(spec).get("file", ""))
        raise


def decode_spec(data: bytes | str, name: str = "spec") -> Spec:
    """The spec in that JSON text; `name` is its name if it has none. Raises SpecError."""
    return convert_spec(read_json(data), name, brief=len(data) > LONG)


def _decode_sygus(data: bytes, name: str) -> Spec:
    """The spec of that SyGuS problem. Raises SpecError."""
    from bridge.sygus import as_spec  # with its parser, which few need

    if len(data) > MAX_SYGUS:
        raise SpecError(f"larger than {MAX_SYGUS >> 10} KiB: give fewer constraints")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise SpecError("is not UTF-8 text") from None
    return convert_spec(as_spec(text), name)


def convert_spec(raw: Any, name: str = "spec", *, brief: bool = False) -> Spec:
    """The spec that plain dicts and lists describe. Raises SpecError, `brief` where they are so
    many that to explain all would take long."""
    unnamed, layout, places = False, None, dict[tuple[str, int, int], str]()
    if isinstance(raw, dict):
        raw = {"name": _as_name(name), **cast("dict[Any, Any]", raw)}
        images: Any = raw.get("images")
        if unnamed := isinstance(images, dict) and ("file" in images or "words" in images):
            raw["images"] = {ONE_SET: images}
        if gives_lists(raw):
            worded, taken = take_out(raw)
            raw, layout = as_memory(worded)
            if taken and layout is not None:
                (raw, places), layout = put_back(raw, worded, layout, taken), None
        else:
            raw = without_signs(raw)
    try:
        if isinstance(raw, dict) and not raw.keys().isdisjoint(_NO_KEYS):
            raise msgspec.ValidationError
        spec = msgspec.convert(raw, Spec)
    except msgspec.ValidationError as e:
        problem = located(e) if brief and str(e) else _explained(raw)
        at = f"$.images.{ONE_SET}"
        raise SpecError(problem.replace(at, "$.images", 1) if unnamed else problem) from None
    except UnicodeEncodeError:
        raise SpecError("$: holds half a character: write it whole, or leave it out") from None
    except RecursionError:
        raise SpecError("$: nested too deeply") from None
    if layout is not None:
        spec = msgspec.structs.replace(spec, lists=layout)
    elif spec.layout is not UNSET:
        raise SpecError("$.layout: says how lists lie, but examples give memory: leave it out")
    check_spec(spec)
    vars(spec)["places"] = places
    return spec


def _explained(raw: Any) -> str:
    """Why that is no spec. Without a machine, what is wrong with the examples comes first: written
    otherwise they may need none."""
    if isinstance(raw, dict) and "examples" in raw and "machine" not in raw:
        with_machine = {**cast("dict[Any, Any]", raw), "machine": {"words": MAX_WORDS}}
        try:
            msgspec.convert(with_machine, Spec)
        except msgspec.ValidationError:
            raw = with_machine
    return explain(raw, _schema_for(raw))


def check_spec(spec: Spec) -> None:
    """Raises SpecError where values don't fit each other: words and sizes against the machine,
    programs against both. Examples that contradict each other are no error: see
    `bridge.verify.contradictions`."""
    machine = spec.machine
    for group in GROUPS:
        examples: tuple[Example, ...] = getattr(spec, group)
        for key, size, rows in (
            ("memory", machine.words, [e.memory for e in examples]),
            ("expect.memory", machine.words, [e.expect.memory for e in examples]),
            ("expect.registers", machine.registers, [e.expect.registers for e in examples]),
        ):
            _check_rows(rows, size, spec, f"$.{group}[%d].{key}")
    if spec.images:
        _check_images(spec)
    elif spec.accuracy is not UNSET and spec.accuracy < 1:
        for key in ("oracle", "objective"):
            if getattr(spec, key) not in (UNSET, "correct"):
                raise SpecError(f"$.{key}: with it no example may be wrong: leave $.accuracy out")
    if not any(any(example.cells()) for example in spec.examples):
        raise SpecError("$.examples: no expected cell in any example: give one a word to reach")
    for key in ("oracle", "start", "sketch"):
        if (text := getattr(spec, key)) is not UNSET:
            check_characters(text, f"$.{key}")
    for i, name in enumerate(spec.rulesets):
        check_characters(name, f"$.rulesets[{i}]")
    for key in ("oracle", "start"):
        text = getattr(spec, key)
        if text is not UNSET:
            program = _check_program(text, machine, f"$.{key}")
            if program.has_hole:
                raise SpecError(f"$.{key}: has a hole (?): only a sketch may have one")
    if spec.sketch is not UNSET:
        if is_term(spec.sketch):
            try:
                parse_term(spec.sketch, "$.sketch")
            except TermError as e:
                raise SpecError(str(e)) from None
        else:
            _check_program(spec.sketch, machine, "$.sketch")


def _check_program(text: str, machine: Machine, at: str) -> Program:
    try:
        program = parse_program(text, at)
        return program.check(machine, f"{at}: the program")
    except AssemblyError as e:
        raise SpecError(str(e)) from None


_Row = Sequence[int | dict[str, int] | None]


def _check_rows(rows: Sequence[_Row], size: int, spec: Spec, at: str) -> None:
    """Raises SpecError unless each row fits so many cells, and its words and pictures the spec.
    There may be many: where one is wrong is looked for only if one is."""
    words = spec.machine.words
    cells = list(chain.from_iterable(rows))
    largest = max((cell for cell in cells if isinstance(cell, int)), default=0)
    sets = {name for cell in cells if isinstance(cell, dict) for name in cell}
    if max(map(len, rows), default=0) <= size and largest < words and sets <= spec.images.keys():
        return
    for i, row in enumerate(rows):
        if len(row) > size:
            raise SpecError(f"{at % i}: {len(row)} entries, the machine has {size}: shorten it")
        for j, cell in enumerate(row):
            if isinstance(cell, dict):
                (name,) = cell
                if name not in spec.images:
                    known = ", ".join(spec.images)
                    fix = f"there are {known}" if known else "name their file in $.images"
                    raise SpecError(f"{at % i}[{j}]: no pictures {name!r}: {fix}")
            elif cell is not None and cell >= words:
                raise SpecError(f"{at % i}[{j}]: {cell} is {no_word(words)}")


def _check_images(spec: Spec) -> None:
    """Raises SpecError where pictures and the rest of the spec don't go together."""
    for name, images in spec.images.items():
        at = f"{place_of(spec, name)}.words"
        if (most := max(images.words)) >= spec.machine.words:
            raise SpecError(f"{at}: {most} is {no_word(spec.machine.words)}")
        if len(set(images.words)) < len(images.words):
            raise SpecError(f"{at}: a word is given twice: remove one")
    for key in ("oracle", "start"):
        if getattr(spec, key) is not UNSET:
            raise SpecError(f"$.{key}: not with $.images, which no program reads: leave it out")
    if spec.objective != "correct":
        raise SpecError(f"$.objective: {spec.objective!r} is not for $.images: leave it out")
    if spec.machine.preload:
        raise SpecError("$.machine.preload: not with $.images, which preload nothing: leave it out")
    if not any(example.has_picture for example in spec.examples):
        raise SpecError(f'$.examples: none holds a picture: write {{"{ONE_SET}": 0}} for a word')


def _as_name(stem: str) -> str:
    """The nearest that a name may be."""
    name = "".join(c if c.isascii() and (c.isalnum() or c in "_.-") else "_" for c in stem)
    return name[:80] or "spec"


def encode_spec(spec: Spec) -> bytes:
    """The spec as JSON, its examples as they were given, which loads again from a folder that holds
    the same pictures."""
    return msgspec.json.encode(as_given(spec))


def spec_schema() -> dict[str, Any]:
    """The JSON Schema of spec files, with the meaning of every field."""
    schema = _plain_schema()
    images = schema["$defs"]["Spec"]["properties"]["images"]
    one = {"$ref": "#/$defs/ImageFile"}
    images["anyOf"] = [one, {k: images.pop(k) for k in [*images] if k != "description"}]
    schema["$defs"]["ListExample"] = msgspec.json.schema(ListExample)["$defs"]["ListExample"]
    _, picture = schema["$defs"]["Example"]["properties"]["memory"]["items"]["anyOf"]
    given = schema["$defs"]["ListExample"]["properties"]
    for kinds in (given["input"]["anyOf"], given["inputs"]["items"]["anyOf"]):
        kinds[-1]["items"]["anyOf"].append(picture)
        kinds.append(picture)
    one, lists = ({"$ref": f"#/$defs/{name}"} for name in ("Example", "ListExample"))
    for group in GROUPS:
        schema["$defs"]["Spec"]["properties"][group]["items"] = {"anyOf": [one, lists]}
    schema["$defs"]["Spec"]["required"] = ["examples"]
    schema["$defs"]["Machine"]["required"] = []
    return schema


def _schema_for(raw: Any) -> dict[str, Any]:
    """That of specs for the machine that these data describe, if they do: it has those words."""
    schema = _plain_schema()
    words = _get(_get(raw, "machine"), "words")
    if isinstance(words, int) and 2 <= words <= MAX_WORDS:
        todo: list[Any] = [schema]
        while todo:
            part = todo.pop()
            if _get(part, "maximum") == MAX_WORDS - 1:
                part["maximum"] = words - 1
            todo += cast("dict[str, Any]", part).values() if isinstance(part, dict) else ()
            todo += cast("list[Any]", part) if isinstance(part, list) else ()
    return schema


def _get(raw: Any, key: str) -> Any:
    return cast("dict[str, Any]", raw).get(key) if isinstance(raw, dict) else None


def _plain_schema() -> dict[str, Any]:
    """That of specs whose sets of pictures all have names."""
    schema = msgspec.json.schema(Spec)
    for name in _NO_KEYS:
        del schema["$defs"]["Spec"]["properties"][name]
    del schema["$defs"]["Layout"]
    return schema
