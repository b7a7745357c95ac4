"""Assembly text <-> Program <-> rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bridge.errors import AssemblyError
from bridge.isa import slot_mask
from bridge.program import (
    Comment,
    Instruction,
    Program,
    decode_rows,
    encode,
    first_words,
    parse_program,
)
from bridge.spec import Machine
from tests.cases import LISTINGS, TABLE1
from tests.programs import programs

KNOWN = (
    "halt, noop, zero, inc, dec, move, add, sub, min, max, read, write, jump, "
    "mul, div, mod, eq, less, and, or, xor, shift"
)


# ---------------------------------------------------------------- text


@given(programs(annotated=True, known="bits", words=9))
def test_parsing_what_was_printed(program: Program):
    assert parse_program(str(program)) == program


@given(programs(annotated=True, holes=True, known="bits", words=9))
def test_parsing_what_was_printed_with_holes(program: Program):
    again = parse_program(str(program))
    assert again == program
    assert again.has_hole == any(
        i.opcode is None or None in i.operands for i in program.instructions
    )


@given(programs(annotated=True, holes=True, known="bits", words=9))
def test_printing_what_was_parsed_is_stable(program: Program):
    text = str(program)
    assert str(parse_program(text)) == text
    assert str(parse_program(text + "\n\n")) == text


@given(programs(holes=True, known="bits", words=9), st.data())
def test_layout_does_not_matter(program: Program, data):
    """Spaces, empty lines, Windows line ends, the listing's numbers, labels before instructions."""
    lines = []
    for number, line in enumerate(str(program).splitlines(), 1):
        indent = data.draw(st.sampled_from(["", "  ", "\t", f"{number} ", f" {number}\t"]))
        lines.append(indent + line.strip().replace(" ", data.draw(st.sampled_from([" ", "  "]))))
        if data.draw(st.booleans()):
            lines.append(data.draw(st.sampled_from(["", "   ", f"{number}"])))
    assert parse_program("\r\n".join(lines)) == program


@given(programs(annotated=True, known="bits"))
def test_labels_may_stand_before_their_instruction(program: Program):
    bare = Program(program.instructions, program.labels)
    assert parse_program(str(bare).replace(":\n", ": ")) == bare


@pytest.mark.parametrize("name", LISTINGS)
def test_the_papers_listings_parse_as_printed(name: str):
    listing = LISTINGS[name]
    program = parse_program(listing.pdf)
    assert program == parse_program(listing.text)
    assert program.labels == listing.labels
    assert str(program) == listing.text


def test_the_listings_of_the_suite_are_the_papers():
    names = {"map": "map_inc", "sum": "reduce", "fib": "fibonacci"}
    for name, listing in LISTINGS.items():
        task = TABLE1[f"{names[name]}_unhalting"]
        assert task.program.bare() == parse_program(listing.text).bare()


TEXT = """\
; walks along the list
start: loop:   ; two names
  read 1 2;no space
  jump 2 end
  ? ; any instruction
  inc ? 1
  jump ? ?
again:
  jump 3 loop
; done
end: stop:
  ; nothing follows"""

PRINTED = """\
start:
loop:
; walks along the list
; two names
  read 1 2  ; no space
  jump 2 end
  ?  ; any instruction
  inc ? 1
  jump ? ?
again:
  jump 3 start
end:
stop:
; done
; nothing follows"""


def test_labels_comments_and_holes_are_kept():
    program = parse_program(TEXT)
    assert program.instructions == (
        Instruction("read", (1, 2)),
        Instruction("jump", (2, 6)),
        Instruction(None),
        Instruction("inc", (None, 1)),
        Instruction("jump", (None, None)),
        Instruction("jump", (3, 0)),
    )
    assert program.labels == (("start", 0), ("loop", 0), ("again", 5), ("end", 6), ("stop", 6))
    assert program.comments == (
        Comment(0, "walks along the list", own_line=True),
        Comment(0, "two names", own_line=True),
        Comment(0, "no space"),
        Comment(2, "any instruction"),
        Comment(6, "done", own_line=True),
        Comment(6, "nothing follows", own_line=True),
    )
    assert str(program) == PRINTED
    assert program.bare().comments == ()


def test_labels_are_made_for_targets_without_a_name():
    code = (
        Instruction("jump", (1, 3)),
        Instruction("jump", (1, 2)),
        Instruction("jump", (1, 1)),
        Instruction("jump", (1, 3)),
        Instruction("jump", (1, 5)),
    )
    program = Program(code, labels=(("loop", 0),))
    assert program.labels == (("loop", 0), ("loop_2", 1), ("skip", 2), ("loop_3", 3), ("end", 5))
    assert parse_program(str(program)) == program


def test_an_empty_program():
    for text in ("", "\n\n", "   "):
        assert parse_program(text) == Program(())
    assert str(Program(())) == ""
    assert Program(()).registers == 0


def test_registers_counts_no_labels():
    assert parse_program("halt\n" * 9 + "end: jump 2 end\n ?\n inc ? 3").registers == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("inc 1 2\nfly 1 2", f"assembly, line 2: no instruction 'fly'; there are {KNOWN}"),
        ("INC 1 2", f"assembly, line 1: no instruction 'INC'; there are {KNOWN}"),
        ("9a: halt", f"assembly, line 1: no instruction '9a:'; there are {KNOWN}"),
        ("inc 1", "assembly, line 1: inc takes 2 operands, not 1: write 'inc a out'"),
        ("inc 1 2 3", "assembly, line 1: inc takes 2 operands, not 3: write 'inc a out'"),
        ("\n\nhalt 1", "assembly, line 3: halt takes 0 operands, not 1: write 'halt'"),
        ("jump 1", "assembly, line 1: jump takes 2 operands, not 1: write 'jump a label'"),
        ("add 1 2 x", "assembly, line 1: 'x' is no register: registers are numbered from 1"),
        ("inc 0 1", "assembly, line 1: '0' is no register: registers are numbered from 1"),
        ("inc -1 1", "assembly, line 1: '-1' is no register: registers are numbered from 1"),
        ("inc 1000 1", "assembly, line 1: '1000' is no register: registers are numbered from 1"),
        ("inc ٣ 1", "assembly, line 1: '٣' is no register: registers are numbered from 1"),
        ("inc 1, 2", "assembly, line 1: '1,' is no register: registers are numbered from 1"),
        ("jump 1 3", "assembly, line 1: '3' is no label: write a name"),
        ("jump 1 to", "assembly, line 1: label 'to' is not defined: add 'to:'"),
        ("a: halt\na: halt", "assembly, line 2: label 'a' is defined twice: rename one"),
        ("a: a: halt", "assembly, line 1: label 'a' is defined twice: rename one"),
        ("halt\njump 1\n↪ to", "assembly, line 2: label 'to' is not defined: add 'to:'"),
        ("↪ halt", f"assembly, line 1: no instruction '↪'; there are {KNOWN}"),
        ("? 1", f"assembly, line 1: no instruction '?'; there are {KNOWN}"),
        *(
            (
                text,
                f"assembly, line 1: {text!r} sets no register: write a register and the word that "
                "it starts with, 'r4 = 3'",
            )
            for text in ("x4 = 3", "r4 = ?", "r0 = 3", "r4 = -1", "r4 = r3", "r4 == 3", "=")
        ),
        (
            "r4 = 3\nr4 = 0",
            "assembly, line 2: r4 is set twice before the run: leave one out",
        ),
        (
            "halt\nr4 = 3",
            "assembly, line 2: 'r4 = 3' comes too late: what registers start with stands before "
            "all instructions and labels",
        ),
    ],
)
def test_what_does_not_parse(text: str, message: str):
    with pytest.raises(AssemblyError) as error:
        parse_program(text)
    assert str(error.value) == message


def test_the_source_is_named():
    with pytest.raises(AssemblyError, match=r"^my\.asm, line 1: "):
        parse_program("fly", "my.asm")


@given(st.text())
def test_any_other_text_is_a_clear_error(text: str):
    try:
        program = parse_program(text)
    except AssemblyError:
        return
    assert parse_program(str(program)) == program


@given(st.lists(st.sampled_from([*KNOWN.split(", "), "1", "2", "99" * 3000, "a", "a:", "b:", "?",
                                 ";", "↪", "\n", ":", "\u2028", "\x00"])))  # fmt: skip
def test_text_made_of_its_own_pieces_is_no_surprise(pieces: list[str]):
    try:
        program = parse_program(" ".join(pieces))
    except AssemblyError:
        return
    assert parse_program(str(program)) == program


def test_a_program_that_does_not_fit():
    program = parse_program("inc 1 4\nhalt")
    assert program.check(Machine(words=8, registers=4, lines=2)) is program
    with pytest.raises(AssemblyError) as error:
        program.check(Machine(words=8, registers=3, lines=2), "$.start: the program")
    assert str(error.value) == (
        "$.start: the program uses register 4, the machine has 3 registers: "
        "raise machine.registers or renumber"
    )
    with pytest.raises(AssemblyError) as error:
        program.check(Machine(words=8, registers=4, lines=1))
    assert str(error.value) == (
        "the program has 2 instructions, the machine has 1 line: "
        "raise machine.lines or shorten the program"
    )


def test_what_registers_start_with():
    program = parse_program("r3 = 2 ; an address\n1 r1=7\nr2 = 0\nloop: write 3 1\njump 2 loop")
    assert program.preload == ((1, 7), (3, 2))
    assert str(program).startswith("  r1 = 7\n  r3 = 2\nloop:\n")
    assert program != Program(program.instructions, program.labels, program.comments)
    assert program.bare().preload == program.preload
    assert Program((), preload=((5, 1),)).registers == 5


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"preload": False},
            "$.start begins with 'r3 = 7', the machine's registers start at 0: set "
            "machine.preload to true, or make the word by instructions",
        ),
        (
            {"words": 7},
            "$.start begins with 'r3 = 7', the machine's words are 0 to 6: raise machine.words or "
            "change the word",
        ),
        (
            {"registers": 2},
            "$.start uses register 3, the machine has 2 registers: raise machine.registers or "
            "renumber",
        ),
    ],
)
def test_what_registers_cannot_start_with(changed, message):
    program, machine = parse_program("r3 = 7"), Machine(words=8, registers=3, preload=True)
    assert program.check(machine) is program
    with pytest.raises(AssemblyError) as error:
        program.check(replace(machine, **changed), source="$.start")
    assert str(error.value) == message


# ---------------------------------------------------------------- rows


@given(programs(holes=True, words=9), st.integers(0, 4))
def test_rows_come_back(program: Program, spare: int):
    rows, first = encode(program, len(program) + spare), first_words(program, 5)
    again = decode_rows(rows, first)
    assert np.array_equal(encode(again, len(rows)), rows)
    assert again.preload == program.preload
    assert [word for _, word in again.preload] == [word for word in first if word]


@given(programs(holes=True, known="bits"))
def test_programs_come_back_from_rows(program: Program):
    again = decode_rows(encode(program, len(program)))
    dropped = program.instructions[len(again) :]
    assert again.instructions == program.instructions[: len(again)]
    assert all(i.opcode == "halt" for i in dropped)
    assert not dropped or again.instructions[-1].opcode == "halt"


def test_trailing_halts_are_dropped_but_for_one_and_for_targets():
    rows = encode(parse_program("jump 1 end\nend: halt"), 6)
    assert str(decode_rows(rows)) == "  jump 1 skip\nskip:\n  halt"
    rows = encode(parse_program("jump 1 far\nhalt\nhalt\nfar: halt"), 6)
    assert len(decode_rows(rows)) == 4
    assert len(decode_rows(encode(Program(()), 6))) == 1


def test_rows_as_documented():
    rows = encode(parse_program("x: write 2 3\njump 4 x\ninc ? 1\n?"), 5)
    assert rows.tolist() == [
        [11, 1, 2, 0, 0],
        [12, 3, 0, 0, 0],
        [3, -1, 0, 0, 0],
        [-1, -1, -1, -1, -1],
        [0, 0, 0, 0, 0],
    ]
    assert rows.dtype == np.int16


@given(programs(known="bits"))
def test_unused_slots_are_zero(program: Program):
    rows = encode(program, len(program))
    assert not rows[:, 1:][~slot_mask()[rows[:, 0]]].any()


def test_encoding_a_program_that_is_too_long():
    with pytest.raises(AssemblyError, match="2 instructions in 1 line: shorten it"):
        encode(parse_program("halt\nhalt"), 1)
