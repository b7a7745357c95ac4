"""The command for rulesets: `python -m synth.rules check | explain | show`.

A researcher writes rules in a file, is told whether each is sound, what they add, and why two terms
are equal.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.errors import SkeletuneError, TermError
from bridge.term import Term, parse_term
from synth.explain import explain
from synth.plugins import load_rulesets
from synth.rule import equation
from synth.rulesets import DEFAULT, SHIPPED
from synth.soundness import Counterexample, Verdict, check_ruleset

__all__ = ["main"]

app = App(
    name="python -m synth.rules",
    help="Checks, explains and shows rewrite rulesets.",
    help_format="plaintext",
    version_flags=(),
)

_KINDS = {"Word": "word", "Stmt": "statement", "Block": "block", "Fun1": "function"}

Rules = Annotated[str, Parameter(help="NAME, module:attr or file.py:attr.", consume_multiple=True)]


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


@app.command(name="explain")
def explain_(
    source: Annotated[str, Parameter(help="A term, or a file that holds one.")],
    target: Annotated[str, Parameter(help="A term, or a file that holds one.")],
    *,
    rules: Annotated[
        tuple[str, ...], Parameter(help="A ruleset to use beside the default ones; repeatable.")
    ] = (),
    words: Annotated[int, Parameter(help="The word size b.")] = 8,
    nodes: Annotated[int, Parameter(help="Cap on e-nodes.")] = 4_000,
    seconds: Annotated[float, Parameter(help="Cap on time.")] = 20.0,
) -> int:
    """Shows the chain of rewrites that leads from one term to another.

    Programs count as ended by a `halt`, before which variables are dead. Every step is run on both
    sides. Exit code: 0 there is a chain, 1 none was found, 2 bad input.
    """
    one, other = _term(source), _term(target)
    rulesets = (*DEFAULT, *load_rulesets(rules))
    steps = explain(one, other, words, rulesets=rulesets, nodes=nodes, seconds=seconds)
    if steps is None:
        print(f"no chain found within {nodes:,} e-nodes and {seconds:g} s", file=sys.stderr)
        return 1
    console = Console(highlight=False)
    console.print(Text(f"    {one}"))
    for step in steps:
        arrow = "" if step.forward else ", right to left"
        console.print(Text(f"  = {step.term}"))
        console.print(Text(f"      {step.rule.name}{arrow}: {equation(step.rule)}", style="dim"))
    return 0


def _term(text: str) -> Term:
    """The term that the text, or the file of that name, holds."""
    if not text.lstrip().startswith("("):
        path = Path(text)
        if not path.is_file():
            raise TermError(f"{text}: neither a term in parentheses nor a file")
        return parse_term(path.read_text(), text)
    return parse_term(text)


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
