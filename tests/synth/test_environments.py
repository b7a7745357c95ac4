"""Environments × commands: what the system lacks is said in a line, and costs no answer.

Each command runs in a mount namespace of its own, which takes root: elsewhere the rows that need
one are skipped.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.suites import ROOT as SUITES

ROOT = Path(__file__).parent.parent.parent
SPEC = SUITES / "table1" / "inc.json"
LOCK = """
for d in /tmp /var/tmp /usr/tmp; do
  if [ -d $d ]; then mount --bind $d $d; mount -o remount,ro,bind $d; fi
done
mount -t tmpfs tmpfs $OUT
"""
MOUNTS = {
    "disk full": "mount -t tmpfs -o size=4k tmpfs $OUT; head -c 9999 /dev/zero >$OUT/x 2>/dev/null",
    "read-only folder": "mount --bind $OUT $OUT; mount -o remount,ro,bind $OUT",
    "no temporary folder": LOCK,
    "no home": "",
    "no device": "",
    "latin-1": "",
    "closed pipe": "",
}
VARIABLES = {
    "disk full": {"TMPDIR": "$OUT", "XDG_CACHE_HOME": "$OUT"},
    "no temporary folder": {"TMPDIR": "/proc/nowhere"},
    "no home": {"HOME": "/proc/nowhere", "XDG_CACHE_HOME": ""},
    "no device": {"JAX_PLATFORMS": "cuda"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
}
COMMANDS = {
    "search": f"synth.search {SPEC} --quiet --out $OUT/run",
    "check": "synth.rules check constants",
    "run": "benchmarks.run table1 --tasks inc --engines enumeration --seeds 0:1 --seconds 100 "
    "--terms 9 --out $OUT/r.jsonl",
}
CODES = {  # by environment: of each command, and what it says where that is no success
    # (`run` starts searches, which have rows of their own.)
    "disk full": {"search": (2, "cannot be written"), "check": 0, "run": (3, "cannot be")},
    "read-only folder": {"search": (2, "cannot be written"), "check": 0, "run": (2, "written")},
    "no temporary folder": {"search": 0, "check": 0, "run": (2, "set TMPDIR")},
    "no home": {"search": 0, "check": 0},
    "no device": {"search": 0, "check": 0},
    "latin-1": {"search": 0, "check": 0},
    "closed pipe": {"search": 141, "check": 141, "run": 141},
}


def reason_without_namespaces() -> str:
    try:
        tried = subprocess.run(
            ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True
        )
    except OSError as error:
        return f"no unshare: {error.strerror}"
    return tried.stderr.decode(errors="replace").strip() if tried.returncode else ""


def in_environment(out: Path, command: str, mounts: str, variables: dict[str, str], **options):
    """The ended command, in Python, from a folder in which nothing can be written."""
    values = {k: v.replace("$OUT", str(out)) for k, v in variables.items()}
    env = os.environ | {"PYTHONPATH": str(ROOT), "OUT": str(out)} | values
    script = f"{mounts}\ncd /proc\n{shlex.quote(sys.executable)} -m {command}"
    argv = ["bash", "-c", script]
    if mounts:
        argv = ["unshare", "-m", *argv]
    return subprocess.run(
        argv, env=env, stderr=subprocess.PIPE, timeout=900, stdin=subprocess.DEVNULL, **options
    )


def run_cell(environment: str, command: str, out: Path) -> str:
    """What is wrong with the outcome, or nothing."""
    out.mkdir(parents=True)
    stdout = subprocess.PIPE
    if environment == "closed pipe":
        reader, stdout = os.pipe()
        os.close(reader)
    given = COMMANDS[command], MOUNTS[environment], VARIABLES.get(environment, {})
    ended = in_environment(out, *given, stdout=stdout)
    if environment == "closed pipe":
        os.close(stdout)
    code, says = want if isinstance(want := CODES[environment][command], tuple) else (want, "")
    said = ended.stderr.decode(errors="replace")
    if ended.returncode == code and says in said and "Traceback" not in said:
        return ""
    return f"{environment}, {command}: {ended.returncode}, not {code}: {said[-500:]}"


def test_the_table(tmp_path):
    reason = reason_without_namespaces()
    cells = [
        (environment, command, tmp_path / environment.replace(" ", "-") / command)
        for environment, commands in CODES.items()
        for command in commands
        if not (reason and MOUNTS[environment])
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [fault for fault in pool.map(lambda cell: run_cell(*cell), cells) if fault]
    assert not wrong, "\n".join(wrong)
    if reason:
        pytest.skip(f"disk full, read-only and no temporary folder need root: {reason}")


def test_an_answer_outweighs_a_full_disk(tmp_path):
    """Wherever the disk becomes full: before the search that is an error; later the answer is
    printed, and a code says that the folder holds not all."""
    if reason := reason_without_namespaces():
        pytest.skip(f"takes a small disk, and that root: {reason}")

    def search(size: int) -> tuple[int, str, list[str]]:
        out = tmp_path / str(size)
        out.mkdir()
        mount = f"mount -t tmpfs -o size={size}k tmpfs $OUT"
        kept = f"{COMMANDS['search']} --json; code=$?; ls $OUT/run >&2; exit $code"
        ended = in_environment(out, kept, mount, {}, stdout=subprocess.PIPE)
        return ended.returncode, ended.stdout.decode(), ended.stderr.decode().split()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = [*pool.map(search, (8, 12, 16, 20, 64))]
    codes = [code for code, *_ in ends]
    assert codes == sorted(codes, key=[2, 3, 0].index), codes  # the more room, the better
    assert {2, 3, 0} == set(codes), ends
    for code, printed, files in ends:
        found = json.loads(printed)
        if code == 2:
            assert "cannot be written" in found["error"]
            continue
        assert found["result"] == "verified"
        noted = [note for note in found["notes"] if "No space left on device" in note]
        assert len(noted) == (code == 3)
        assert ("solution.json" in files) == (code == 0)
        assert not [name for name in files if "tmp" in name]


@pytest.mark.parametrize("flags", [{"JAX_PLATFORMS": "nowhere"}, {"XLA_FLAGS": "--nonsense=1"}])
def test_without_a_device_tuning_is_refused_before_the_search(tmp_path, flags):
    command = f"{COMMANDS['search']} --json --engine tuning"
    ended = in_environment(tmp_path, command, "", flags, stdout=subprocess.PIPE)
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["error"].startswith("JAX has no device")
    assert [*tmp_path.iterdir()] == []


def test_without_a_device_the_other_rungs_go_on(tmp_path):
    """The notes say what was left out."""
    command = COMMANDS["search"].replace("inc.json", "map_dec.json")
    command += " --json --seconds 1000 --terms 15 --programs 5000"
    flags = {"XLA_FLAGS": "--nonsense=1"}
    ended = in_environment(tmp_path, command, "", flags, stdout=subprocess.PIPE)
    assert ended.returncode == 1, ended.stderr
    found = json.loads(ended.stdout)
    assert found["program"] is not None
    assert any(note.startswith("tuning was left out: JAX has no device") for note in found["notes"])
