"""The command for rulesets: `python -m synth.rules check | show | explain | infer`.

A researcher writes rules in a file, is told whether each is sound, what they add, and why two terms
are equal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.counts import counted
from bridge.errors import SkeletuneError, TermError
from bridge.spec import MAX_WORDS
from bridge.term import Term, is_term, parse_term
from synth.command import UsageError, make_app, run_app, strangers_on_stderr, write_file
from synth.egraph.graph import read_rules
from synth.language import FULL, Language, check_term
from synth.options import between
from synth.plugins import PluginError, language_of, load_rulesets
from synth.rules.draw import draw_dot, draw_html, draw_svg
from synth.rules.effect import measure
from synth.rules.explain import explain
from synth.rules.gained import look, show_gains
from synth.rules.infer import ARITHMETIC, infer, ruleset_source
from synth.rules.rule import equation
from synth.rules.soundness import Counterexample, RuleVerdict, check_ruleset
from synth.rulesets import DEFAULT, SHIPPED
from synth.sources import relative_to_home

__all__ = ["main"]

app = make_app("synth.rules", "Checks, shows, explains and infers rewrite rules.")

UNKNOWN: Final = 4
"""The exit code where a rule cannot be judged; 3 is "could not write"."""
_KINDS = {"Word": "word", "Stmt": "statement", "Block": "block", "Fun1": "function"}

WORDS, NODES = between(2, MAX_WORDS), between(1, 10_000_000)
SECONDS = between(0, 1_000_000)
Rules = Annotated[str, Parameter(help="NAME, module:attr or file.py:attr.", consume_multiple=True)]


@app.command
def check(
    *rules: Rules,
    trials: Annotated[
        int, Parameter(help="Instances of each rule to try."), between(1, 1_000_000)
    ] = 250,
    seed: Annotated[int, Parameter(help="Seed of all that is drawn.")] = 0,
    json_: Annotated[
        bool, Parameter(name="--json", negative=(), help="One JSON object on stdout.")
    ] = False,
) -> int:
    """Tests every rule of the rulesets (default: all shipped ones) for soundness.

    Exit code: 0 all are sound, 1 one is unsound, 2 a ruleset cannot be loaded,
    4 none is unsound, but of one nothing can be said.
    """
    table = Table("rule", "equation", "kind", "cases", "sound", "s", box=None, pad_edge=False)
    verdicts: list[RuleVerdict] = []
    with strangers_on_stderr(), Console(stderr=True).status("checking") as status:
        loaded, language = load_rulesets(rules or tuple(SHIPPED)), _language(rules)
        for ruleset in loaded:
            for verdict in check_ruleset(ruleset, trials=trials, seed=seed, language=language):
                status.update(Text(f"checking {verdict.rule.name}"))
                verdicts.append(verdict)
                _add_row(table, verdict)
    unsound = [v for v in verdicts if v.sound is False]
    unknown = [v for v in verdicts if v.sound is None]
    code = 1 if unsound else UNKNOWN if unknown else 0
    if json_:
        print(json.dumps({"rules": [_to_json(v) for v in verdicts]}))
        return code
    console = Console()
    console.print(table)
    for verdict in unsound:
        assert verdict.counterexample is not None
        console.print(_describe(verdict, verdict.counterexample))
    for verdict in unknown:
        console.print(Text(f"\n{verdict.rule.name} is unknown: {verdict.reason}"))
    said = f"{counted(len(verdicts), 'rule')}: {len(unsound)} unsound, {len(unknown)} unknown"
    said += f", {sum(v.seconds for v in verdicts):.1f} s"
    style = "red" if unsound else "yellow" if unknown else "green"
    console.print(said, style=style, highlight=False)
    return code


@app.command(name="explain")
def explain_(
    source: Annotated[str, Parameter(help="A term, or a file that holds one.")],
    target: Annotated[str, Parameter(help="A term, or a file that holds one.")],
    *,
    rules: Annotated[
        tuple[str, ...], Parameter(help="A ruleset to use beside the default ones; repeatable.")
    ] = (),
    words: Annotated[int, Parameter(help="The word size b."), WORDS] = 8,
    nodes: Annotated[int, Parameter(help="Cap on e-nodes."), NODES] = 12_000,
    seconds: Annotated[float, Parameter(help="Cap on time."), SECONDS] = 20.0,
) -> int:
    """Shows the chain of rewrites that leads from one term to another.

    Programs count as ended by a `halt`, before which variables are dead. Every
    step is run on both sides. Exit code: 0 there is a chain, 1 none was found,
    2 bad input.
    """
    one, other = _term(source), _term(target)
    with strangers_on_stderr():
        rulesets = (*DEFAULT, *load_rulesets(rules))
        options = {"nodes": nodes, "seconds": seconds, "language": _language(rules)}
        steps = explain(one, other, words, rulesets=rulesets, **options)
    if steps is None:
        print(f"no chain found within {nodes:,} e-nodes and {seconds:g} s", file=sys.stderr)
        return 1
    console = Console(highlight=False)
    _print(console, f"    {one}")
    for step in steps:
        arrow = "" if step.forward else ", right to left"
        _print(console, f"  = {step.term}")
        _print(console, f"      {step.rule.name}{arrow}: {equation(step.rule)}", style="dim")
    return 0


def _print(console: Console, line: str, style: str = "") -> None:
    """Prints a line as it is: terms are not wrapped."""
    console.print(Text(line, style=style), soft_wrap=True)


@app.command
def show(
    ruleset: Rules,
    source: Annotated[
        str | None,
        Parameter(help="A program: a term, a file with one, or a spec. Without: known answers."),
    ] = None,
    *,
    rules: Annotated[tuple[str, ...], Parameter(help="A further ruleset to add; repeatable.")] = (),
    words: Annotated[
        int | None, Parameter(help="The word size b: 8; a spec has its own."), WORDS
    ] = None,
    first: Annotated[
        int | None, Parameter(help="How many new programs to show: 10."), between(0, 1_000)
    ] = None,
    within: Annotated[
        float | None, Parameter(help="Seconds for all known answers: 120."), SECONDS
    ] = None,
    nodes: Annotated[
        int | None, Parameter(help="Cap on e-nodes: 50,000; 10,000 for each known answer."), NODES
    ] = None,
    seconds: Annotated[float, Parameter(help="Cap on each saturation."), SECONDS] = 10.0,
    memory: Annotated[float, Parameter(help="Cap on memory, in GiB."), between(0.25, 1024)] = 2.0,
    dot: Annotated[Path | None, Parameter(help="Writes the e-graph in Graphviz's DOT.")] = None,
    svg: Annotated[Path | None, Parameter(help="Draws the e-graph into this file.")] = None,
    html: Annotated[Path | None, Parameter(help="Draws the e-graph into this page.")] = None,
) -> int:
    """Shows what rulesets add to the default ones: how far saturation goes, which rules match, and
    the first new programs. Without a program: which known answers, to tasks that come with the
    project, get quicker, and by how much."""
    pictures = {"dot": dot, "svg": svg, "html": html}
    of_programs = {"words": words, "first": first, **pictures}
    wrong = {"within": within} if source is not None else of_programs
    if given := [f"--{name}" for name, value in wrong.items() if value is not None]:
        fix = "leave it out" if source is not None else "name a program, or leave it out"
        what = "on a program" if source is not None else "on known answers"
        raise UsageError(f"{', '.join(given)}: no effect {what}: {fix}")
    caps: dict[str, Any] = {"seconds": seconds, "memory": memory}
    with strangers_on_stderr():
        rulesets, language = load_rulesets((ruleset, *rules)), _language((ruleset, *rules))
    console = Console(highlight=False)
    if source is None:
        caps["nodes"] = nodes or 10_000
        with strangers_on_stderr():
            looked = look(rulesets, language, 120.0 if within is None else within, caps)
        show_gains(looked, console)
        return looked.code
    with strangers_on_stderr():
        program, size = _program(source, words, language)
        caps |= {"nodes": nodes or 50_000, "first": 10 if first is None else first}
        effect = measure(program, size, rulesets, language=language, **caps)
    table = Table("", "without", "with", box=None, pad_edge=False)
    for label, value in (
        ("e-nodes", lambda r: f"{r.nodes:,}"),
        ("e-classes", lambda r: f"{r.classes:,}"),
        ("iterations", lambda r: f"{r.iterations}"),
        ("seconds", lambda r: f"{r.seconds:.2f}"),
        ("ended", lambda r: r.stopped),
    ):
        table.add_row(label, value(effect.without.report), value(effect.with_.report))
    for cost, without, with_ in effect.counts:
        table.add_row(f"terms of cost {cost}", f"{without:,}", f"{with_:,}")
    console.print(table)
    for rule in (rule for each in rulesets for rule in read_rules(each, language)):
        times = effect.fired[rule.name]
        _print(console, f"{times:8,} × {rule.name}  {equation(rule)}")
    _print(console, counted(len(effect.new), "new program") + (":" if effect.new else ""))
    for term in effect.new:
        _print(console, f"  {term}")
    graph = draw_dot(effect.with_.automaton, effect.with_.root)
    if dot is not None:
        write_file(dot, graph)
    if svg is not None:
        write_file(svg, draw_svg(graph))
    if html is not None:
        write_file(html, draw_html(draw_svg(graph), str(program)))
    return 0


@app.command(name="infer")
def infer_(
    constructs: Annotated[
        tuple[str, ...], Parameter(help="Constructs of words, each of one or two words.")
    ] = ARITHMETIC,
    *,
    variables: Annotated[int, Parameter(help="The most variables in a rule."), between(1, 4)] = 3,
    size: Annotated[int, Parameter(help="The most parts of a side."), between(1, 7)] = 5,
    name: Annotated[str, Parameter(help="The ruleset's name.")] = "inferred",
    out: Annotated[Path | None, Parameter(help="Writes the ruleset into this file.")] = None,
) -> int:
    """Proposes sound rules for constructs of words, from nothing: a file that `check` accepts."""
    if not name.isidentifier() or iskeyword(name):
        raise UsageError(f"--name {name}: give a Python name")
    with Console(stderr=True).status("inferring"):
        ruleset = infer(constructs, variables=variables, size=size, name=name)
        source = ruleset_source(ruleset, name)
    if out is None:
        print(source, end="")
    else:
        write_file(out, source)
        print(f"{counted(len(read_rules(ruleset)), 'rule')} in {out}", file=sys.stderr)
    return 0


def _language(sources: Sequence[str]) -> Language:
    """All shipped constructs, and the user's; without those of larger sets of instructions, where
    the user's have the name of one."""
    try:
        return language_of(sources, FULL)
    except PluginError:
        return language_of(sources)


def _program(source: str, words: int | None, language: Language) -> tuple[Term, int]:
    """The program that the text or file gives, and the word size: of a spec, its answer and its
    own."""
    if is_term(source) or not source.lower().endswith(".json"):
        term = _term(source)
        check_term(term, language=language)
        return term, 8 if words is None else words
    if words is not None:
        raise UsageError(f"--words {words}: {source} is a spec, which has its own: leave it out")
    from bridge import load_spec
    from synth.pipeline import solve

    spec = load_spec(relative_to_home(Path(source)))
    solution = solve(spec, engine="enumeration")
    if solution.term is None:
        raise SkeletuneError(f"{source}: enumeration finds no term for it: give a term instead")
    return solution.term, spec.machine.words


def _term(text: str) -> Term:
    """The term that the text, or the file of that name, holds."""
    if is_term(text):
        return parse_term(text)
    path = relative_to_home(Path(text))
    try:
        return parse_term(path.read_text(encoding="utf-8"), text)
    except UnicodeDecodeError as error:
        raise TermError(f"{text}: not UTF-8 text: {error.reason} at byte {error.start}") from None
    except (OSError, ValueError):  # a NUL in it
        raise TermError(f"{text}: neither a term in parentheses nor a file") from None


_SIGNS = {True: Text("yes", "green"), False: Text("NO", "bold red"), None: Text("?", "yellow")}


def _add_row(table: Table, verdict: RuleVerdict) -> None:
    rule = verdict.rule
    table.add_row(
        rule.name,
        Text(equation(rule)),
        _KINDS.get(rule.sort, "function" if rule.sort else "facts"),
        str(verdict.cases),
        _SIGNS[verdict.sound],
        f"{verdict.seconds:.2f}",
    )


def _describe(verdict: RuleVerdict, found: Counterexample) -> Text:
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


def _to_json(verdict: RuleVerdict) -> dict[str, Any]:
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
    return run_app(app, arguments)
