"""Inputs and outputs."""

from __future__ import annotations

import json

from tests.bridge.bad_specs.parts import GOOD, NO_WORD, Bad, lists, spec

__all__ = ["LISTS"]

LISTS: Bad = {
    "a list within a list": (
        lists(([1], 1), ([2, [3]], 2)),
        "$.examples[1].input[1]: a list within a list has no place in memory: give several inputs "
        'as "inputs": [...]',
    ),
    "a list within an input": (
        lists((([1], [[2]]), 1)),
        "$.examples[0].inputs[1][0]: a list within a list has no place in memory: give several "
        'inputs as "inputs": [...]',
    ),
    "a list within the output": (
        lists(([1], [1, []])),
        "$.examples[0].output[1]: a list within a list has no place in memory: make it flat",
    ),
    "an input that is a text": (
        lists(([1], 1), ("3, 1", 1)),
        '$.examples[1].input: expected an integer, true or false, or a list of these, not "3, 1"',
    ),
    "an element that is a float": (
        lists(([1, 0.5], 1)),
        "$.examples[0].input[1]: expected an integer, or true or false, not 0.5",
    ),
    "an output that is null": (
        lists(([1], None)),
        "$.examples[0].output: expected an integer, true or false, or a list of these, not null",
    ),
    "numbers and booleans in one list": (
        lists(([1, True], 1)),
        "$.examples[0].input: numbers and booleans in one list: give one kind",
    ),
    "another kind of input": (
        lists(([1], 1), (2, 1)),
        "$.examples[1].input: a number, but $.examples[0].input is a list: give one kind each time",
    ),
    "another kind of output among those held out": (
        lists(([1], 1), holdout=[{"input": [], "output": True}]),
        "$.holdout[0].output: a boolean, but $.examples[0].output is a number: give one kind each "
        "time",
    ),
    "another number of inputs": (
        lists((([1], 2), 1), (([1],), 1)),
        "$.examples[1]: another number of inputs (1) than in $.examples[0] (2): give as many each "
        "time",
    ),
    "no inputs": (
        lists(((), 1)),
        "$.examples[0].inputs: expected an array of 1 to 16 entries, not []",
    ),
    "an input that is missing": (
        json.dumps({"examples": [{"output": 1}]}),
        "$.examples[0].input: missing: add it",
    ),
    "input and inputs": (
        json.dumps({"examples": [{"input": 1, "inputs": [1], "output": 1}]}),
        "$.examples[0].input: given with inputs, too: leave one out",
    ),
    "an output that is missing": (
        json.dumps({"examples": [{"input": 1}]}),
        "$.examples[0].output: missing: add it",
    ),
    "a typing error in an example of lists": (
        json.dumps({"examples": [{"inptu": 1, "output": 2}]}),
        "$.examples[0].inptu: unknown key: did you mean 'input'?",
    ),
    "memory among inputs and outputs": (
        json.dumps({"examples": [{"input": 1, "output": 1}, GOOD["examples"][0]]}),
        "$.examples[1].memory: unknown key: there are input, inputs, output",
    ),
    "a negative number without signs": (
        lists(([1, -1], 1)),
        "$.examples[0].input[1]: -1 is negative: set $.signed to true",
    ),
    "a number that is too small for its words": (
        lists(([-5], 1), machine={"words": 8}, signed=True),
        "$.examples[0].input[0]: -5 is no word of the machine: give -4 to 3, or raise "
        "machine.words (now 8)",
    ),
    "a negative cell that is too small": (
        spec(examples=[{"memory": [0, -5], "expect": {"memory": [1]}}], signed=True),
        "$.examples[0].memory[1]: -5 is no word of the machine: give -4 to 3, or raise "
        "machine.words (now 8)",
    ),
    "an output that is too large for its words": (
        lists(([1], 8), machine={"words": 8}),
        "$.examples[0].output: 8 is " + NO_WORD,
    ),
    "an input that no machine has words for": (
        lists(([1], 1), ([300], 1)),
        "$.examples[1].input[0]: 300: no machine has more than 256 words: give smaller numbers",
    ),
    "lists that are too long for the machine": (
        lists(([1] * 4, [1] * 9), machine={"words": 8}),
        "$.examples[0]: fills 10 cells of memory: raise machine.words (now 8)",
    ),
    "a list that no machine holds": (
        lists(([1] * 256, 1)),
        "$.examples[0]: fills 257 cells of memory: no machine has more than 256: shorten its lists",
    ),
    "a zero in a list that 0 ends": (
        lists(([1], 1), ([2, 0], 1), layout="terminated"),
        "$.examples[1].input[1]: 0 ends a list in this layout: set $.layout to 'prefixed'",
    ),
    "an unknown layout": (
        lists(([1], 1), layout="linked"),
        "$.layout: expected 'prefixed' or 'terminated', not \"linked\"",
    ),
    "a layout for memory": (
        spec(layout="prefixed"),
        "$.layout: says how lists lie, but examples give memory: leave it out",
    ),
    "a machine for lists that is none": (
        lists(([1], 1), machine={"words": 1}),
        "$.machine.words: expected an integer from 2 to 256, not 1",
    ),
    "signed as a number": (spec(signed=1), "$.signed: expected true or false, not 1"),
    "lists as a key": (
        spec(lists=[]),
        "$.lists: unknown key: did you mean 'rulesets'?",
    ),
}
