"""The console script `skeletune`: a search, or the command that the first word names."""

from __future__ import annotations

import importlib
import sys
from typing import Final, NoReturn

from synth.engines.thread import end_process

__all__ = ["COMMANDS", "main"]

COMMANDS: Final = {
    "new": ("synth.new.command", "a first spec, from examples that it asks for, or a table's"),
    "show": ("synth.page.command", "the page of a run: one HTML file"),
    "rules": ("synth.rules.command", "rulesets: checked, shown, inferred; why two terms are equal"),
    "costs": ("synth.costs.command", "what constructs cost, learned from what was solved"),
}
"""What the first word may name, else it is a spec: the module whose `main` it runs, and what that
does. A spec of such a name is `./NAME`."""


def main(argv: list[str] | None = None) -> int:
    """Runs the command; the exit code."""
    given = sys.argv[1:] if argv is None else argv
    word = given[0] if given else ""
    module, _ = COMMANDS.get(word, ("synth.search", ""))
    code = importlib.import_module(module).main(given[1:] if word in COMMANDS else given)
    if word in ("-h", "--help"):
        width = max(map(len, COMMANDS))
        print("Other commands, each with a --help of its own:")
        for name, (_, does) in COMMANDS.items():
            print(f"  skeletune {name:{width}}  {does}")
    return code


def console(argv: list[str] | None = None) -> NoReturn:
    """Runs the command and ends the process, at once."""
    sys.exit(end_process(main(argv)))
