"""Whether any spec, however damaged, is refused in good time, with a message that helps.

    python -m benchmarks.fuzz --n 10000 --seed 0

Each damaged spec is given to the search command, with no budget, in this process: so all that comes
before and after a search is run. What must not be is counted: tracebacks, messages without file or
place, too long or not printable, folders left behind, what takes long. The exit code is 1 if there
is any of these.
"""

from __future__ import annotations

import io
import json
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track

from benchmarks.command import check_positive, make_app, run_app
from benchmarks.mangle import NAMES, mangled
from bridge.counts import counted
from synth import search

__all__ = ["Tried", "main", "try_spec"]

SECONDS: Final = 2.0
CHARACTERS: Final = 500
MEMORY: Final = 500  # MiB, with Python and all that the search imports
_WHOLE: Final = ("not valid JSON: line ", "not UTF-8 text: ", "begins with a byte-order mark",
                 "larger than ", "holds more than ", "a number has more than ",
                 "cannot be read: ")  # fmt: skip
"""How messages go on behind the file that are about no place in it by a JSON path."""

app = make_app("benchmarks.fuzz")


@dataclass(frozen=True)
class Tried:
    """What came of a spec."""

    code: int | None
    """The exit code; None after a traceback."""
    faults: tuple[str, ...]
    seconds: float
    """Of processors' time, which doesn't depend on what else the machine is busy with."""
    said: str


def try_spec(data: bytes, name: str, folder: Path) -> Tried:
    """Gives the spec to the search command, as a file of that name in the folder."""
    path, run = folder / name, folder / "run"
    path.write_bytes(data)
    options = ["--json", "--quiet", "--programs=0", "--engine=random", f"--out={run}"]
    out, err, code, faults = io.StringIO(), io.StringIO(), None, list[str]()
    began = time.process_time()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = search.main([str(path), *options])
    except Exception:
        faults.append("traceback")
        err.write(traceback.format_exc())
    seconds = time.process_time() - began
    said = err.getvalue()
    if code not in (0, 1, 2, None):
        faults.append(f"exit code {code}")
    if code == 2:
        faults += _faults(out.getvalue(), said, path)
        if run.exists():
            faults.append("a folder is left")
    if seconds > SECONDS:
        faults.append(f"more than {SECONDS:g} s")
    path.unlink()
    shutil.rmtree(run, ignore_errors=True)
    return Tried(code, tuple(faults), seconds, said)


def _faults(out: str, said: str, path: Path) -> list[str]:
    """What is wrong with the message to a spec that is refused."""
    found = json.loads(out)
    place = found["path"] or any(f": {start}" in found["error"] for start in _WHOLE)
    checks = {
        "no file": found["file"] != str(path),
        "no place": not place,
        f"more than {CHARACTERS} characters": len(said) > CHARACTERS,
        "not printable": not said.removesuffix("\n").isprintable(),
        "not what --json says": said != f"error: {found['error']}\n",
    }
    return [fault for fault, there in checks.items() if there]


@app.default
def fuzz(
    *,
    n: Annotated[int, Parameter(help="How many specs.")] = 10_000,
    seed: Annotated[int, Parameter(help="Seed of all that is drawn.")] = 0,
) -> int:
    """Damages specs, and counts what the search command does wrong with them."""
    check_positive(n=n)
    faults, codes = Counter[str](), Counter[str]()
    slowest = Tried(None, (), 0.0, "")
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="skeletune-") as folder:
        for i in track(range(n), console=console, disable=not console.is_terminal):
            random = Random(f"{seed}/{i}")
            data, name = mangled(random), random.choice(NAMES)
            tried = try_spec(data, name, Path(folder))
            codes["traceback" if tried.code is None else f"exit code {tried.code}"] += 1
            faults.update(tried.faults)
            slowest = max(slowest, tried, key=lambda t: t.seconds)
            if tried.faults:
                console.print(f"{seed}/{i}: {', '.join(tried.faults)}: {tried.said[:2000]}",
                              markup=False, highlight=False)  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{counted(n, 'spec')}, seed {seed}")
    for what, times in sorted(codes.items()):
        print(f"{times:8,} {what}")
    known = ("traceback", "no file", "no place", f"more than {CHARACTERS} characters",
             "not printable", "not what --json says", "a folder is left",
             f"more than {SECONDS:g} s")  # fmt: skip
    for fault in known:
        print(f"{faults[fault]:8,} with fault: {fault}")
    print(f"{slowest.seconds:8.2f} s of processors' time, the slowest")
    print(f"{peak:8,} MiB at most ({MEMORY} allowed)")
    return int(bool(faults) or peak > MEMORY)


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
