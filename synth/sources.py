"""Values of users: what stands at `module:attribute` or `file.py:attribute`.

Modules and files may declare constructs of the language.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from bridge.errors import SkeletuneError, TermError
from synth.language import LANGUAGE, Construct, Language
from synth.language.constructs import AnyConstruct

__all__ = ["Attribute", "PluginError", "cause", "constructs_in", "extended", "find", "module_of"]
__all__ += ["names_code"]


class PluginError(SkeletuneError):
    """A plug-in that cannot be loaded; the message names the place and the fix."""


@dataclass(frozen=True)
class Attribute:
    """A value, and the name that it has in its module."""

    name: str
    value: Any


def names_code(source: str) -> bool:
    """Whether the source is no plain name, but says which file or module to run."""
    return ":" in source or source.endswith(".py")


def find(
    source: str,
    kind: str,
    is_one: Callable[[Any], bool],
    is_own: Callable[[Any, ModuleType], bool] = lambda value, module: True,
) -> tuple[Attribute, str]:
    """The value at the source, and the file or module. Without an attribute, the only one in it
    that `is_one`, of those that `is_own` (not imported from elsewhere). `kind` is what messages
    call it. Raises PluginError if there is no such file, module or attribute, or it fails."""
    path, attribute = _split(source)
    module = module_of(source)
    own = [n for n, v in vars(module).items() if is_one(v) and is_own(v, module)]
    if not attribute:
        if len(own) != 1:
            raise PluginError(f"{path}: say which {kind}: {_choices(path, kind, own)}")
        attribute = own[0]
    if not hasattr(module, attribute):
        raise PluginError(f"{path}: has no {attribute}: {_choices(path, kind, own)}")
    return Attribute(attribute, getattr(module, attribute)), path


def module_of(source: str) -> ModuleType:
    """The module that the source names, loaded. Raises PluginError where that fails."""
    path, _ = _split(source)
    return _file(Path(path)) if path.endswith(".py") else _module(path)


def _split(source: str) -> tuple[str, str]:
    path, colon, attribute = source.rpartition(":")
    return (path, attribute) if colon else (source, "")


def _choices(path: str, kind: str, names: Iterable[str]) -> str:
    listed = ", ".join(f"{path}:{name}" for name in names)
    return f"there is {listed}" if listed else f"there is no {kind} in it"


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            raise PluginError(f"{name}: no such module: is it installed?") from None
        raise PluginError(f"{name}: {cause(error, '')}") from error
    except Exception as error:
        raise PluginError(f"{name}: {cause(error, '')}") from error


def _file(path: Path) -> ModuleType:
    """The module that a file defines, loaded once."""
    if not path.is_file():
        raise PluginError(f"{path}: no such file")
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    name = f"skeletune_file_{path.stem}_{digest}"  # egglog tells rulesets apart by module and name
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        raise PluginError(f"{path}: {cause(error, str(path))}") from error
    return module


def cause(error: Exception, path: str) -> str:
    """What went wrong, and in which line of the user's file."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.lineno for f in frames if f.filename == path]
    if isinstance(error, SyntaxError):
        lines = [error.lineno]
    at = f"line {lines[-1]}: " if lines else ""
    return f"{at}{type(error).__name__}: {error}"


def constructs_in(module: ModuleType) -> tuple[AnyConstruct, ...]:
    """The constructs in a module that are not shipped."""
    found = (v for v in vars(module).values() if isinstance(v, Construct))
    return tuple(dict.fromkeys(c for c in found if c not in LANGUAGE.constructs))


def extended(language: Language, constructs: Iterable[AnyConstruct], place: str) -> Language:
    """The language with the constructs that are not yet in it. Raises PluginError naming the place
    if the name of one is taken, or it has no definition, or one that fails."""
    new = tuple(dict.fromkeys(c for c in constructs if c not in language.constructs))
    try:
        language = language.extended(*new)
    except TermError as error:
        raise PluginError(f"{place}: {error}") from None
    for found in new:
        if found.definition is None:
            how = "applied=lambda x: …" if found.is_function else "a body: return …"
            raise PluginError(
                f"{place}: construct {found.name} has no meaning and no lowering: give it {how}"
            )
        try:
            language.definition(found.name)
        except Exception as error:
            raise PluginError(
                f"{place}: construct {found.name}: its definition fails: {error}"
            ) from error
    return language
