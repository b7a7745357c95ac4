"""Machines, and examples of memory."""

from __future__ import annotations

from tests.bridge.bad_specs.parts import KEYS, NO_WORD, Bad, example, examples, machine, spec

__all__ = ["MACHINES"]

MACHINES: Bad = {
    # ------------------------------------------------ the machine
    "one word": (machine(words=1), "$.machine.words: expected an integer from 2 to 256, not 1"),
    "too many words": (
        machine(words=10**9),
        "$.machine.words: expected an integer from 2 to 256, not 1000000000",
    ),
    "far too many words": (
        machine(words=10**30),
        f"$.machine.words: expected an integer from 2 to 256, not {10**30}",
    ),
    "negative words": (
        machine(words=-8),
        "$.machine.words: expected an integer from 2 to 256, not -8",
    ),
    "words as a string": (
        machine(words="8"),
        '$.machine.words: expected an integer from 2 to 256, not "8"',
    ),
    "words as a float": (
        machine(words=8.0),
        "$.machine.words: expected an integer from 2 to 256, not 8.0",
    ),
    "words as a boolean": (
        machine(words=True),
        "$.machine.words: expected an integer from 2 to 256, not true",
    ),
    "words as null": (
        machine(words=None),
        "$.machine.words: expected an integer from 2 to 256, not null",
    ),
    "a typing error in a key that must be there": (
        spec(machine={"word": 8}),
        "$.machine.word: unknown key: did you mean 'words'?",
    ),
    "half a character": (
        spec(name="\ud800"),
        "$.name: '\\ud800' is half a character: write it whole, or leave it out",
    ),
    "half a character in a key": (
        spec(**{"\udfff": 1}),
        "$: '\\udfff' is half a character: write it whole, or leave it out",
    ),
    "half a character in a comment": (
        spec(sketch="; a\ud800\n?"),
        "$.sketch: '\\ud800' is half a character: write it whole, or leave it out",
    ),
    "a key that a terminal would obey": (
        spec(**{"\u001b[2J": 1}),
        "$.\\x1b[2J: unknown key: there are " + KEYS,
    ),
    "too many objects": (
        "[" + "{}," * 2**20 + "{}]",
        "holds more than 1,048,576 objects: give fewer examples",
    ),
    "too many values": (
        "[" + "1," * 2**22 + "1,1]",
        "holds more than 4,194,304 values: give fewer examples",
    ),
    "a sketch that is too long": (
        spec(sketch="?\n" * 40_000),
        '$.sketch: expected a string of at most 65536 characters, not "' + r"?\n" * 18 + "?\\...",
    ),
    "no registers": (
        machine(registers=0),
        "$.machine.registers: expected an integer from 1 to 16, not 0",
    ),
    "too many registers": (
        machine(registers=17),
        "$.machine.registers: expected an integer from 1 to 16, not 17",
    ),
    "no lines": (machine(lines=0), "$.machine.lines: expected an integer from 1 to 64, not 0"),
    "too many lines": (
        machine(lines=65),
        "$.machine.lines: expected an integer from 1 to 64, not 65",
    ),
    "no steps": (machine(steps=0), "$.machine.steps: expected an integer from 1 to 65536, not 0"),
    "too many steps": (
        machine(steps=10**6),
        "$.machine.steps: expected an integer from 1 to 65536, not 1000000",
    ),
    "halt as a string": (machine(halt="yes"), '$.machine.halt: expected true or false, not "yes"'),
    "halt as a number": (machine(halt=1), "$.machine.halt: expected true or false, not 1"),
    "the machine as a list": (spec(machine=[8]), "$.machine: expected an object, not [8]"),
    # ------------------------------------------------ examples
    "empty examples": (
        spec(examples=[]),
        "$.examples: expected an array of 1 to 131072 entries, not []",
    ),
    "examples as an object": (
        spec(examples={"1": 2}),
        '$.examples: expected an array of 1 to 131072 entries, not {"1": 2}',
    ),
    "an example as a pair": (
        spec(examples=[[[1], [2]]]),
        "$.examples[0]: expected an object, not [[1], [2]]",
    ),
    "nothing expected": (
        example([1], memory=[None, None]),
        "$.examples: no expected cell in any example: give one a word to reach",
    ),
    "memory longer than the machine's": (
        example([0] * 9, memory=[1]),
        "$.examples[0].memory: 9 entries, the machine has 8: shorten it",
    ),
    "more expected cells than memory": (
        example([1], memory=[1] * 9),
        "$.examples[0].expect.memory: 9 entries, the machine has 8: shorten it",
    ),
    "more expected registers than registers": (
        example([1], registers=[0] * 4),
        "$.examples[0].expect.registers: 4 entries, the machine has 3: shorten it",
    ),
    "a word that is too large": (
        example([1, 8], memory=[1]),
        "$.examples[0].memory[1]: 8 is " + NO_WORD,
    ),
    "an expected word that is too large": (
        example([1], memory=[1, None, 9]),
        "$.examples[0].expect.memory[2]: 9 is " + NO_WORD,
    ),
    "an expected register that is too large": (
        example([1], registers=[8]),
        "$.examples[0].expect.registers[0]: 8 is " + NO_WORD,
    ),
    "a word no machine has": (
        example([10**25], memory=[1]),
        '$.examples[0].memory[0]: expected an integer from 0 to 7 or {"image": 17}, not '
        f"{10**25}",
    ),
    "a negative word": (
        example([-1], memory=[1]),
        '$.examples[0].memory[0]: expected an integer from 0 to 7 or {"image": 17}, not -1',
    ),
    "a float": (
        example([1.5], memory=[1]),
        '$.examples[0].memory[0]: expected an integer from 0 to 7 or {"image": 17}, not 1.5',
    ),
    "a boolean": (
        example([True], memory=[1]),
        '$.examples[0].memory[0]: expected an integer from 0 to 7 or {"image": 17}, not true',
    ),
    "null in the input": (
        example([None], memory=[1]),
        '$.examples[0].memory[0]: expected an integer from 0 to 7 or {"image": 17}, not null',
    ),
    "a string for a word": (
        example([1], memory=["1"]),
        '$.examples[0].expect.memory[0]: expected an integer from 0 to 7 or null, not "1"',
    ),
    "memory as a string": (
        example("3140", memory=[1]),
        '$.examples[0].memory: expected an array, not "3140"',
    ),
    "a bad held-out example": (
        examples(([1], [2]), holdout=(([2], [3]), ([3], [8]))),
        "$.holdout[1].expect.memory[0]: 8 is " + NO_WORD,
    ),
}
