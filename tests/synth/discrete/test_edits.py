"""Edits by behaviour are all edits: against plain enumeration with the reference interpreter."""

from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bridge import AssemblyError, Program, parse_program, verify
from bridge.interpreter import run
from bridge.isa import OPCODES, Slot
from bridge.program import Instruction, decode_rows, encode, first_words
from bridge.spec import Example, Expect, Machine
from bridge.tests import encode_examples
from synth.discrete.edits import (
    edits,
    insertions,
    instructions_at,
    likely_steps,
    make_family,
    order_tests,
)
from tests.cases import TABLE1
from tests.programs import instructions, memories, programs

TINY = Machine(words=3, registers=2, lines=3, steps=12)
EVERY = 1 << 20


def every_instruction(
    length: int, registers: int, opcodes: int = TINY.opcodes
) -> list[Instruction]:
    """Canonical or not."""
    out = []
    for row in OPCODES[:opcodes]:
        ranges = [
            range(length + 1) if slot is Slot.LABEL else range(1, registers + 1)
            for slot in row.operands
        ]
        out += [Instruction(row.name, operands) for operands in itertools.product(*ranges)]
    return out


def neighbours(program: Program, lines: int, choices) -> set[Program]:
    """All programs with up to so many lines replaced; `choices(line)` are instructions."""
    out = {program.bare()}
    for where in itertools.combinations(range(len(program)), lines):
        for new in itertools.product(*(choices(line) for line in where)):
            code = list(program.instructions)
            for line, instruction in zip(where, new, strict=True):
                code[line] = instruction
            out.add(Program(tuple(code), preload=program.preload))
    return out


def other_starts(program: Program, machine: Machine) -> set[Program]:
    """The program with another word in one register at the start, if the machine preloads."""
    first = dict(program.preload)
    return {
        Program(program.instructions, preload=tuple((first | {register: word}).items()))
        for register in range(1, 1 + machine.registers * machine.preload)
        for word in range(machine.words)
    }


def plain(program: Program) -> Program:
    """As it is read out of rows: without labels, and but one of several halts at the end."""
    rows = encode(program, len(program))
    return decode_rows(rows, first_words(program, program.registers))


def behaviour(program: Program, tests, machine: Machine):
    return tuple((o.memory, o.registers) for e in tests if (o := run(program, e.memory, machine)))


@st.composite
def worlds(draw: DrawFn, halt: bool | None = None):
    """A machine, a program that fits it, tests that some neighbour of the program passes."""
    known = draw(st.sampled_from(["paper", "paper", "arithmetic", "bits"]))
    machine = Machine(
        words=draw(st.integers(2, 4)), registers=draw(st.integers(1, 3)),
        lines=draw(st.integers(1, 5)), steps=draw(st.integers(1, 15)),
        halt=draw(st.booleans()) if halt is None else halt, instructions=known,
        preload=draw(st.booleans()),
    )  # fmt: skip
    registers, most = machine.registers, min(4, machine.lines)
    preloads = machine.words * machine.preload
    program = draw(programs(registers=registers, lines=most, known=known, words=preloads))
    code = list(program.instructions)
    if code:
        line = draw(st.integers(0, len(code) - 1))
        code[line] = draw(instructions(registers=registers, length=len(code), known=known))
    target = Program(tuple(code), preload=program.preload)
    if machine.preload and draw(st.booleans()):
        target = draw(st.sampled_from([program.bare(), *other_starts(program, machine)]))
    tests = []
    for _ in range(draw(st.integers(1, 3))):
        memory = draw(memories(machine.words))
        after = run(target, memory, machine)
        cut = draw(st.integers(0, machine.words))
        registers = after.registers if draw(st.booleans()) else ()
        expect = Expect(memory=after.memory[:cut], registers=registers)
        tests.append(Example(memory=memory, expect=expect))
    return machine, program, tests


@given(worlds())
def test_one_line_edits_are_complete(world):
    """Found if and only if any instruction at all, canonical or not, is a repair."""
    machine, program, tests = world
    every = every_instruction(len(program), machine.registers, machine.opcodes)
    near = neighbours(program, 1, lambda _: every) | other_starts(program, machine)
    repairs = [p for p in near if verify(p, tests, machine).correct]
    *_, result = edits(program, encode_examples(tests, machine), machine, lines=1)
    assert bool(result.found) == bool(repairs)
    for found in result.found:
        assert verify(found, tests, machine).correct
        assert plain(found) in {plain(repair) for repair in repairs}


@pytest.mark.parametrize("lines", [0, 1, 2, 3])
@given(world=worlds())
def test_every_edit_is_decided_once(world, lines):
    """Each program of the family counts once, however the runs share work."""
    machine, program, tests = world
    *_, result = edits(program, encode_examples(tests, machine), machine, lines=lines, limit=EVERY)
    family = make_family(program, encode_examples(tests, machine), machine, lines)
    sizes = np.diff(family.offset)[: family.ahead + len(program)]
    ways = [1] + [0] * lines
    for size in sizes.tolist():
        for k in range(lines, 0, -1):
            ways[k] += ways[k - 1] * size
    assert result.complete
    assert result.decided == sum(ways)
    assert result.executed <= result.decided


def test_found_programs_are_those_of_plain_enumeration():
    """Two lines of a tiny machine, without sharing or splitting: the same programs pass."""
    program = parse_program("loop:\n read 1 2\n inc 2 1\n jump 1 loop")
    tests = [
        Example(memory=(1, 2, 0), expect=Expect(memory=(1, 1, 0))),
        Example(memory=(2, 0, 1), expect=Expect(memory=(2, 2, 1))),
    ]
    arrays = encode_examples(tests, TINY)

    def choices(line):
        rows = instructions_at(line, len(program), (0, 1), TINY.opcodes)
        return [i for row in rows if (i := decode_rows(row[None]).instructions[0])]

    passing = [p for p in neighbours(program, 2, choices) if verify(p, tests, TINY).correct]
    *_, result = edits(program, arrays, TINY, lines=2, limit=EVERY)
    assert result.complete
    assert passing
    assert {plain(p) for p in result.found} <= {plain(p) for p in passing}
    assert {behaviour(p, tests, TINY) for p in result.found} == {
        behaviour(p, tests, TINY) for p in passing
    }


def test_canonical_instructions_stand_for_all():
    """Each instruction has one canonical one that does the same to every state."""
    machine = Machine(words=6, registers=3, lines=3, steps=2, instructions="bits")
    words = Random(0).sample(list(itertools.product(range(6), repeat=3)), 50)
    states = [((3, 2, 0, 4, 5, 1), some) for some in words]

    def meaning(i: Instruction):
        if i.opcode == "jump":
            return i if i.target != 1 else meaning(Instruction("noop"))
        program = Program((i, Instruction("noop"), Instruction("noop")))
        return tuple(
            (o.memory, o.registers, o.halted)
            for memory, registers in states
            if (o := run(program, memory, machine, registers))
        )

    rows = instructions_at(0, 3, (0, 1, 2), len(OPCODES))
    canonical = [decode_rows(row[None]).instructions[0] for row in rows]
    meanings = [meaning(i) for i in canonical]
    ones = [i.operands[2] for i in canonical if i.opcode == "eq" and len({*i.operands[:2]}) == 1]
    more = len(ones) - len(set(ones))  # a register equals itself, whichever it is
    assert len(set(meanings)) == len(meanings) - more
    assert set(meanings) == {meaning(i) for i in every_instruction(3, 3, len(OPCODES))}


@pytest.mark.parametrize("name", TABLE1)
def test_any_one_wrong_instruction_is_repaired(name):
    task = TABLE1[name]
    machine = task.spec.machine
    arrays = encode_examples(task.spec.examples, machine)
    random = Random(f"edits/{name}")
    every = every_instruction(len(task.program), machine.registers)
    for line in range(len(task.program)):
        code = list(task.program.instructions)
        code[line] = random.choice(every)
        *_, result = edits(Program(tuple(code)), arrays, machine, lines=1)
        assert len(result.found) == 1
        assert verify(result.found[0], task.spec.examples, machine).correct


def test_holes_are_filled():
    task = TABLE1["map_inc"]
    sketch = parse_program(
        "loop:\n read 1 2\n jump 2 end\n ?\n write ? ?\n inc 1 ?\n jump 3 ?\nend:\n halt"
    )
    arrays = encode_examples(task.spec.examples, task.spec.machine)
    *_, result = edits(sketch, arrays, task.spec.machine, lines=0)
    assert len(result.found) == 1
    found = result.found[0]
    assert verify(found, (*task.spec.examples, *task.spec.holdout), task.spec.machine).correct
    assert [i.opcode for i in found.instructions if i.opcode != "inc"] == [
        i.opcode for i in task.program.instructions if i.opcode != "inc"
    ]


@pytest.mark.parametrize("line", range(7))
def test_a_missing_line_is_inserted(line):
    task = TABLE1["map_inc"]
    machine = task.spec.machine
    arrays = encode_examples(task.spec.examples, machine)
    code = task.program.instructions
    kept = [
        i if i.target is None or i.target <= line
        else Instruction(i.opcode, (i.operands[0], i.target - 1))
        for i in (*code[:line], *code[line + 1 :])
    ]  # fmt: skip
    longer = list(insertions(Program(tuple(kept)), machine.lines))
    results = [list(edits(p, arrays, machine, lines=0))[-1] for p in longer]
    assert any(r.found for r in results)


def test_insertions_shift_labels():
    program = parse_program("loop:\n inc 1 1\n jump 1 loop")
    texts = [[(i.opcode, i.target) for i in p.instructions] for p in insertions(program, 16)]
    assert texts == [
        [(None, None), ("inc", None), ("jump", 0)],
        [(None, None), ("inc", None), ("jump", 1)],
        [("inc", None), (None, None), ("jump", 0)],
        [("inc", None), ("jump", 0), (None, None)],
    ]
    assert not list(insertions(program, 2))


def test_the_budget_is_kept_and_the_course_does_not_depend_on_it():
    task = TABLE1["fibonacci"]
    broken = Program((Instruction("noop"),) * 3 + task.program.instructions[3:])
    arrays = encode_examples(task.spec.examples, task.spec.machine)
    seen = []
    for budget in (0, 1, 777, 1000):
        told = list(edits(broken, arrays, task.spec.machine, lines=2, budget=budget))
        result = told[-1]
        assert result.executed == budget
        assert not result.complete
        assert [each.executed for each in told] == sorted({each.executed for each in told})
        seen.append((result.best, result.cells))
    *_, again = edits(broken, arrays, task.spec.machine, lines=2, budget=1000)
    assert (again.best, again.cells) == seen[-1]
    assert [cells for _, cells in seen] == sorted(cells for _, cells in seen)


def test_whoever_has_enough_stops_asking():
    task = TABLE1["parity"]
    arrays = encode_examples(task.spec.examples, task.spec.machine)
    going = edits(Program((Instruction("noop"),) * 8), arrays, task.spec.machine, lines=5)
    first, second = next(going), next(going)
    going.close()
    assert (first.executed, first.complete) == (0, False)
    assert 0 < second.executed < 1_000_000
    assert not second.complete


def test_a_program_that_does_not_fit_is_an_error():
    arrays = encode_examples([Example(memory=(1,), expect=Expect(memory=(1,)))], TINY)
    with pytest.raises(AssemblyError, match="instructions"):
        next(edits(parse_program("noop\n" * 4), arrays, TINY))


def test_best_is_a_real_program():
    task = TABLE1["reduce"]
    broken = Program(task.program.instructions[:3])
    arrays = encode_examples(task.spec.examples, task.spec.machine)
    *_, result = edits(broken, arrays, task.spec.machine, lines=1)
    assert not result.found
    assert result.complete
    assert 0 < result.cells <= verify(result.best, task.spec.examples, task.spec.machine).cells
    assert len(encode(result.best, 16)) == 16


def test_the_number_of_cores_changes_nothing(monkeypatch):
    task = TABLE1["map_dec"]
    broken = parse_program(str(task.program).replace("dec 2 2", "add 1 1 3").replace("inc", "dec"))
    tests = encode_examples(task.spec.examples, task.spec.machine)
    results = []
    for cores in (1, 3):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        results.append(list(edits(broken, tests, task.spec.machine, lines=2, limit=EVERY)))
    assert results[0][-1].found
    assert results[0] == results[1]


@pytest.mark.parametrize("name", ["map_inc", "map_dec", "reduce", "fibonacci"])
def test_the_guess_is_enough_for_references(name):
    task = TABLE1[name]
    tests = encode_examples(task.spec.examples, task.spec.machine)
    first = tuple(order_tests(tests).memory[0].tolist())
    steps = run(task.program, first, task.spec.machine).steps
    assert steps <= likely_steps(task.program, tests) < task.spec.machine.steps
