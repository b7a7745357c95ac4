"""Rulesets and engines of users, by name, `module:attribute` or `file.py:attribute`.

Installed plug-ins offer theirs under the entry-point group `skeletune.plugins`: each entry point is
a `Plugin`. Whatever is wrong with a ruleset is said when it is loaded.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from egglog import Ruleset

from bridge.errors import TermError
from bridge.term import Term
from synth.egraph.graph import RulesetError, SaturationError, TermGraph, read_rules, ruleset_name
from synth.language import LANGUAGE, Language
from synth.language.constructs import AnyConstruct
from synth.language.patterns import PatternVar
from synth.rules.rule import Rule, pattern_vars
from synth.rulesets import SHIPPED, Rules
from synth.sources import (
    PluginError,
    cause,
    constructs_in,
    extended,
    find,
    module_of,
    names_code,
    place_of,
)

__all__ = ["GROUP", "Plugin", "PluginError", "installed", "language_of", "load_engine"]
__all__ += ["load_ruleset", "load_rulesets", "validate"]

GROUP = "skeletune.plugins"


@dataclass(frozen=True)
class Plugin:
    """What a distribution offers, by name. Its constructs are in the language of a search that uses
    one of its rulesets or engines."""

    rulesets: Mapping[str, Rules] = field(default_factory=dict[str, Rules])
    engines: Mapping[str, Any] = field(default_factory=dict[str, Any])
    suites: Mapping[str, Path] = field(default_factory=dict[str, Path])
    """Folders of specs, for `benchmarks.run`."""
    constructs: tuple[AnyConstruct, ...] = ()


def installed() -> dict[str, Plugin]:
    """All installed plug-ins by the names of their entry points. Raises PluginError if one cannot
    be loaded, or two offer the same name."""
    found: dict[str, Plugin] = {}
    from synth.engines import ALIASES, ENGINES  # which look here for engines of others

    shipped = {"ruleset": SHIPPED, "engine": ENGINES | ALIASES, "construct": LANGUAGE}
    owners = {(kind, name): "shipped" for kind, names in shipped.items() for name in names}
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        try:
            plugin = point.load()
        except (Exception, SystemExit) as error:
            raise PluginError(f"plug-in {point.name}: {cause(error)}") from error
        if not isinstance(plugin, Plugin):
            raise PluginError(
                f"plug-in {point.name}: {point.value} is a {type(plugin).__name__}: "
                "make it a synth.plugins.Plugin"
            )
        offers = [("ruleset", n) for n in plugin.rulesets]
        offers += [("engine", n) for n in plugin.engines]
        offers += [("suite", n) for n in plugin.suites]
        offers += [("construct", c.name) for c in plugin.constructs]
        for kind, name in offers:
            if (kind, name) in owners:
                raise PluginError(
                    f"plug-in {point.name}: {kind} {name} exists already "
                    f"({owners[kind, name]}): rename one"
                )
            owners[kind, name] = f"plug-in {point.name}"
        found[point.name] = plugin
    return found


def load_ruleset(source: str, *, installed_only: bool = False) -> Rules:
    """The ruleset of that name, or in that place; validated. `installed_only` takes names only, for
    input that must not name code to run. Raises PluginError as `load_rulesets` does."""
    if installed_only and names_code(source):
        raise PluginError(
            f"{source}: only the name of an installed ruleset may stand here: "
            "give files and modules on the command line, with --rules"
        )
    return load_rulesets([source])[0]


def load_engine(source: str) -> Any:
    """The engine (see `synth.engines.Engine`) at `module:attribute` or `file.py:attribute`. Raises
    PluginError if there is none, it is no engine, or it has the name of a shipped one."""
    from synth.engines import ALIASES, ENGINES, engine_name

    found, path = find(source, "engine", _is_engine)
    engine, name = found.value, found.name
    if isinstance(engine, type):
        raise PluginError(f"{path}: {name} is a class: give an engine, made by {engine.__name__}()")
    if not _is_engine(engine):
        raise PluginError(
            f"{path}: {name} is no engine: make it a function (problem, budget, seed) that yields "
            "events (see synth.engines.base)"
        )
    if engine_name(engine) in {*ENGINES, *ALIASES}:
        raise PluginError(
            f"{path}: engine {engine_name(engine)} exists already (shipped): rename one"
        )
    return engine


def _is_engine(value: object) -> bool:
    """Whether it is a function of a problem, a budget and a seed, by its parameters' names."""
    if isinstance(value, type) or not callable(value):
        return False
    try:
        return [*inspect.signature(value).parameters][:3] == ["problem", "budget", "seed"]
    except (TypeError, ValueError):
        return False


def language_of(sources: Iterable[str | Rules], language: Language = LANGUAGE) -> Language:
    """The language that rulesets and engines are over: its constructs, those in the module
    or file that a source names, or that a ruleset was made in, and those of the plug-ins that offer
    what it names. Raises PluginError if a name is taken, or a definition fails."""
    for source in sources:
        if isinstance(source, str) and names_code(source):
            constructs = constructs_in(module_of(source))
            language = extended(language, constructs, place_of(source).name)
        elif isinstance(source, str):
            for name, plugin in _offering(source):
                language = extended(language, plugin.constructs, f"plug-in {name}")
        elif isinstance(source, Ruleset) and source.ident is not None:
            module = sys.modules.get(source.ident.module or "")
            if module is not None:
                language = extended(language, constructs_in(module), module.__name__)
    return language


def _offering(name: str) -> list[tuple[str, Plugin]]:
    """The installed plug-in that offers a ruleset or an engine of that name, if there is one."""
    from synth.engines import ENGINES

    if name in SHIPPED or name in ENGINES:
        return []
    return [(n, p) for n, p in installed().items() if name in p.rulesets or name in p.engines]


def load_rulesets(sources: Iterable[str | Rules]) -> tuple[Rules, ...]:
    """The rulesets that the sources name, validated; a ruleset stands for itself.

    Raises PluginError if a source cannot be found, is no ruleset, holds a rule that egglog would
    reject, or if two different rulesets have the same name.
    """
    unique: list[str | Rules] = []
    for source in sources:  # rulesets have no hashes, and == between them says nothing
        if not any(source is s or (isinstance(s, str) and s == source) for s in unique):
            unique.append(source)
    language = language_of(unique)
    found: dict[str, tuple[Rules, str]] = {}
    for source in unique:
        if isinstance(source, str):
            ruleset, place = _find(source)
        else:
            ruleset, place = source, "the given value"
        if any(ruleset is known for known, _ in found.values()):
            continue
        validate(ruleset, place, language)
        name = ruleset_name(ruleset)
        if name in found:
            raise PluginError(
                f"{place}: ruleset {name} has the name of one from {found[name][1]}: rename one"
            )
        found[name] = (ruleset, place)
    return tuple(ruleset for ruleset, _ in found.values())


# ------------------------------------------------------------ finding


def _find(source: str) -> tuple[Rules, str]:
    if not names_code(source):
        return _by_name(source), f"ruleset {source}"
    found, path = find(source, "ruleset", _is_ruleset, _is_own)
    if not _is_ruleset(found.value):
        raise PluginError(
            f"{path}: {found.name} is no ruleset: decorate a generator of rules with @ruleset"
        )
    return found.value, path


def _is_ruleset(value: object) -> bool:
    return isinstance(value, Ruleset)


def _is_own(ruleset: Ruleset, module: ModuleType) -> bool:
    ident = ruleset.ident
    return ident is None or ident.module == module.__name__


def _by_name(name: str) -> Rules:
    if name in SHIPPED:
        return SHIPPED[name]
    plugins = installed()
    offered = {n: r for plugin in plugins.values() for n, r in plugin.rulesets.items()}
    if name in offered:
        return offered[name]
    names = ", ".join([*SHIPPED, *offered])
    raise PluginError(
        f"{name}: no such ruleset: there is {names}; for your own write file.py:name or module:name"
    )


# ------------------------------------------------------------ validating


def validate(ruleset: Rules, place: str = "", language: Language = LANGUAGE) -> list[Rule]:
    """The rules of a ruleset, after all that egglog would reject later has been looked for.

    Raises PluginError naming the place, the rule, and what to change.
    """
    prefix = f"{place}: " if place else ""
    if isinstance(ruleset, Ruleset) and ruleset.ident is None:
        raise PluginError(f"{prefix}a ruleset has no name: write ruleset(…, name='…')")
    try:
        rules = read_rules(ruleset, language)
    except (RulesetError, TermError) as error:
        raise PluginError(f"{prefix}{error}") from error
    names: set[str] = set()
    for rule in rules:
        at = f"{prefix}rule {rule.name}"
        if rule.name in names:
            raise PluginError(f"{at}: a rule before it has the same name: rename one")
        names.add(rule.name)
        if problem := _problem(rule):
            raise PluginError(f"{at}: {problem}")
    graph = TermGraph(4, language)
    graph.add(Term("do", (Term("assign", ("x", Term("inc", (0,)))),)))
    try:
        with _without_backtraces():
            graph.saturate([ruleset], nodes=200, seconds=1.0, iterations=2)
    except SaturationError as error:
        raise PluginError(f"{prefix}ruleset {ruleset_name(ruleset)}: {error}") from error
    return rules


@contextmanager
def _without_backtraces() -> Generator[None]:
    """Before a panic of egglog becomes an exception, which is told, Rust prints a backtrace, past
    Python: that is dropped."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _problem(rule: Rule) -> str:
    """What is wrong with a rule, and how to mend it; empty if nothing is."""
    sides = [(rule.left, rule.right, "left", "right")]
    if rule.both_ways:
        sides.append((rule.right, rule.left, "right", "left"))
    for pattern, result, here, there in sides:
        if pattern is None or result is None:
            continue
        equal = [p for pair in rule.conditions if pair[1] is not None for p in pair]
        defined = [v for p in equal for v in pattern_vars(p)[:1]]
        if isinstance(pattern, PatternVar) and pattern not in defined:
            hint = "write one rule for each construct"
            if rule.both_ways:
                hint = "use rewrite in the other direction"
            return f"its {here} side is nothing but ?{pattern.name}, which matches anything: {hint}"
        known = {v.name for v in pattern_vars(pattern, *equal)}
        loose = [s.name for s in pattern_vars(result) if s.name not in known]
        if loose:
            return (
                f"?{loose[0]} stands on the {there} side only: "
                f"use it on the {here} side, or say what it is in a condition eq(…).to(…)"
            )
        tests = [p for pair in rule.conditions if pair[1] is None for p in pair[:1]]
        loose = [s.name for p in tests for s in pattern_vars(p) if s.name not in known]
        if loose:
            return f"?{loose[0]} stands in a condition only: use it on the {here} side"
    return ""
