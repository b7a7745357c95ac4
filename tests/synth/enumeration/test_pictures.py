"""Enumeration over every reading of pictures."""

from __future__ import annotations

import numpy as np
import pytest

from bridge import Machine
from bridge.batch import run_batch
from bridge.lowering.lower import lower
from bridge.program import encode
from bridge.readings import Group, group_examples, tabulate
from bridge.term import Term, parse_term
from synth.enumeration.pictures import PictureEnumeration
from synth.language import expand

MACHINE = Machine(words=8, registers=5, lines=16, steps=48)
DIGITS = (1, 2, 3)


def examples(answer, *, lengths=(1, 2), wrong: int = 0, registers: tuple[int, ...] = ()):
    """Every list of digits at address 0; the answer is expected at the terminator, or a word of it
    in each of the registers. The first `wrong` expect a word that no program here leads to."""
    lists = [r for n in lengths for r in np.ndindex((len(DIGITS),) * n)]
    which = np.full((len(lists), 8), -1)
    expect, checked = np.zeros((len(lists), 13), int), np.zeros((len(lists), 13), bool)
    for i, numbers in enumerate(lists):
        which[i, : len(numbers)] = 0
        outputs = [7 + register for register in registers] or [len(numbers)]
        digits = [DIGITS[number] for number in numbers]
        expect[i, outputs] = 7 if i < wrong else np.array(answer(digits)) % 8
        checked[i, outputs] = True
    return group_examples(np.zeros((len(lists), 8), int), which, which, expect, checked, [DIGITS])


def explained(term: Term, groups: tuple[Group, ...], outputs=None) -> tuple[int, bytes]:
    """How many examples the term's program can explain, and its tables."""
    program = lower(expand(term), MACHINE, outputs)
    total, tables = 0, b""
    for group in groups:
        (table,) = tabulate(encode(program, MACHINE.lines)[None], group, MACHINE)
        total += sum(answer in table[group.layout[i]] for i, answer in enumerate(group.answer))
        tables += table.tobytes()
    return total, tables


def found(enumeration: PictureEnumeration) -> list[Term]:
    return [term for term in enumeration.programs() if term is not None]


@pytest.mark.parametrize(
    ("answer", "term"),
    [
        (sum, "(do (fold p q (plus)) (store p q))"),
        (lambda d: d[-1] - sum(d[:-1]), "(do (fold p q (flip (minus))) (store p q))"),
    ],
)
def test_programs_that_can_explain_the_examples(answer, term):
    groups = examples(answer)
    terms = found(PictureEnumeration(groups, MACHINE, 25_000))
    everything = sum(len(group.example) for group in groups)
    assert all(explained(one, groups)[0] == everything for one in terms)
    wanted = explained(parse_term(term), groups)[1]
    assert wanted in [explained(one, groups)[1] for one in terms]


def outcomes(term: Term, groups: tuple[Group, ...]) -> bytes:
    """The checked words that every reading leads to."""
    code, words = encode(lower(expand(term), MACHINE), MACHINE.lines), b""
    for group in groups:
        memory, _, _, halted = run_batch(code[None], group.read(0, group.all_readings()), MACHINE)
        assert halted.all()
        words += memory[0][:, group.checked[0, : MACHINE.words]].tobytes()
    return words


def test_no_two_of_them_do_the_same():
    groups = examples(max)
    terms = found(_small(groups))
    assert len(terms) > 5
    assert len({outcomes(term, groups) for term in terms}) == len(terms)


def _small(groups) -> PictureEnumeration:
    return PictureEnumeration(groups, MACHINE, 3_000)


def test_wrong_examples_hide_no_program():
    groups = examples(sum, wrong=3)
    total = parse_term("(do (fold p q (plus)) (store p q))")
    assert total not in found(_small(groups))
    assert total in found(PictureEnumeration(groups, MACHINE, 3_000, share=0.75))


def test_a_word_expected_in_a_register():
    groups = examples(sum, registers=(1,))
    terms = found(PictureEnumeration(groups, MACHINE, 6_000))
    (first,) = (t for t in terms if t == parse_term("(do (fold p q (plus)))"))
    assert explained(first, groups, {"q": 1})[0] == len(groups[0].example) + len(groups[1].example)


def test_words_expected_in_several_registers():
    """The sum in register 1, how many there are in register 3."""
    groups = examples(lambda digits: (sum(digits), len(digits)), registers=(1, 3))
    terms = found(PictureEnumeration(groups, MACHINE, 6_000))
    (first,) = (t for t in terms if t == parse_term("(do (fold p q (plus)))"))
    everything = sum(len(group.example) for group in groups)
    assert explained(first, groups, {"q": 1, "p": 3})[0] == everything
    assert explained(first, groups, {"p": 1, "q": 3})[0] < everything


def test_long_lists_are_sampled_and_tell_programs_apart():
    groups = examples(sum, lengths=(2, 7))
    enumeration = PictureEnumeration(groups, MACHINE, 6_000)
    assert parse_term("(do (fold p q (plus)) (store p q))") in found(enumeration)


def test_the_budget_of_terms_is_exact_and_the_answers_the_same():
    groups = examples(max)
    for budget in (0, 1, 500):
        one, other = (PictureEnumeration(groups, MACHINE, budget) for _ in range(2))
        assert found(one) == found(other)
        assert one.terms == budget
