"""Values of users: what stands at `module:attribute` or `file.py:attribute`.

What a text on the command line is, a term, a file, a module or a name, is told here, and by
`bridge.term.is_term`. Modules and files may declare constructs of the language.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from bridge.errors import SkeletuneError, TermError
from synth.language import FULL, Construct, Language
from synth.language.constructs import AnyConstruct

__all__ = ["Attribute", "PluginError", "cause", "constructs_in", "extended", "find", "module_of"]
__all__ += ["Place", "Standing", "standing_of", "names_code", "place_of", "relative_to_home"]


_BY_FILE: Final = "skeletune_file_"
"""How the names of modules begin that were loaded from a file."""


class PluginError(SkeletuneError):
    """A plug-in that cannot be loaded; the message names the place and the fix."""


@dataclass(frozen=True)
class Attribute:
    """A value, and the name that it has in its module."""

    name: str
    value: Any


@dataclass(frozen=True)
class Place:
    """Where code of users stands."""

    name: str
    """The file or the module, as the user wrote it."""
    attribute: str
    """What in it, or ""."""
    file: Path | None
    """The file, if it is none of the modules that Python finds by their names."""

    def __str__(self) -> str:
        return self.name


def names_code(source: str) -> bool:
    """Whether the source is no plain name, but says which file or module to run."""
    return any(sign in source for sign in (":", *_SEPARATORS)) or _is_python(source)


def place_of(source: str) -> Place:
    """The place that the source names: `PATH.py`, `MODULE`, either with `:ATTRIBUTE` behind it. A
    path may hold colons, and begin with `~`."""
    name, colon, attribute = source.rpartition(":")
    if not colon or _is_python(source) or any(sign in attribute for sign in _SEPARATORS):
        name, attribute = source, ""
    is_file = _is_python(name) or any(sign in name for sign in _SEPARATORS)
    return Place(name, attribute, relative_to_home(Path(name)) if is_file else None)


def relative_to_home(path: Path) -> Path:
    """The path, with a `~` that it begins with replaced, where somebody is at home."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


_SEPARATORS: Final = ("/", "\\")


def _is_python(name: str) -> bool:
    return name.lower().endswith(".py")


def find(
    source: str,
    kind: str,
    is_one: Callable[[Any], bool],
    is_own: Callable[[Any, ModuleType], bool] = lambda value, module: True,
) -> tuple[Attribute, str]:
    """The value at the source, and the file or module. Without an attribute, the only one in it
    that `is_one`, of those that `is_own` (not imported from elsewhere). `kind` is what messages
    call it. Raises PluginError if there is no such file, module or attribute, or it fails."""
    place = place_of(source)
    path, attribute = place.name, place.attribute
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
    place = place_of(source)
    return _module(place.name) if place.file is None else _file(place.name, place.file)


def _choices(path: str, kind: str, names: Iterable[str]) -> str:
    listed = ", ".join(f"{path}:{name}" for name in names)
    return f"there is {listed}" if listed else f"there is no {kind} in it"


def _module(name: str) -> ModuleType:
    if not name:
        raise PluginError("no module before the colon: write module:name or file.py:name")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            raise PluginError(f"{name}: no such module: is it installed?") from None
        raise PluginError(f"{name}: {cause(error)}") from error
    except (Exception, SystemExit) as error:
        raise PluginError(f"{name}: {cause(error)}") from error


def _file(given: str, path: Path) -> ModuleType:
    """The module that a file defines, loaded once."""
    try:
        if not path.is_file():
            what = "is a folder: name a file in it" if path.is_dir() else "no such file"
            raise PluginError(f"{given}: {what}")
    except ValueError:  # a NUL in it
        raise PluginError(f"{given}: no such file") from None
    if not _is_python(path.name):
        raise PluginError(f"{given}: no file of Python: its name must end in .py")
    path = path.resolve()
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:8]
    name = f"{_BY_FILE}{path.stem}_{digest}"  # egglog tells rulesets apart by module and name
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_loader(name, SourceFileLoader(name, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        sys.modules.pop(name, None)
        raise PluginError(f"{given}: {cause(error, path)}") from error
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def cause(error: BaseException, path: Path | None = None) -> str:
    """What went wrong, on one line, and where in the user's code: a line of the file, if that is
    where, else another file and its line."""
    frames = [(f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename is not None:
        frames.append((error.filename, error.lineno))
    theirs = [(file, line) for file, line in frames if not _is_ours(file)]
    here = [(file, line) for file, line in theirs if not {"site-packages"} & {*Path(file).parts}]
    own = [(file, line) for file, line in here if path is not None and Path(file) == path]
    at = ""
    if own:
        at = f"line {own[-1][1]}: "
    elif theirs:
        file, line = (here or theirs)[-1]
        at = f"{file}, line {line}: "
    said = " ".join(str(error).split())
    return f"{at}{type(error).__name__}: {said}" if said else f"{at}{type(error).__name__}"


_OURS: Final = tuple(
    str(Path(__file__).resolve().parent.parent / package) + os.sep
    for package in ("bridge", "backend", "synth")
)
_PYTHONS: Final = sysconfig.get_path("stdlib") + os.sep


def _is_ours(file: str) -> bool:
    """Whether the code in a file is no user's: it is this project's, or Python's own."""
    libraries = file.startswith(_PYTHONS) and "site-packages" not in file
    return file.startswith(("<", *_OURS)) or libraries


@dataclass(frozen=True)
class Standing:
    """Where a value stands that is code: what another process needs to have it, too."""

    module: str
    file: str
    """The module's file, if it was loaded by that; or ""."""
    attribute: str

    def value(self) -> Any:
        """The value. Raises PluginError where there is none."""
        module = _file(self.file, Path(self.file)) if self.file else _module(self.module)
        return getattr(module, self.attribute)


def standing_of(value: object, module: str) -> Standing | None:
    """Where it stands in the module of that name; None if it stands nowhere."""
    found = sys.modules.get(module)
    if found is None or module == "__main__":
        return None
    file = str(found.__file__) if module.startswith(_BY_FILE) else ""
    names = (name for name, v in vars(found).items() if v is value)
    return next((Standing(module, file, name) for name in names), None)


def constructs_in(module: ModuleType) -> tuple[AnyConstruct, ...]:
    """The constructs in a module that are not shipped."""
    found = (v for v in vars(module).values() if isinstance(v, Construct))
    return tuple(dict.fromkeys(c for c in found if c not in FULL.constructs))


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
