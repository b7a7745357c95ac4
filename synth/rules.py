"""The command for rulesets: `python -m synth.rules check | explain | show`.

A researcher writes rules in a file, is told whether each is sound, what they add, and why two terms
are equal.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.errors import SkeletuneError
from synth.plugins import load_rulesets
from synth.rule import equation
from synth.rulesets import SHIPPED
from synth.soundness import Counterexample, Verdict, check_ruleset

__all__ = ["main"]

app = App(
    name="python -m synth.rules",
    help="Checks, explains and shows rewrite rulesets.",
    help_format="plaintext",
    version_flags=(),
)

_KINDS = {"Word": "word", "Stmt": "statement", "Block": "block", "Fun1": "function"}

Rules = Annotated[
    str, Parameter(help="NAME, module:attr or file.py:attr.", consume_multiple=True)
]


@app.command
def check(
    *rules: Rules,
    trials: Annotated[int, Parameter(help="Instances of each rule to try.")] = 250,
    seed: Annotated[int, Parameter(help="Seed of all that is drawn.")] = 0,
    json_: Annotated[
        bool, Parameter(name="--json", negative=(), help="One JSON object on stdout.")
    ] = False,
) -> int:
    """Tests every rule of the rulesets (default: all shipped ones) for soundness.

    Exit code: 0 none is unsound, 1 one is, 2 a ruleset cannot be loaded.
    """
    if trials < 1:
        raise SkeletuneError(f"--trials {trials}: give a number from 1")
    loaded = load_rulesets(rules or tuple(SHIPPED))
    console = Console(stderr=json_)
    table = Table("rule", "equation", "kind", "cases", "sound", "s", box=None, pad_edge=False)
    verdicts: list[Verdict] = []
    with console.status("checking") as status:
        for ruleset in loaded:
            for verdict in check_ruleset(ruleset, trials=trials, seed=seed):
                status.update(f"checking {verdict.rule.name}")
                verdicts.append(verdict)
                _add_row(table, verdict)
    unsound = [v for v in verdicts if v.sound is False]
    if json_:
        print(json.dumps({"rules": [_to_json(v) for v in verdicts]}))
        return int(bool(unsound))
    console.print(table)
    for verdict in unsound:
        assert verdict.counterexample is not None
        console.print(_describe(verdict, verdict.counterexample))
    unknown = sum(v.sound is None for v in verdicts)
    said = f"{len(verdicts)} rules: {len(unsound)} unsound, {unknown} unknown"
    said += f", {sum(v.seconds for v in verdicts):.1f} s"
    console.print(said, style="red" if unsound else "green", highlight=False)
    return int(bool(unsound))


_SIGNS = {True: Text("yes", "green"), False: Text("NO", "bold red"), None: Text("?", "yellow")}


def _add_row(table: Table, verdict: Verdict) -> None:
    rule = verdict.rule
    text = equation(rule)
    if verdict.sound is None:
        text += f"  [{verdict.reason}]"
    table.add_row(
        rule.name,
        Text(text),
        _KINDS.get(rule.sort, "function" if rule.sort else "facts"),
        str(verdict.cases),
        _SIGNS[verdict.sound],
        f"{verdict.seconds:.2f}",
    )


def _describe(verdict: Verdict, found: Counterexample) -> Text:
    """A counterexample in full."""
    lines = [
        f"{verdict.rule.name} is not sound:",
        f"  left    {found.left}",
        f"  right   {found.right}",
        f"  before  b = {found.words}, memory {list(found.memory)}{_variables(found)}",
        f"  left    {found.left_result}",
        f"  right   {found.right_result}",
    ]
    return Text("\n" + "\n".join(lines))


def _variables(found: Counterexample) -> str:
    return "".join(f", {name} = {value}" for name, value in found.variables.items())


def _to_json(verdict: Verdict) -> dict[str, Any]:
    found = verdict.counterexample
    return {
        "rule": verdict.rule.name,
        "equation": equation(verdict.rule),
        "kind": verdict.rule.sort,
        "cases": verdict.cases,
        "sound": verdict.sound,
        "reason": verdict.reason,
        "seconds": round(verdict.seconds, 3),
        "counterexample": found
        and {
            "left": str(found.left),
            "right": str(found.right),
            "words": found.words,
            "memory": list(found.memory),
            "variables": dict(found.variables),
            "left_result": found.left_result,
            "right_result": found.right_result,
        },
    }


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; its exit code."""
    try:
        return app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except (SkeletuneError, CycloptsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
