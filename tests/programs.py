"""Hypothesis strategies for machines, programs and starting memories."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from bridge.isa import OPCODES, InstructionSet, Slot, count_opcodes
from bridge.program import Comment, Instruction, Program
from bridge.spec import Machine

__all__ = ["instructions", "machines", "memories", "programs"]

LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.]{0,8}", fullmatch=True)
comment_texts = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters=LINE_BREAKS), max_size=12
).map(str.strip)


@st.composite
def machines(
    draw: DrawFn,
    *,
    halt: bool | None = None,
    known: InstructionSet = "paper",
    preload: bool | None = False,
) -> Machine:
    """Small machines of any shape."""
    return Machine(
        words=draw(st.integers(2, 10)),
        registers=draw(st.integers(1, 5)),
        lines=draw(st.integers(1, 12)),
        steps=draw(st.integers(1, 40)),
        halt=draw(st.booleans()) if halt is None else halt,
        instructions=known,
        preload=draw(st.booleans()) if preload is None else preload,
    )


def memories(words: int) -> SearchStrategy[tuple[int, ...]]:
    """The first cells of memory: any number of them."""
    return st.lists(st.integers(0, words - 1), max_size=words).map(tuple)


@st.composite
def instructions(
    draw: DrawFn,
    *,
    registers: int,
    length: int,
    holes: bool = False,
    known: InstructionSet = "paper",
) -> Instruction:
    """Any instruction of that set, in a program of that length."""
    if holes and draw(st.integers(0, 5)) == 0:
        return Instruction(None)
    row = draw(st.sampled_from(OPCODES[: count_opcodes(known)]))
    operands: list[int | None] = []
    for slot in row.operands:
        value = st.integers(0, length) if slot is Slot.LABEL else st.integers(1, registers)
        operands.append(draw(st.none() | value if holes else value))
    return Instruction(row.name, tuple(operands))


@st.composite
def programs(
    draw: DrawFn,
    *,
    registers: int = 5,
    lines: int = 12,
    holes: bool = False,
    annotated: bool = False,
    known: InstructionSet = "paper",
    words: int = 0,
) -> Program:
    """Programs that fit the machine; if words are given, they may preload some. `annotated` ones
    have names for lines, used or not, several for one line, at the end; and comments, on lines of
    their own and behind instructions."""
    length = draw(st.integers(0, lines))
    one = instructions(registers=registers, length=length, holes=holes, known=known)
    code = tuple(draw(one) for _ in range(length))
    preload: tuple[tuple[int, int], ...] = ()
    if words:
        some = st.dictionaries(st.integers(1, registers), st.integers(0, words - 1))
        preload = tuple(draw(some).items())
    if not annotated:
        return Program(code, preload=preload)
    labels = draw(st.lists(st.tuples(names, st.integers(0, length)), unique_by=lambda p: p[0]))
    own_line = draw(
        st.lists(st.builds(Comment, st.integers(0, length), comment_texts, st.just(True)))
    )
    behind: list[Comment] = []
    if length:
        one_comment = st.builds(Comment, st.integers(0, length - 1), comment_texts)
        behind = draw(st.lists(one_comment, unique_by=lambda c: c.line))
    return Program(code, tuple(labels), (*own_line, *behind), preload)
