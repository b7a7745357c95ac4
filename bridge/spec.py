"""The spec: what the user says."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bridge.isa import InstructionSet, count_opcodes
from bridge.lists import Layout, LayoutName

__all__ = ["Budget", "Example", "Expect", "ImageFile", "Machine", "Search", "Spec"]

MAX_WORDS: Final = 256
"""As many as a byte holds."""
MAX_REGISTERS: Final = 16
MAX_LINES: Final = 64
MAX_EXAMPLES: Final = 1 << 17
MAX_TEXT: Final = 1 << 16
ONE_SET: Final = "image"
"""The name of the set of pictures, where the spec gives it none."""

Word = Annotated[int, Meta(ge=0, le=MAX_WORDS - 1, description="A word: 0 … machine.words − 1.")]
Cell = Annotated[
    Word | None, Meta(description="The word expected here; null where anything is right.")
]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
SetName = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z][A-Za-z0-9_\-]{0,39}(?![\s\S])", description="Of a set of pictures."),
]
PictureCell = Annotated[
    dict[SetName, Annotated[int, Meta(ge=0, le=2**31 - 1)]],
    Meta(
        min_length=1,
        max_length=1,
        description='A picture, {"image": 17}: the name of its set, which is "image" where there '
        "is one without a name, and its number in the file, from 0.",
    ),
]


class ImageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A set of pictures. Each shows a word; which, nobody says."""

    file: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=255,
            description="An .npz file in the spec's folder, with an array `images`, of numbers, "
            "whose first axis counts the pictures; and maybe `labels`, the word that each shows, "
            "which nothing is trained on.",
        ),
    ]
    words: Annotated[
        tuple[Word, ...],
        Meta(min_length=2, max_length=MAX_WORDS, description="The words that a picture may show."),
    ]


class Machine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The machine that the program is for."""

    words: Annotated[
        int, Meta(ge=2, le=MAX_WORDS, description="b: words are 0 … b−1, and memory has b cells.")
    ]
    registers: Annotated[
        int,
        Meta(
            ge=1,
            le=MAX_REGISTERS,
            description="Registers, numbered from 1; they start at 0: see preload.",
        ),
    ] = 6
    lines: Annotated[
        int, Meta(ge=1, le=MAX_LINES, description="The most instructions it may have.")
    ] = 16
    steps: Annotated[
        int, Meta(ge=1, le=65536, description="A run ends at a halt or after so many steps.")
    ] = 128
    halt: Annotated[
        bool,
        Meta(description="Whether it must halt; if not, the state after `steps` steps counts."),
    ] = True
    instructions: Annotated[
        InstructionSet,
        Meta(
            description="Its instructions: the paper's 13; `arithmetic` adds mul, div, mod, eq and "
            "less; `bits` adds and, or, xor and shift to these."
        ),
    ] = "paper"
    preload: Annotated[
        bool,
        Meta(
            description="Whether programs may begin with lines such as 'r4 = 3': registers that "
            "start with a word, which takes no step."
        ),
    ] = False

    @property
    def opcodes(self) -> int:
        """How many instructions it has: the first rows of `bridge.isa.OPCODES`."""
        return count_opcodes(self.instructions)


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The final state that is right. Cells not given are ignored."""

    memory: Annotated[tuple[Cell, ...], Meta(description="Memory from address 0.")] = ()
    registers: Annotated[tuple[Cell, ...], Meta(description="Registers from 1.")] = ()


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Memory before, and what is expected after."""

    memory: Annotated[
        tuple[Word | PictureCell, ...],
        Meta(description="Memory from address 0: words, or pictures; cells not given are 0."),
    ]
    expect: Expect

    @property
    def words(self) -> tuple[int, ...]:
        """The memory before; 0 where a picture is."""
        return tuple(0 if isinstance(cell, dict) else cell for cell in self.memory)

    @property
    def has_picture(self) -> bool:
        """Whether a cell of its memory is a picture."""
        return any(isinstance(cell, dict) for cell in self.memory)

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
    ] = 200_000_000
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


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A program described by examples."""

    machine: Annotated[
        Machine,
        Meta(
            description="May be left out, or its words or steps, where examples are inputs and "
            "outputs: these say what is enough."
        ),
    ]
    examples: Annotated[
        tuple[Example, ...],
        Meta(min_length=1, max_length=MAX_EXAMPLES, description="What the search sees."),
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
        Meta(max_length=MAX_EXAMPLES, description="What only the final verification sees."),
    ] = ()
    images: Annotated[
        dict[SetName, ImageFile],
        Meta(max_length=8, description="Sets of pictures, by name; or one, without a name."),
    ] = msgspec.field(default_factory=dict[str, ImageFile])
    accuracy: Annotated[
        Annotated[float, Meta(gt=0, le=1)] | UnsetType,
        Meta(
            description="The share of inputs on which an answer must be right: 1 by default, 0.9 "
            "with images. Below 1, examples may be wrong, too; it is solved if the lower end of "
            "Wilson's 95 % interval of its share of the held-out examples reaches it."
        ),
    ] = UNSET
    layout: Annotated[
        LayoutName | UnsetType,
        Meta(
            description="How lists lie in memory, where examples are inputs and outputs: "
            "`terminated` (the elements, then a 0) or `prefixed` (the length, then the elements). "
            "By default `terminated` if no list holds 0 or false; or if only outputs do, each as "
            "long as the first list."
        ),
    ] = UNSET
    signed: Annotated[
        bool,
        Meta(
            description="Words from the upper half are negative numbers: −1 is b − 1. Examples may "
            "hold −⌊b/2⌋ … ⌈b/2⌉ − 1 then."
        ),
    ] = False
    search: Search = msgspec.field(default_factory=Search)
    oracle: Annotated[
        Text | UnsetType,
        Meta(description="Assembly of a reference program, to draw counterexamples from."),
    ] = UNSET
    sketch: Annotated[
        Text | UnsetType,
        Meta(
            description="What the answer must complete: a term with (hole)s, or assembly with '?'."
        ),
    ] = UNSET
    start: Annotated[Text | UnsetType, Meta(description="Assembly of a program to adapt.")] = UNSET
    objective: Annotated[
        Literal["correct", "steps", "lines"],
        Meta(
            description="A correct program; or `start`, which must be correct, in fewer steps on "
            "inputs like the examples, or in fewer lines."
        ),
    ] = "correct"
    rulesets: Annotated[
        tuple[str, ...],
        Meta(max_length=64, description="Names of installed rulesets to saturate with, too."),
    ] = ()
    schema: Annotated[
        str | UnsetType, Meta(description="Where this schema is: for editors, which add it.")
    ] = msgspec.field(name="$schema", default=UNSET)
    folder: str | UnsetType = UNSET
    """Where the files of `images` are: the folder of the spec's own file; no key of it."""
    lists: Layout | UnsetType = UNSET
    """How inputs and outputs lie in memory, where examples are given as such; no key of it."""
