"""Errors that a user can cause. Each message is one line: the place, what is wrong, and the fix."""

from __future__ import annotations

import re
from typing import Final, Self

__all__ = ["AssemblyError", "LoweringError", "SkeletuneError", "SpecError", "TermError"]
__all__ += ["printable", "shorten"]

MOST: Final = 480
"""Characters of a message; with what commands print before it, it keeps within 500."""


def printable(text: str) -> str:
    """The text on one line, without what a terminal would obey or cannot show: that is escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shorten(text: str, most: int = 60) -> str:
    """The beginning of the text, printable, and not too long for a message."""
    text = printable(text[: most + 1])
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _without_middle(text: str, most: int) -> str:
    """Both ends of the text, if it is longer: the place, and the fix."""
    tail = most // 3
    return text if len(text) <= most else f"{text[: most - tail - 5]} ... {text[-tail:]}"


class SkeletuneError(Exception):
    """Base of every error that bad input can cause; printed without a traceback.

    Parts of the message are parted by ': '. `file` is the file that is at fault, where one is.
    """

    def __init__(self, message: str, *, file: str = "") -> None:
        super().__init__(message)
        self.file = file

    def __str__(self) -> str:
        file, message = printable(self.file), printable(self.args[0])
        if len(file) + len(message) > MOST:
            file = _without_middle(file, MOST // 3)
            message = _without_middle(message, MOST - len(file))
        return f"{file}: {message}" if file else message

    def within(self, file: str) -> Self:
        """Itself, in that file, if it doesn't name another."""
        self.file = self.file or file
        return self

    @property
    def path(self) -> str:
        """The JSON path that the message begins with, or ""."""
        found = _PATH.match(self.args[0])
        return printable(found[0]) if found else ""

    @property
    def fix(self) -> str:
        """How to mend it, where the message says that, too, or ""."""
        _, _, rest = self.args[0].partition(": ")
        _, colon, fix = rest.rpartition(": ")
        return shorten(fix, MOST // 2) if colon else ""


_PATH: Final = re.compile(r"\$(?:\.[^\s:,.\[\]]+|\[\d+\])*")


class SpecError(SkeletuneError):
    """A spec that is not valid: the message holds the file, the JSON path and the reason."""


class AssemblyError(SkeletuneError):
    """Assembly text that does not parse, or a program that does not fit its machine."""


class TermError(SkeletuneError):
    """A term that does not parse or is not well sorted."""


class LoweringError(SkeletuneError):
    """A term that cannot be lowered: too many lines or registers, or a hole where none may be."""
