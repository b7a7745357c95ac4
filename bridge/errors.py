"""Errors that a user can cause. Each message names the place and the fix."""

__all__ = ["AssemblyError", "LoweringError", "SkeletuneError", "SpecError", "TermError"]


class SkeletuneError(Exception):
    """Base of every error that bad input can cause; printed without a traceback."""


class SpecError(SkeletuneError):
    """A spec that is not valid: the message holds the file, the JSON path and the reason."""


class AssemblyError(SkeletuneError):
    """Assembly text that does not parse, or a program that does not fit its machine."""


class TermError(SkeletuneError):
    """A term that does not parse or is not well sorted."""


class LoweringError(SkeletuneError):
    """A term that cannot be lowered: too many lines or registers, or a hole where none may be."""
