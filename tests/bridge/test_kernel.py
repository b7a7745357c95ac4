"""Compiled code on disk belongs to the instruction table that it was compiled for."""

from __future__ import annotations

import errno
import importlib
import sys
from typing import Any, cast

from numba import types
from numba.core.caching import CacheImpl, IndexDataCacheFile
from numba.core.registry import cpu_target

from bridge import kernel
from bridge.isa import OPCODES


def test_another_table_is_another_key(monkeypatch):
    def double(x):
        return 2 * x

    def key():
        signature = (types.int64,)
        codegen = cast(Any, cpu_target.target_context).codegen()
        return kernel.KernelCache(double)._index_key(signature, codegen)

    before = key()
    assert key() == before
    monkeypatch.setattr(kernel, "OPCODES", OPCODES[1:])
    assert key() != before


MODULE = """
from typing import NamedTuple
from bridge.kernel import kernel

class {name}(NamedTuple):
    x: int

@kernel
def double(pair):
    return 2 * pair.x

def answer():
    return double({name}(21))
"""


def test_code_kept_for_a_class_that_is_gone_is_compiled_anew(tmp_path, monkeypatch):
    """Numba would end with a traceback: what is kept names the classes of arguments."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("Before", "After", "After"):
        (tmp_path / "kept.py").write_text(MODULE.format(name=name))
        sys.modules.pop("kept", None)
        importlib.invalidate_caches()
        assert importlib.import_module("kept").answer() == 42


def compiled_in(folder, monkeypatch):
    """The module's answer, compiled where that folder is to keep what is compiled."""
    monkeypatch.syspath_prepend(folder)
    (folder / "kept.py").write_text(MODULE.format(name="Pair"))
    sys.modules.pop("kept", None)
    importlib.invalidate_caches()
    return importlib.import_module("kept").answer()


def test_without_a_folder_to_keep_it_it_is_compiled(tmp_path, monkeypatch):
    """Numba would refuse to compile at all."""
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    assert compiled_in(tmp_path, monkeypatch) == 42


def test_on_a_full_disk_it_is_compiled_and_nothing_wrong_is_kept(tmp_path, monkeypatch):
    """An index without its file might lead to another's: of an older source."""

    def full(self, name, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(IndexDataCacheFile, "_save_data", full)
        assert compiled_in(tmp_path, monkeypatch) == 42
    assert not [*tmp_path.rglob("*.nbi")]


def test_what_is_kept_and_cut_off_is_compiled_anew(tmp_path, monkeypatch):
    assert compiled_in(tmp_path, monkeypatch) == 42
    kept = [*tmp_path.rglob("*.nb?")]
    assert {path.suffix for path in kept} == {".nbi", ".nbc"}
    for path in kept:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        assert compiled_in(tmp_path, monkeypatch) == 42
