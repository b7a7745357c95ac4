"""What commands write, and where: encodings, closed pipes, users' prints, errors as JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import asdict

import synth
from benchmarks.suites import ROOT
from bridge.spec import Search
from synth import search
from synth.command import write_file
from synth.release import release
from synth.rules import command as rules

CHECKOUT = Path(__file__).parents[2]
EASY = str(ROOT / "table1" / "inc.json")
RULES = """
import atexit, os
from egglog import RewriteOrRule, rewrite, ruleset
from synth.language import Word, max_, min_

print("loading")
os.system("echo from another process")
atexit.register(print, "good-bye")

@ruleset
def absorb(x: Word, y: Word):
    print("generating")
    yield rewrite(max_(x, min_(x, y))).to(x)
"""


def start(*argv: object, **options) -> subprocess.Popen[bytes]:
    encoding = options.pop("encoding", "utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, argv)], stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONIOENCODING": encoding}, **options,
    )  # fmt: skip


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(RULES)
    return path


def test_a_file_is_written_whole_or_not_at_all_and_a_device_as_it_is(tmp_path: Path):
    path, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(path)
    for place, text in ((path, "one"), (link, "two")):
        write_file(place, text)
        assert path.read_text() == text
    assert link.is_symlink()
    with pytest.raises(OSError, match="No such file") as missing:
        write_file(tmp_path / "no" / "file", "three")
    assert missing.value.filename == str(tmp_path / "no" / "file")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "link"]
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
        write_file(fifo, "four")
        assert reader.communicate()[0] == b"four"
    assert fifo.is_fifo()


def test_signs_that_the_encoding_lacks_are_written_otherwise(mine):
    for encoding in ("ascii", "latin-1"):
        process = start("synth.rules", "check", mine, stdout=subprocess.PIPE, encoding=encoding)
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, err
        assert b"(max ?x (min ?x ?y)) -> ?x" in out


@pytest.mark.parametrize(
    "argv",
    [
        ("synth.search", EASY, "--json", "--quiet"),
        ("synth.search", EASY),
        ("synth.search", "--help"),
        ("synth.rules", "check", "hoist"),
    ],
)
def test_a_closed_pipe_ends_a_command_quietly(argv, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    if argv[:2] == ("synth.search", EASY):
        argv = (*argv, "--out", str(tmp_path / "run"))
    process = start(*argv, stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=600)
    assert process.returncode == 141
    assert err == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_disk_is_said():
    with open("/dev/full", "wb") as full:
        process = start("synth.search", "--schema", stdout=full)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 3
    assert err == b"error: stdout: cannot be read or written: No space left on device\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_where_the_answer_is_that_cannot_be_shown(options, tmp_path):
    with open("/dev/full", "wb") as full:
        process = start("synth.search", EASY, "--out", tmp_path / "run", *options, stdout=full)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 3
    assert err.decode().endswith(f"No space left on device: the answer is in {tmp_path / 'run'}\n")
    assert synth.load_solution(tmp_path / "run").solved


def test_stdout_is_for_results(mine, tmp_path):
    process = start(
        "synth.search", EASY, "--json", "--rules", mine, "--out", tmp_path / "run",
        stdout=subprocess.PIPE,
    )  # fmt: skip
    out, err = process.communicate(timeout=600)
    assert json.loads(out)["result"] == "verified"
    for said in (b"loading", b"from another process", b"generating", b"good-bye"):
        assert said in err


def test_check_prints_one_object_whatever_rules_print(mine, capfd):
    mine.write_text(RULES.replace("atexit.register", "print"))
    assert rules.main(["check", str(mine), "--json"]) == 0
    out, err = capfd.readouterr()
    assert [rule["sound"] for rule in json.loads(out)["rules"]] == [True]
    assert "generating" in err


def test_help_tells_the_defaults(capsys):
    assert search.main(["--help"]) == 0
    said = " ".join(re.sub("[│─]", " ", capsys.readouterr().out).split())
    for name, default in asdict(Search()).items():
        meaning = said.partition(f" --{name} ")[2].partition(" --")[0]
        assert ("10^15" if default == 10**15 else f"{default:,}".removesuffix(".0")) in meaning


@pytest.mark.parametrize("command", ["search", "rules"])
def test_the_version_is_told(command, capsys):
    assert {"search": search, "rules": rules}[command].main(["--version"]) == 0
    assert capsys.readouterr().out == f"skeletune {release()}\n"


@pytest.mark.parametrize(
    ("package", "argv", "is_module"),
    [
        ("bridge", ["-m", "synth.search", EASY], False),
        ("bridge", ["-m", "synth.rules", "check"], True),
        ("backend", ["-m", "synth.search", EASY], False),
        ("backend", ["-c", "import synth"], False),
        ("synth", ["-m", "benchmarks.run", "--help"], False),
    ],
)
def test_what_is_in_the_way_is_named(package, argv, is_module, tmp_path):
    place = tmp_path / (f"{package}.py" if is_module else package)
    if is_module:
        place.touch()
    else:
        place.mkdir()
        (place / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, *argv], cwd=tmp_path, capture_output=True, text=True, timeout=600,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
    )  # fmt: skip
    said = (
        f"{place}: is in the way of skeletune's own package {package}: rename it, start from "
        "another folder, or use the command skeletune\n"
    )
    if argv[0] == "-m":
        assert (done.returncode, done.stderr) == (2, f"error: {said}")
    else:
        assert done.stderr.endswith(f"ImportError: {said}")


def test_a_console_script_is_immune(tmp_path):
    """It is what pip writes: its own folder is the first that Python looks into."""
    for package in ("bridge", "backend", "synth", "benchmarks"):
        (tmp_path / "work" / package).mkdir(parents=True)
        (tmp_path / "work" / package / "__init__.py").touch()
    script = tmp_path / "skeletune"
    script.write_text("import sys\nfrom synth.search import main\nsys.exit(main())\n")
    done = subprocess.run(
        [sys.executable, str(script), EASY, "--json", "--quiet"], cwd=tmp_path / "work",
        capture_output=True, text=True, timeout=600,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
    )  # fmt: skip
    assert json.loads(done.stdout)["result"] == "verified", done.stderr


@pytest.mark.parametrize(
    ("main", "argv", "expected"),
    [
        (search.main, ["no-such.json"], ("cannot be read", "no-such.json", None)),
        (search.main, ["bad.json"], ("$.machine.words: expected an integer", "bad.json",
                                     "$.machine.words")),
        (search.main, ["--colour", "red"], ("--colour", None, None)),
        (search.main, ["--resume", "nowhere"], ("nowhere: no run folder", None, None)),
        (search.main, [EASY, "--engine", "magic"], ("no engine 'magic'", None, None)),
        (search.main, [EASY, "--rules", "nowhere.py"], ("nowhere.py: no such file", None, None)),
        (rules.main, ["check", "nowhere.py:r"], ("nowhere.py: no such file", None, None)),
        (rules.main, ["check", "--trials", "0"], ("for --trials", None, None)),
    ],
)  # fmt: skip
def test_errors_are_one_object_too(main, argv, expected, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("bad.json").write_text('{"machine": {"words": 1}, "examples": []}')
    assert main([*argv, "--json"]) == 2
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert set(found) == {"error", "file", "path", "fix"}
    message, file, path = expected
    assert message in found["error"]
    assert err == f"error: {found['error']}\n"
    assert (found["file"], found["path"]) == (file, path)
