"""What programs mean: one test an instruction, the paper's listings, halting, and state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bridge.errors import AssemblyError, SpecError
from bridge.interpreter import Outcome, run
from bridge.isa import OPCODES
from bridge.program import Instruction, Program, parse_program
from bridge.spec import Machine
from tests.cases import LISTINGS
from tests.programs import machines, memories, programs

MACHINE = Machine(words=8, registers=4, lines=8, steps=20, instructions="bits")


@pytest.mark.parametrize(
    ("text", "registers", "memory"),
    [
        ("halt\ninc 1 1", (5, 7, 2, 0), (6, 1, 4)),
        ("noop", (5, 7, 2, 0), (6, 1, 4)),
        ("zero 2", (5, 0, 2, 0), (6, 1, 4)),
        ("inc 2 4", (5, 7, 2, 0), (6, 1, 4)),
        ("inc 1 4", (5, 7, 2, 6), (6, 1, 4)),
        ("dec 4 1", (7, 7, 2, 0), (6, 1, 4)),
        ("move 2 3", (5, 7, 7, 0), (6, 1, 4)),
        ("add 1 2 4", (5, 7, 2, 4), (6, 1, 4)),
        ("sub 3 2 4", (5, 7, 2, 3), (6, 1, 4)),
        ("min 1 3 4", (5, 7, 2, 2), (6, 1, 4)),
        ("max 1 3 4", (5, 7, 2, 5), (6, 1, 4)),
        ("read 3 4", (5, 7, 2, 4), (6, 1, 4)),
        ("write 3 2", (5, 7, 2, 0), (6, 1, 7)),
        ("mul 1 2 4", (5, 7, 2, 3), (6, 1, 4)),
        ("div 2 3 4", (5, 7, 2, 3), (6, 1, 4)),
        ("div 2 4 4", (5, 7, 2, 0), (6, 1, 4)),
        ("mod 2 3 4", (5, 7, 2, 1), (6, 1, 4)),
        ("mod 2 4 4", (5, 7, 2, 7), (6, 1, 4)),
        ("eq 1 1 4", (5, 7, 2, 1), (6, 1, 4)),
        ("less 1 3 4", (5, 7, 2, 0), (6, 1, 4)),
        ("less 3 1 4", (5, 7, 2, 1), (6, 1, 4)),
        ("and 1 2 4", (5, 7, 2, 5), (6, 1, 4)),
        ("or 1 3 4", (5, 7, 2, 7), (6, 1, 4)),
        ("xor 1 2 4", (5, 7, 2, 2), (6, 1, 4)),
        ("shift 2 3 4", (5, 7, 2, 1), (6, 1, 4)),
        ("shift 2 1 4", (5, 7, 2, 0), (6, 1, 4)),
        ("jump 4 end\nzero 1\nend: zero 2", (5, 0, 2, 0), (6, 1, 4)),
        ("jump 1 end\nzero 1\nend: zero 2", (0, 0, 2, 0), (6, 1, 4)),
    ],
)
def test_an_instruction(text: str, registers: tuple[int, ...], memory: tuple[int, ...]):
    outcome = run(parse_program(text), (6, 1, 4), MACHINE, registers=(5, 7, 2))
    assert outcome.registers == registers
    assert outcome.memory == (*memory, 0, 0, 0, 0, 0)
    assert outcome.halted


def test_every_instruction_is_known_to_the_interpreter():
    for row in OPCODES:
        run(Program((Instruction(row.name, (1,) * len(row.operands)),)), (), MACHINE)


@pytest.mark.parametrize("name", LISTINGS)
@pytest.mark.parametrize("form", ["pdf", "text"])
def test_the_papers_listings_do_what_it_says(name: str, form: str):
    listing = LISTINGS[name]
    outcome = run(parse_program(getattr(listing, form)), listing.memory, listing.machine)
    assert outcome.memory == listing.after
    assert outcome.halted == (name == "sum")


@given(memories(12))
def test_the_sum_is_of_cells_0_to_2(memory: tuple[int, ...]):
    listing = LISTINGS["sum"]
    outcome = run(parse_program(listing.text), memory, listing.machine)
    cells = [*memory, *[0] * (12 - len(memory))]
    cells[3] = sum(cells[:3]) % 12
    assert outcome.memory == tuple(cells)
    assert outcome.steps == 2 + 3 * 6 + 1 + 1  # the last one: a halt behind the program


@pytest.mark.parametrize(
    ("text", "lines", "steps", "outcome"),
    [
        ("inc 1 1\nhalt", 8, 2, ((2, True), 1)),
        ("inc 1 1\nhalt", 8, 1, ((1, False), 1)),
        ("inc 1 1", 8, 2, ((2, True), 1)),  # runs into the halts behind the program
        ("inc 1 1", 8, 1, ((1, False), 1)),
        ("inc 1 1", 1, 1, ((1, True), 1)),  # runs past the machine's last line
        ("x: jump 1 x", 8, 5, ((5, False), 0)),
        ("jump 1 x\ninc 1 1\nx:", 8, 2, ((2, True), 0)),
        ("jump 1 x\ninc 1 1\nx:", 2, 1, ((1, True), 0)),
        ("", 8, 1, ((1, True), 0)),
    ],
)
def test_when_a_run_ends(text: str, lines: int, steps: int, outcome):
    machine = Machine(words=8, registers=1, lines=lines, steps=steps)
    got = run(parse_program(text), (), machine)
    assert ((got.steps, got.halted), *got.registers) == outcome


@given(st.data(), machines(known="bits"))
def test_a_longer_run_goes_on_from_where_a_shorter_one_stopped(data, machine: Machine):
    """A run that halted stays as it is; more steps change nothing."""
    program = data.draw(programs(registers=machine.registers, lines=machine.lines, known="bits"))
    memory = data.draw(memories(machine.words))
    outcome = run(program, memory, machine)
    longer = replace(machine, steps=machine.steps + data.draw(st.integers(1, 20)))
    if outcome.halted:
        assert run(program, memory, longer) == outcome
    else:
        assert outcome.steps == machine.steps
        assert run(program, memory, longer).steps > outcome.steps


@given(st.data(), machines(known="bits"))
def test_states_are_words(data, machine: Machine):
    program = data.draw(programs(registers=machine.registers, lines=machine.lines, known="bits"))
    outcome = run(program, data.draw(memories(machine.words)), machine)
    assert len(outcome.memory) == machine.words
    assert len(outcome.registers) == machine.registers
    assert set(outcome.memory + outcome.registers) <= set(range(machine.words))


def test_padding_with_halts_changes_nothing():
    program = parse_program("inc 1 2\nwrite 1 2")
    padded = Program(program.instructions + (Instruction("halt"),) * 6)
    assert run(program, (), MACHINE) == run(padded, (), MACHINE)
    assert run(program, (), MACHINE) == Outcome((1, *[0] * 7), (0, 1, 0, 0), 3, True)


@pytest.mark.parametrize(
    ("text", "memory", "error", "message"),
    [
        ("inc ? 1", (), AssemblyError, "a program with a hole (?) cannot be run: fill it first"),
        ("?", (), AssemblyError, "a program with a hole (?) cannot be run: fill it first"),
        ("zero 5", (), AssemblyError, "the program uses register 5, the machine has 4 registers"),
        ("noop\n" * 9, (), AssemblyError, "the program has 9 instructions, the machine has 8"),
        ("halt", (8,), SpecError, "[8]: no start of a machine with 8 such words"),
        ("halt", (-1,), SpecError, "[-1]: no start of a machine with 8 such words"),
        ("halt", (0,) * 9, SpecError, "[0, 0, 0, 0, 0, 0, 0, 0, 0]: no start"),
    ],
)
def test_what_cannot_be_run(text: str, memory: tuple[int, ...], error: type, message: str):
    with pytest.raises(error) as caught:
        run(parse_program(text), memory, MACHINE)
    assert str(caught.value).startswith(message)
