"""What else a spec holds: names, budgets, programs."""

from __future__ import annotations

from tests.bridge.bad_specs.parts import GOOD, KNOWN, NAME, Bad, machine, spec

__all__ = ["SEARCHES"]

SEARCHES: Bad = {
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
