"""Counts as messages say them."""

__all__ = ["counted"]


def counted(number: int, noun: str) -> str:
    """The number with its noun, one of which the plural is regular: `1 example`, `2,000 lines`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
