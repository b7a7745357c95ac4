"""How a constant is made of 0: by steps of one and by doubling, as few as there are."""

from functools import cache
from typing import Final

__all__ = ["ways_to"]

WAYS: Final = {"inc": 1, "dec": -1}
"""What is added to a word; `add` adds the word itself."""


@cache
def ways_to(words: int) -> tuple[tuple[str, ...], ...]:
    """For each word the opcodes that make it of 0, each of what the one before it gave: `inc`,
    `dec`, or `add` of a word to itself. Of those that are as few, steps of one come first."""
    found: dict[int, tuple[str, ...]] = {0: ()}
    level = [0]
    while level:
        following: list[int] = []
        for word in level:
            for way in (*WAYS, "add"):
                made = (word + WAYS.get(way, word)) % words
                if made not in found:
                    found[made] = (*found[word], way)
                    following.append(made)
        level = following
    return tuple(ways for _, ways in sorted(found.items()))
