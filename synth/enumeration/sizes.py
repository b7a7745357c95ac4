"""How large a statement's code may be."""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_LINES", "MAX_PART", "MAX_REGISTERS"]

MAX_PART: Final = 48
"""The most lines of a statement without a body, and of one around a body."""
MAX_LINES: Final = 3 * MAX_PART
"""The most lines of one with a body, which is two others at most: kernels have room for so many."""
MAX_REGISTERS: Final = 32
"""The most registers of one, scratch ones too; as many as 64-bit words hold."""
