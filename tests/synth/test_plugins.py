"""Rulesets by name, module and file; every error that a user can make, with its exact text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bridge.errors import SkeletuneError
from bridge.term import parse_term
from synth import plugins
from synth.language import LANGUAGE, Stmt, construct, expand, noop
from synth.plugins import (
    Plugin,
    PluginError,
    installed,
    language_of,
    load_rulesets,
)
from synth.rulesets import SHIPPED
from synth.sources import names_code, place_of

HEAD = """
from egglog import *
from synth.language import *
"""


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(HEAD + text)
        return str(path)

    return write


def rejected(source, path=""):
    with pytest.raises(SkeletuneError) as caught:
        load_rulesets([source] if isinstance(source, str) else source)
    return str(caught.value).replace(path, "mine.py") if path else str(caught.value)


GOOD = """
@ruleset
def mine(x: Word, y: Word):
    yield rewrite(sub(x, y)).to(dec(sub(x, dec(y))))
"""


def test_by_name_by_module_by_file_and_as_values(file):
    path = file(GOOD)
    found = load_rulesets(["arith", "synth.rulesets.loops:loops", f"{path}:mine"])
    assert [r.ident.name for r in found] == ["arith", "loops", "mine"]
    assert load_rulesets([path]) == found[2:]  # the only one in the file
    assert load_rulesets(found) == found
    assert load_rulesets(["arith", SHIPPED["arith"]]) == (SHIPPED["arith"],)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@ruleset\ndef r(x: Word, c: Word):\n    yield rewrite(inc(x)).to(add(x, c))\n",
         "mine.py: rule r/1: ?c stands on the right side only: use it on the left side, "
         "or say what it is in a condition eq(…).to(…)"),
        ("@ruleset\ndef r(x: Word, y: Word):\n    yield rewrite(inc(x)).to(x)\n"
         "    yield birewrite(inc(x)).to(add(x, y))\n",
         "mine.py: rule r/2: ?y stands on the right side only: use it on the left side, "
         "or say what it is in a condition eq(…).to(…)"),
        ("@ruleset\ndef r(x: Word):\n    yield rewrite(x).to(add(x, 0))\n",
         "mine.py: rule r/1: its left side is nothing but ?x, which matches anything: "
         "write one rule for each construct"),
        ("@ruleset\ndef r(x: Word):\n    yield birewrite(add(x, 0)).to(x)\n",
         "mine.py: rule r/1: its right side is nothing but ?x, which matches anything: "
         "use rewrite in the other direction"),
        ("@ruleset\ndef r(x: Word, n: i64):\n    yield rewrite(inc(x)).to(x, n > 0)\n",
         "mine.py: rule r/1: ?n stands in a condition only: use it on the left side"),
        ("from synth.rulesets.named import rewrite\n@ruleset\ndef r(x: Word):\n"
         "    yield rewrite('a', inc(x)).to(add(x, 1))\n"
         "    yield rewrite('a', dec(x)).to(sub(x, 1))\n",
         "mine.py: rule r/a: a rule before it has the same name: rename one"),
        ("@ruleset\ndef r(x: Word, k: Block):\n    yield rewrite(inc(x)).to(x)\n"
         "    yield rewrite(add(x, k)).to(x)\n",
         "mine.py: ruleset r, rule 2 (line 7): Cannot convert k of type Block to Word: "
         "an argument is of another sort than the construct takes"),
        ("@ruleset\ndef r(x: Word):\n    yield rewrite(inc(x)).to(1 / 0)\n",
         "mine.py: ruleset r, rule 1 (line 6): ZeroDivisionError: division by zero"),
        ("@ruleset\ndef r(x):\n    yield rewrite(inc(x)).to(x)\n",
         "mine.py: ruleset r: parameter x has no type: write x: Word, or another sort"),
        ("r = 3\n", "mine.py: r is no ruleset: decorate a generator of rules with @ruleset"),
        ("q = 3\n", "mine.py: has no r: there is no ruleset in it"),
        ("r = ruleset(rewrite(add(var('x', Word), 1)).to(inc(var('x', Word))))\n",
         "mine.py: a ruleset has no name: write ruleset(…, name='…')"),
        ("import nowhere\n",
         "mine.py: line 4: ModuleNotFoundError: No module named 'nowhere'"),
        ("def r(:\n", "mine.py: line 4: SyntaxError: invalid syntax (mine.py, line 4)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_load_time(file, text, message):
    path = file(text)
    assert rejected(f"{path}:r", path) == message


def test_where_code_stands():
    """(the file or module, what in it, whether it is a file)"""
    for source, expected in {
        "mine.py": ("mine.py", "", True),
        "mine.py:r": ("mine.py", "r", True),
        "mine.py:": ("mine.py", "", True),
        "MINE.PY:r": ("MINE.PY", "r", True),
        "v1:old/rules.py": ("v1:old/rules.py", "", True),
        "v1:old/rules.py:r": ("v1:old/rules.py", "r", True),
        "a:b.py": ("a:b.py", "", True),
        "C:\\my rules\\mine.py": ("C:\\my rules\\mine.py", "", True),
        "C:\\my rules\\mine.py:r": ("C:\\my rules\\mine.py", "r", True),
        "../x/mine.py:r": ("../x/mine.py", "r", True),
        "./mine": ("./mine", "", True),
        "a/b:c/d": ("a/b:c/d", "", True),
        "pkg.mod:r": ("pkg.mod", "r", False),
        "pkg.mod:": ("pkg.mod", "", False),
    }.items():
        place = place_of(source)
        assert (place.name, place.attribute, place.file is not None) == expected, source
        assert names_code(source)
    assert not names_code("arith")
    assert place_of("~/mine.py").file == Path.home() / "mine.py"


def test_paths_of_any_kind(file, tmp_path, monkeypatch):
    (tmp_path / "v1:old").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    file(GOOD, "v1:old/rules.py")
    found = load_rulesets([f"{tmp_path}/v1:old/rules.py"])
    for source in ("v1:old/rules.py", "./v1:old/rules.py:mine", "~/v1:old/rules.py"):
        assert load_rulesets([source]) == found
    for source, message in {
        "v1:old/": "v1:old/: is a folder: name a file in it",
        "v1:old/rules": "v1:old/rules: no such file",
        "nowhere\0.py": "nowhere\\x00.py: no such file",
        ":mine": "no module before the colon: write module:name or file.py:name",
    }.items():
        assert rejected(source) == message


def test_what_fails_in_a_file_is_said_with_its_line_however_it_is_named(
    file, tmp_path, monkeypatch
):
    path = file("x = 1 / 0\n", "zde.py")
    monkeypatch.chdir(tmp_path)
    for source in (path, "zde.py", "./zde.py", f"../{tmp_path.name}/zde.py:r"):
        assert rejected(source).endswith("zde.py: line 4: ZeroDivisionError: division by zero")
    file("raise SystemExit(0)\n", "leave.py")
    assert rejected("leave.py") == "leave.py: line 4: SystemExit: 0"
    file("raise ValueError('two\\nlines')\n", "lines.py")
    assert rejected("lines.py") == "lines.py: line 4: ValueError: two lines"
    helper = file("def helper():\n    return 1 / 0\n", "skeletune_test_helper.py")
    file(
        f"import sys; sys.path.append({str(tmp_path)!r})\n"
        "from skeletune_test_helper import helper\nhelper()\n", "uses.py"
    )  # fmt: skip
    assert rejected("uses.py") == "uses.py: line 6: ZeroDivisionError: division by zero"
    file("raise ValueError\n", "skeletune_test_module.py")
    monkeypatch.syspath_prepend(tmp_path)
    expected = f"{tmp_path}/skeletune_test_module.py, line 4: ValueError"
    assert rejected("skeletune_test_module:r") == f"skeletune_test_module: {expected}"
    assert helper


def test_panics_are_told_without_a_backtrace(file, capfd):
    path = file("@ruleset\ndef r(n: i64):\n    yield rewrite(inc(const(n))).to(const(n.log2()))\n"
                "    yield rewrite(dec(const(n))).to(const(n << i64(64)))\n")  # fmt: skip
    assert "ruleset r: a rule failed while it ran: " in rejected(path)
    assert capfd.readouterr().err == ""


def test_a_file_with_several_rulesets_wants_a_choice(file):
    path = file(GOOD + GOOD.replace("mine", "more"))
    expected = "mine.py: say which ruleset: there is mine.py:mine, mine.py:more"
    assert rejected(path, path) == expected


def test_what_does_not_exist():
    assert rejected("/nowhere/mine.py:r") == "/nowhere/mine.py: no such file"
    assert rejected("synth.nowhere:r") == "synth.nowhere: no such module: is it installed?"
    assert rejected("nowhere").startswith("nowhere: no such ruleset: there is arith, bits, ")
    assert rejected("synth.rulesets.loops:r") == (
        "synth.rulesets.loops: has no r: there is synth.rulesets.loops:loops"
    )


def test_a_ruleset_that_is_given_again_is_looked_at_once(file, monkeypatch):
    looked: list[str] = []
    validate = plugins.validate
    monkeypatch.setattr(plugins, "validate", lambda *a: looked.append(a[1]) or validate(*a))
    path = file(GOOD)
    (mine,) = load_rulesets([path])
    assert load_rulesets([path, f"{path}:mine", mine, mine] * 5) == (mine,)
    assert looked == [path, path]


def test_two_rulesets_of_one_name(file):
    one, other = file(GOOD, "one.py"), file(GOOD, "other.py")
    assert rejected([one, other]) == (
        f"{other}: ruleset mine has the name of one from {one}: rename one"
    )


CONSTRUCT = """
@construct(cost=3)
def clear(p: StringLike) -> Stmt:
    '''Writes 0 over the list.'''
    return map_(p, bind(second(), const(0)))

@ruleset
def mine(p: String):
    yield rewrite(do(clear(p), clear(p))).to(do(clear(p)))
"""


def test_a_construct_of_ones_own_comes_with_the_file(file):
    path = file(CONSTRUCT)
    (found,) = load_rulesets([path])
    assert found.ident.name == "mine"
    language = language_of([path])
    assert language == language_of([found]) == language_of([path, found, "arith"])
    assert str(expand(parse_term("(do (clear p))"), language)) == (
        "(do (while (load p) (do (store p 0) (assign p (inc p)))))"
    )
    assert "clear" not in LANGUAGE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@construct()\ndef clear(p: StringLike) -> Stmt: ...\n",
         "mine.py: construct clear has no meaning and no lowering: give it a body: return …"),
        ("@construct()\ndef clear() -> Fun1: ...\n",
         "mine.py: construct clear has no meaning and no lowering: give it applied=lambda x: …"),
        ("@construct()\ndef clear(p: StringLike) -> Stmt:\n    return store(p, do())\n",
         "mine.py: construct clear: its definition fails: "
         "Cannot convert do() of type Block to Word"),
        ("@construct('map')\ndef clear(p: StringLike) -> Stmt:\n    return noop()\n",
         "mine.py: construct map: declared twice: give one another name"),
    ],
)  # fmt: skip
def test_whatever_a_construct_lacks_is_named(file, text, message):
    path = file(text)
    assert rejected(path, path).replace("end()", "do()") == message


class _Point:
    """An entry point."""

    def __init__(self, name, value):
        self.name, self.value = name, f"somewhere:{name}"
        self._loaded = value

    def load(self):
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


def _nothing() -> Stmt:
    """Does nothing."""
    return noop()


def test_installed_plugins_and_their_errors(monkeypatch):
    def install(*points):
        monkeypatch.setattr(plugins, "entry_points", lambda group: points)

    mine = SHIPPED["roll"]
    install(_Point("extra", Plugin({"twice": mine})))
    assert installed()["extra"].rulesets["twice"] is mine
    assert load_rulesets(["twice"]) == (mine,)
    install(_Point("a", Plugin({"twice": mine})), _Point("b", Plugin({"twice": mine})))
    assert rejected("twice") == "plug-in b: ruleset twice exists already (plug-in a): rename one"
    install(_Point("a", Plugin({"arith": mine})))
    assert rejected("x") == "plug-in a: ruleset arith exists already (shipped): rename one"
    install(_Point("a", Plugin(engines={"both": object()})))
    assert rejected("x") == "plug-in a: engine both exists already (shipped): rename one"
    declared = Plugin({"again": mine}, constructs=(construct("again")(_nothing),))
    install(_Point("a", declared))
    assert "again" in language_of(["again"])
    assert language_of(["roll"]) is LANGUAGE
    install(_Point("a", declared), _Point("b", Plugin(constructs=declared.constructs)))
    assert rejected("x") == "plug-in b: construct again exists already (plug-in a): rename one"
    install(_Point("a", 3))
    assert rejected("x") == "plug-in a: somewhere:a is a int: make it a synth.plugins.Plugin"
    install(_Point("a", ImportError("no b")))
    assert re.fullmatch(r"plug-in a: .*test_plugins.py, line \d+: ImportError: no b", rejected("x"))


def test_plugin_errors_are_printed_without_a_traceback():
    assert issubclass(PluginError, SkeletuneError)
