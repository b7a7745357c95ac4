"""Specs that are wrong, each in one way, and what the error must say behind the file's name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["BAD_SPECS", "write_bad_spec"]


def write_bad_spec(name: str, folder: Path) -> Path:
    """Puts it into the folder; where it is, or would be."""
    content, _ = BAD_SPECS[name]
    path = folder / "bad.json"
    if content == DIRECTORY:
        path.mkdir()
    elif isinstance(content, str):
        path.write_text(content)
    elif content is not None:
        path.write_bytes(content)
    return path


DIRECTORY = "DIRECTORY"
GOOD: dict[str, Any] = {
    "machine": {"words": 8, "registers": 3, "lines": 4},
    "examples": [{"memory": [1, 2], "expect": {"memory": [2]}}],
}


def spec(**changes: Any) -> str:
    """A good spec with those keys changed."""
    return json.dumps({**GOOD, **changes})


def machine(**changes: Any) -> str:
    return spec(machine={**GOOD["machine"], **changes})


def example(before: Any, /, **expect: Any) -> str:
    """A good spec, but for its one example."""
    return spec(examples=[{"memory": before, "expect": expect}])


def examples(*pairs: tuple[list, list], holdout: tuple[tuple[list, list], ...] = ()) -> str:
    groups = [[{"memory": a, "expect": {"memory": b}} for a, b in g] for g in (pairs, holdout)]
    return spec(examples=groups[0], holdout=groups[1])


def text(body: str) -> str:
    """A good spec, but for the word that is written as `body`."""
    return example(["WORD"], memory=[1]).replace('"WORD"', body)


def lists(*pairs: tuple[Any, Any], **changes: Any) -> str:
    """A spec of inputs, several in a tuple, and outputs."""
    rows = [
        {"inputs": a, "output": b} if isinstance(a, tuple) else {"input": a, "output": b}
        for a, b in pairs
    ]
    return json.dumps({"examples": rows, **changes})


NO_WORD = "no word of the machine: give 0 to 7, or raise machine.words (now 8)"
KEYS = (
    "machine, examples, name, holdout, images, accuracy, layout, signed, search, oracle, sketch, "
    "start, objective, rulesets, $schema"
)
KNOWN = (
    "halt, noop, zero, inc, dec, move, add, sub, min, max, read, write, jump, mul, div, mod, eq, "
    "less, and, or, xor, shift"
)
NAME = "$.name: expected 1 to 80 letters, digits, '_', '-', '.', not "

BAD_SPECS: dict[str, tuple[bytes | str | None, str]] = {
    # ------------------------------------------------ no JSON file
    "a missing file": (None, "cannot be read: No such file or directory"),
    "a directory": (DIRECTORY, "cannot be read: Is a directory"),
    "an empty file": ("", "not valid JSON: line 1, column 1: expecting value"),
    "binary junk": (b"\x89PNG\r\n\x1a\n\0", "not UTF-8 text: invalid start byte at byte 0"),
    "UTF-16": (
        spec().encode("utf-16"),
        "begins with a byte-order mark (UTF-16): save as plain UTF-8",
    ),
    "UTF-16 without a mark": (
        spec().encode("utf-16-le"),
        "not valid JSON: line 1, column 2: expecting property name enclosed in double quotes",
    ),
    "Latin-1": (
        '{"näme": 1}'.encode("latin-1"),
        "not UTF-8 text: invalid continuation byte at byte 3",
    ),
    "no JSON": ("name: map_inc\n", "not valid JSON: line 1, column 1: expecting value"),
    "cut off": (
        '{"machine": {"words": 8}',
        "not valid JSON: line 1, column 25: expecting ',' delimiter",
    ),
    "single quotes": (
        "{\n  'machine': {'words': 8}\n}",
        "not valid JSON: line 2, column 3: expecting property name enclosed in double quotes",
    ),
    "two specs": (spec() + "\n" + spec(), "not valid JSON: line 2, column 1: extra data"),
    "a comment": ("// mine\n" + spec(), "not valid JSON: line 1, column 1: expecting value"),
    "deep nesting": (
        "[" * 100_000 + "]" * 100_000,
        "$: nested too deeply: a spec needs no more than 6 levels",
    ),
    "deep nesting of objects": (
        '{"machine":' * 100_000,
        "$: nested too deeply: a spec needs no more than 6 levels",
    ),
    "NaN": (text("NaN"), "$.examples[0].memory[0]: NaN is no JSON number: write a finite one"),
    "Infinity": (
        text("1, -Infinity"),
        "$.examples[0].memory[1]: -Infinity is no JSON number: write a finite one",
    ),
    "an endless number": (text("9" * 5000), "a number has more than 4300 digits: shorten it"),
    "a key twice": (
        '{"machine": {"words": 8, "words": 9}, "examples": []}',
        "$.machine.words: given twice: remove one",
    ),
    "a key twice at the top": (
        spec()[:-1] + ', "machine": {}}',
        "$.machine: given twice: remove one",
    ),
    # ------------------------------------------------ shape
    "null": ("null", "$: expected an object, not null"),
    "a number": ("12", "$: expected an object, not 12"),
    "a list at the top": (f"[{spec()}]", f"$: expected an object, not [{spec()[:56]}..."),
    "no machine": ('{"examples": [{"memory": [], "expect": {}}]}', "$.machine: missing: add it"),
    "no examples": ('{"machine": {"words": 8}}', "$.examples: missing: add it"),
    "no words": (spec(machine={}), "$.machine.words: missing: add it"),
    "no expectation": (spec(examples=[{"memory": [1]}]), "$.examples[0].expect: missing: add it"),
    "no memory": (
        spec(examples=[{"expect": {"memory": [1]}}]),
        "$.examples[0].memory: missing: add it",
    ),
    "an unknown key": (spec(exmaples=[]), "$.exmaples: unknown key: did you mean 'examples'?"),
    "an unknown key of the machine": (
        machine(cpu="fast"),
        "$.machine.cpu: unknown key: there are words, registers, lines, steps, halt, instructions, "
        "preload",
    ),
    "an unknown key of an example": (
        spec(examples=[*GOOD["examples"], {"input": [1], "expect": {}}]),
        "$.examples[1].input: unknown key: there are memory, expect",
    ),
    "an unknown key of an expectation": (
        example([1], register=[1]),
        "$.examples[0].expect.register: unknown key: did you mean 'registers'?",
    ),
    "an unknown key of the search": (
        spec(search={"time": 3}),
        "$.search.time: unknown key: there are seconds, terms, programs, restarts, nodes, memory, "
        "seed",
    ),
    "code to run": (
        spec(plugins=["os:system"]),
        "$.plugins: unknown key: there are " + KEYS,
    ),
    # ------------------------------------------------ the machine
    "one word": (machine(words=1), "$.machine.words: expected an integer from 2 to 128, not 1"),
    "too many words": (
        machine(words=10**9),
        "$.machine.words: expected an integer from 2 to 128, not 1000000000",
    ),
    "far too many words": (
        machine(words=10**30),
        f"$.machine.words: expected an integer from 2 to 128, not {10**30}",
    ),
    "negative words": (
        machine(words=-8),
        "$.machine.words: expected an integer from 2 to 128, not -8",
    ),
    "words as a string": (
        machine(words="8"),
        '$.machine.words: expected an integer from 2 to 128, not "8"',
    ),
    "words as a float": (
        machine(words=8.0),
        "$.machine.words: expected an integer from 2 to 128, not 8.0",
    ),
    "words as a boolean": (
        machine(words=True),
        "$.machine.words: expected an integer from 2 to 128, not true",
    ),
    "words as null": (
        machine(words=None),
        "$.machine.words: expected an integer from 2 to 128, not null",
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
    # ------------------------------------------------ inputs and outputs
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
        lists(([1], 1), ([200], 1)),
        "$.examples[1].input[0]: 200: no machine has more than 128 words: give smaller numbers",
    ),
    "lists that are too long for the machine": (
        lists(([1] * 4, [1] * 9), machine={"words": 8}),
        "$.examples[0]: fills 10 cells of memory: raise machine.words (now 8)",
    ),
    "a list that no machine holds": (
        lists(([1] * 128, 1)),
        "$.examples[0]: fills 129 cells of memory: no machine has more than 128: shorten its lists",
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
        "$.machine.words: expected an integer from 2 to 128, not 1",
    ),
    "signed as a number": (spec(signed=1), "$.signed: expected true or false, not 1"),
    "lists as a key": (
        spec(lists=[]),
        "$.lists: unknown key: did you mean 'rulesets'?",
    ),
    # ------------------------------------------------ everything else
    "an empty name": (spec(name=""), NAME + '""'),
    "a name with slashes": (spec(name="../../etc/passwd"), NAME + '"../../etc/passwd"'),
    "a name with control characters": (spec(name="a\x1b[2J"), NAME + '"a\\u001b[2J"'),
    "a name that ends in a line break": (spec(name="map\n"), NAME + '"map\\n"'),
    "a name that is too long": (spec(name="x" * 81), NAME + '"' + "x" * 56 + "..."),
    "a name that is a number": (spec(name=3), NAME + "3"),
    "no time": (
        spec(search={"seconds": 0}),
        "$.search.seconds: expected a number > 0 and <= 1000000, not 0",
    ),
    "negative time": (
        spec(search={"seconds": -1.5}),
        "$.search.seconds: expected a number > 0 and <= 1000000, not -1.5",
    ),
    "endless time": (
        spec(search={"seconds": 0}).replace(": 0}", ": 1e400}"),
        "$.search.seconds: expected a number > 0 and <= 1000000, not Infinity",
    ),
    "a negative seed": (
        spec(search={"seed": -1}),
        "$.search.seed: expected an integer from 0 to 4294967295, not -1",
    ),
    "an unknown objective": (
        spec(objective="fast"),
        "$.objective: expected 'correct', 'lines' or 'steps', not \"fast\"",
    ),
    "rulesets that are no strings": (
        spec(rulesets=["mine", 3]),
        "$.rulesets[1]: expected a string, not 3",
    ),
    "rulesets as a string": (
        spec(rulesets="mine"),
        '$.rulesets: expected an array of 0 to 64 entries, not "mine"',
    ),
    "an oracle that does not parse": (
        spec(oracle="read 1 2\nfly 2"),
        f"$.oracle, line 2: no instruction 'fly'; there are {KNOWN}",
    ),
    "an oracle with a hole": (
        spec(oracle="inc ? 1"),
        "$.oracle: has a hole (?): only a sketch may have one",
    ),
    "an oracle with too many registers": (
        spec(oracle="inc 4 1"),
        "$.oracle: the program uses register 4, the machine has 3 registers: "
        "raise machine.registers or renumber",
    ),
    "an oracle that is too long": (
        spec(oracle="noop\n" * 5),
        "$.oracle: the program has 5 instructions, the machine has 4 lines: "
        "raise machine.lines or shorten the program",
    ),
    "an oracle that is null": (
        spec(oracle=None),
        "$.oracle: expected a string of at most 65536 characters, not null",
    ),
    "a start without its label": (
        spec(start="jump 1 on"),
        "$.start, line 1: label 'on' is not defined: add 'on:'",
    ),
    "a start with a register 0": (
        spec(start="inc 0 1"),
        "$.start, line 1: '0' is no register: registers are numbered from 1",
    ),
    "a start that preloads": (
        spec(start="r2 = 5\nwrite 1 2"),
        "$.start: the program begins with 'r2 = 5', the machine's registers start at 0: set "
        "machine.preload to true, or make the word by instructions",
    ),
    "a sketch that preloads no word": (
        spec(machine={**GOOD["machine"], "preload": True}, sketch="r2 = 8\n?"),
        "$.sketch: the program begins with 'r2 = 8', the machine's words are 0 to 7: raise "
        "machine.words or change the word",
    ),
    "preload that is no truth": (
        machine(preload=1),
        "$.machine.preload: expected true or false, not 1",
    ),
    "a start with a hole": (spec(start="?"), "$.start: has a hole (?): only a sketch may have one"),
    "a sketch that does not parse": (
        spec(sketch="inc 1"),
        "$.sketch, line 1: inc takes 2 operands, not 1: write 'inc a out'",
    ),
    "a sketch with too many registers": (
        spec(sketch="inc ? 9"),
        "$.sketch: the program uses register 9, the machine has 3 registers: "
        "raise machine.registers or renumber",
    ),
    "a sketch that is half a term": (
        spec(sketch="(do (store 0 (hole))"),
        "$.sketch: 1 ')' missing at the end",
    ),
    "a sketch nested too deeply": (
        spec(sketch="(do " * 10_000),
        "$.sketch, character 801: nested more than 200 deep",
    ),
}
"""By name: the file's content (None: there is no file), and the message behind `FILE: `."""
