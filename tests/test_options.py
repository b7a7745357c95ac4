"""No option is silently without effect: each is used, or refused by name where it can't be."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

from synth.options import options_of, refusals_of

ROOT = Path(__file__).parent.parent
PARAMETERS = {
    "synth.search": "spec engine seconds seed terms programs restarts nodes memory rules net "
    "costs unsound optimise answers executor address out resume_ json_ quiet schema",
    "synth.costs.command fit": "runs out",
    "synth.page.command": "run out open_",
    "synth.new.command": "spec examples hold_out force",
    "synth.rules.command check": "rules trials seed json_",
    "synth.rules.command explain": "source target rules words nodes seconds",
    "synth.rules.command show": "ruleset source rules words first within nodes seconds memory dot "
    "svg html",
    "synth.rules.command infer": "constructs variables size name out",
    "benchmarks.run": "suites engines tasks half seeds seconds terms programs restarts costs "
    "grace memory jobs out mix pages executor address",
    "benchmarks.report.__main__": "results compare_ out",
    "benchmarks.lists": "suites half engines seconds costs seeds sample sample_seed zeros draws "
    "jobs out",
    "benchmarks.ladder": "suites half sample sample_seed seconds seeds jobs out",
    "benchmarks.shares": "results seconds",
    "benchmarks.costs": "results suites terms sample sample_seed out",
    "benchmarks.kills": "n seed engines",
    "benchmarks.fuzz": "n seed",
    "benchmarks.pictures.__main__": "rows tasks examples wrong seeds seconds terms lengths held "
    "accuracy out",
    "benchmarks.answers": "suites out checkout engines terms restarts seed seconds compare",
    "benchmarks.adaptation": "seeds seconds engine tasks preload out",
    "benchmarks.enumeration.__main__": "suites against terms tasks counted",
    "benchmarks.enumeration.scale": "suites nodes_ terms tasks",
    "benchmarks.endings": "seeds seconds engines",
    "benchmarks.layouts": "seeds terms seconds",
    "benchmarks.numbers": "n seed draws out against",
    "benchmarks.compositions": "n seed terms out against",
    "benchmarks.repair": "seeds seconds engines wrong tasks out",
    "benchmarks.saturation.__main__": "seeds tasks restarts skeletons arms out",
    "benchmarks.table1.__main__": "rows tasks restarts seeds seconds padding controller entropy "
    "anneal out",
    "benchmarks.suites.drawn.generate": "suites seed zeros out",
    "benchmarks.suites.repair.generate": "suites change seeds out",
    "benchmarks.suites.digits.generate": "out tasks examples wrong seeds held lengths held_lengths "
    "accuracy",
    "benchmarks.optimise.answers": "out terms shipped",
    "benchmarks.optimise.counters": "runs",
    "benchmarks.decompile.__main__": "seeds tasks memories out",
    "benchmarks.likelihoods.__main__": "parts",
    "benchmarks.likelihoods.long": "tasks kinds seeds examples held steps",
    "benchmarks.likelihoods.suite": "tasks lengths out",
    "benchmarks.optimise.__main__": "lists arms tasks seeds seconds out",
}
"""Each command's parameters, as they were looked at: each has an effect whatever else is given, or
the command refuses the pair (`synth.options.refuses`). Whoever adds one says here that it is so."""
SAMPLES = {
    "executor": "ray",
    "compare": "a b",
    "json_": "",
    "quiet": "",
    "unsound": "",
    "optimise": "",
    "shipped": "",
    "schema": "",
}


def commands() -> dict[str, object]:
    """The functions behind all commands of the project, by module and name."""
    found: dict[str, object] = {}
    for package in ("synth", "benchmarks"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "= make_app(" in path.read_text():
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                app = importlib.import_module(name).app
                if app.default_command is not None:
                    found[name] = app.default_command
                for sub in app:
                    if not sub.startswith("-"):
                        found[f"{name} {sub}"] = app[sub].default_command
    return found


COMMANDS = commands()


def test_every_command_was_looked_at():
    assert PARAMETERS.keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_option_was_looked_at(name):
    assert set(PARAMETERS[name].split()) == {*inspect.signature(COMMANDS[name]).parameters}


PAIRS = [
    pytest.param(name, refusal, other, id=f"{name} {refusal.option} {other}")
    for name, command in COMMANDS.items()
    for refusal in refusals_of(command)
    for other in refusal.others
]


def given(names: dict[str, str], parameter: str, value: str) -> list[str]:
    option = names[parameter]
    return [option, *value.split()] if option.startswith("-") else [value]


@pytest.mark.parametrize(("name", "refusal", "other"), PAIRS)
def test_what_has_no_effect_is_refused(name, refusal, other, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name.split()[0])
    names = options_of(COMMANDS[name])
    first, second = (given(names, p, SAMPLES.get(p, "7")) for p in (refusal.option, other))
    needed = ["suite"] if name == "benchmarks.run" else []
    assert module.main([*needed, *first, *second]) == 2
    said = capsys.readouterr()
    assert said.out == "" or other == "json_"
    assert said.err.startswith(f"error: {names[other]}: no effect with {names[refusal.option]}")
    assert not list(tmp_path.iterdir())


def test_what_a_run_keeps_is_refused_with_resume():
    refused = {p.values[2] for p in PAIRS if p.values[1].option == "resume_"}
    assert refused == {"spec", "seed", "out"}
