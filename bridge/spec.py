"""The spec: what the user says. Loading checks everything before any search begins."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bridge.errors import AssemblyError, SpecError, TermError
from bridge.program import Program, parse_program
from bridge.strict_json import read_json
from bridge.term import is_term, parse_term
from bridge.violations import explain

__all__ = ["Budget", "Example", "Expect", "Machine", "Search", "Spec", "load_spec", "spec_schema"]

MAX_WORDS: Final = 128
MAX_BYTES: Final = 64 << 20

Word = Annotated[int, Meta(ge=0, le=MAX_WORDS - 1, description="A word: 0 … machine.words − 1.")]
Cell = Annotated[
    Word | None, Meta(description="The word expected here; null where anything is right.")
]


class Machine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The machine that the program is for."""

    words: Annotated[
        int, Meta(ge=2, le=MAX_WORDS, description="b: words are 0 … b−1, and memory has b cells.")
    ]
    registers: Annotated[
        int, Meta(ge=1, le=16, description="Registers, numbered from 1; they start at 0.")
    ] = 6
    lines: Annotated[int, Meta(ge=1, le=64, description="The most instructions it may have.")] = 16
    steps: Annotated[
        int, Meta(ge=1, le=65536, description="A run ends at a halt or after so many steps.")
    ] = 128
    halt: Annotated[
        bool,
        Meta(description="Whether it must halt; if not, the state after `steps` steps counts."),
    ] = True


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The final state that is right. Cells not given are ignored."""

    memory: Annotated[tuple[Cell, ...], Meta(description="Memory from address 0.")] = ()
    registers: Annotated[tuple[Cell, ...], Meta(description="Registers from 1.")] = ()


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Memory before, and what is expected after."""

    memory: Annotated[
        tuple[Word, ...], Meta(description="Memory from address 0; cells not given are 0.")
    ]
    expect: Expect

    def cells(self) -> Iterator[tuple[Literal["memory", "registers"], int, int]]:
        """(bank, index from 0, expected word) of each cell that is not ignored."""
        for bank in ("memory", "registers"):
            for index, word in enumerate(getattr(self.expect, bank)):
                if word is not None:
                    yield bank, index, word


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a search may spend. All but the seconds are work: same budget, same answer."""

    seconds: Annotated[
        float, Meta(gt=0, le=1e6, description="Wall-clock limit; it cuts the others short.")
    ] = 60.0
    terms: Annotated[
        int, Meta(ge=0, le=10**12, description="The most terms that enumeration executes.")
    ] = 20_000_000
    programs: Annotated[
        int,
        Meta(
            ge=0,
            le=10**15,
            description="The most programs that edits, mcmc, random and sat execute, together.",
        ),
    ] = 10**15
    restarts: Annotated[
        int, Meta(ge=0, le=10**9, description="The most restarts that tuning starts.")
    ] = 20_000
    nodes: Annotated[
        int, Meta(ge=1, le=10**7, description="The most e-nodes of a near miss's e-graph.")
    ] = 3_000
    memory: Annotated[
        float, Meta(ge=0.25, le=1024, description="The most memory of saturation, in GiB.")
    ] = 2.0


class Search(Budget, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Budget and seed of the search; the command line overrides them."""

    seed: Annotated[int, Meta(ge=0, le=2**32 - 1, description="Seed of all that is drawn.")] = 0


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A program described by examples."""

    machine: Machine
    examples: Annotated[
        tuple[Example, ...],
        Meta(min_length=1, max_length=4096, description="What the search sees."),
    ]
    name: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_.\-]{1,80}(?![\s\S])",
            description="Letters, digits, '_', '-', '.'; the file's name if absent.",
        ),
    ] = "spec"
    holdout: Annotated[
        tuple[Example, ...],
        Meta(max_length=65536, description="What only the final verification sees."),
    ] = ()
    search: Search = msgspec.field(default_factory=Search)
    oracle: Annotated[
        str | UnsetType,
        Meta(description="Assembly of a reference program, to draw counterexamples from."),
    ] = UNSET
    sketch: Annotated[
        str | UnsetType,
        Meta(
            description="What the answer must complete: a term with (hole)s, or assembly with '?'."
        ),
    ] = UNSET
    start: Annotated[str | UnsetType, Meta(description="Assembly of a program to adapt.")] = UNSET
    objective: Annotated[
        Literal["correct", "steps"],
        Meta(
            description="A correct program; or `start`, which must be correct, in fewer steps on "
            "inputs like the examples."
        ),
    ] = "correct"
    rulesets: Annotated[
        tuple[str, ...], Meta(description="Names of installed rulesets to saturate with, too.")
    ] = ()


def load_spec(path: str | Path) -> Spec:
    """The spec in that JSON file. Raises SpecError, naming file, JSON path and what is wrong."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as e:  # a name with a NUL is a ValueError
        raise SpecError(f"{path}: cannot be read: {getattr(e, 'strerror', None) or e}") from None
    if len(data) > MAX_BYTES:
        raise SpecError(f"{path}: larger than {MAX_BYTES >> 20} MiB: give fewer examples")
    try:
        return decode_spec(data, name=path.stem)
    except SpecError as e:
        raise SpecError(f"{path}: {e}") from None


def decode_spec(data: bytes | str, name: str = "spec") -> Spec:
    """The spec in that JSON text; `name` is its name if it has none. Raises SpecError."""
    return convert_spec(read_json(data), name)


def convert_spec(raw: Any, name: str = "spec") -> Spec:
    """The spec that plain dicts and lists describe. Raises SpecError."""
    if isinstance(raw, dict) and "name" not in raw:
        raw = {"name": _as_name(name), **cast("dict[Any, Any]", raw)}
    try:
        spec = msgspec.convert(raw, Spec)
    except msgspec.ValidationError:
        raise SpecError(explain(raw, spec_schema())) from None
    except RecursionError:
        raise SpecError("$: nested too deeply") from None
    check_spec(spec)
    return spec


def check_spec(spec: Spec) -> None:
    """Raises SpecError where values don't fit each other: words and sizes against the machine,
    programs against both. Examples that contradict each other are no error: see
    `bridge.verify.contradictions`."""
    machine = spec.machine
    for group in ("examples", "holdout"):
        for i, example in enumerate(getattr(spec, group)):
            at = f"$.{group}[{i}]"
            _check_words(example.memory, machine.words, machine.words, f"{at}.memory")
            _check_words(example.expect.memory, machine.words, machine.words, f"{at}.expect.memory")
            _check_words(
                example.expect.registers, machine.registers, machine.words, f"{at}.expect.registers"
            )
    if not any(any(example.cells()) for example in spec.examples):
        raise SpecError("$.examples: no expected cell in any example: give one a word to reach")
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
        return program.check(
            registers=machine.registers, lines=machine.lines, source=f"{at}: the program"
        )
    except AssemblyError as e:
        raise SpecError(str(e)) from None


def _check_words(row: tuple[int | None, ...], size: int, words: int, at: str) -> None:
    if len(row) > size:
        raise SpecError(f"{at}: {len(row)} entries, the machine has {size}: shorten it")
    for i, word in enumerate(row):
        if word is not None and word >= words:
            raise SpecError(f"{at}[{i}]: {word} is no word of a machine with words = {words}")


def _as_name(stem: str) -> str:
    """The nearest that a name may be."""
    name = "".join(c if c.isascii() and (c.isalnum() or c in "_.-") else "_" for c in stem)
    return name[:80] or "spec"


def spec_schema() -> dict[str, Any]:
    """The JSON Schema of spec files, with the meaning of every field."""
    return msgspec.json.schema(Spec)
