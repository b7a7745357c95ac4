"""How large a statement's code may be."""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_LINES", "MAX_REGISTERS"]

MAX_LINES: Final = 96
"""Lines of the longest statement that is enumerated."""
MAX_REGISTERS: Final = 32
"""The most registers of one, scratch ones too; as many as 64-bit words hold."""
