"""Compiled code on disk belongs to the instruction table that it was compiled for."""

from __future__ import annotations

import importlib
import sys
from typing import Any, cast

from numba import types
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
