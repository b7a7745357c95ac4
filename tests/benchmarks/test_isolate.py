"""Limits hold, and nothing outlives a run."""

from __future__ import annotations

import os
import sys
import threading
import time

import psutil

from benchmarks.isolate import run_isolated

MIB = 2**20


def python(code: str, **limits):
    return run_isolated(
        [sys.executable, "-c", code], **{"seconds": 30, "memory": 500 * MIB, **limits}
    )


def test_what_ends_by_itself():
    ended = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (ended.state, ended.code, ended.stdout, ended.stderr) == ("exited", 3, "out\n", "err\n")


def test_time():
    ended = python("import time; time.sleep(60)", seconds=0.5)
    assert ended.state == "timeout"
    assert 0.5 <= ended.seconds < 50


def test_memory():
    ended = python("x = b'x' * 1_000_000_000; import time; time.sleep(60)", memory=200 * MIB)
    assert ended.state == "out_of_memory" or "MemoryError" in ended.stderr


def test_memory_of_all_processes_together():
    code = (
        "import subprocess, sys, time\n"
        "child = 'x = b\"x\" * 150_000_000; import time; time.sleep(60)'\n"
        "for _ in range(2): subprocess.Popen([sys.executable, '-c', child])\n"
        "time.sleep(60)"
    )
    ended = python(code, memory=200 * MIB)
    assert ended.state == "out_of_memory"
    assert ended.peak_memory > 200 * MIB


def test_peak_memory_is_measured():
    ended = python("x = b'x' * 100_000_000; import time; time.sleep(0.5)")
    assert 100_000_000 < ended.peak_memory < 200_000_000


def test_children_do_not_outlive_it(tmp_path):
    """Not even one in a session of its own."""
    file = tmp_path / "pids"
    code = (
        "import subprocess, sys, time\n"
        "for new in (False, True):\n"
        "    p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
        " start_new_session=new)\n"
        f"    open({str(file)!r}, 'a').write(f'{{p.pid}} ')\n"
        "time.sleep(60)"
    )
    stop = threading.Event()

    def watch():
        while not (file.exists() and file.read_text().count(" ") == 2):
            time.sleep(0.05)
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    assert python(code, seconds=50, stop=stop).state == "stopped"
    pids = [int(pid) for pid in file.read_text().split()]
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) and alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_crash():
    ended = python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert (ended.state, ended.code) == ("exited", -11)


def test_stopping():
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    assert python("import time; time.sleep(60)", stop=stop).state == "stopped"


def test_cores():
    core = min(os.sched_getaffinity(0))
    ended = python("import os, time; time.sleep(0.2); print(os.sched_getaffinity(0))", cores=[core])
    assert ended.stdout == f"{{{core}}}\n"
