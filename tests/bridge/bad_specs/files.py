"""Files that are no JSON, and JSON of another shape."""

from __future__ import annotations

from tests.bridge.bad_specs.parts import (
    DIRECTORY,
    GOOD,
    KEYS,
    Bad,
    example,
    machine,
    spec,
    text,
)

__all__ = ["FILES"]

FILES: Bad = {
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
        "$: nested too deeply: 6 levels are enough",
    ),
    "deep nesting of objects": (
        '{"machine":' * 100_000,
        "$: nested too deeply: 6 levels are enough",
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
    "neither machine nor examples": (
        '{"examples": []}',
        "$.examples: expected an array of 1 to 131072 entries, not []",
    ),
    "half an input": (
        '{"examples": [{"input": [1], "expect": {}}]}',
        "$.examples[0].input: unknown key: there are memory, expect",
    ),
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
}
