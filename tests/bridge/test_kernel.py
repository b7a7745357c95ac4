"""Compiled code on disk belongs to the instruction table that it was compiled for."""

from __future__ import annotations

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
