"""What a term costs that is enumerated, as a value: programs are tried in order of their cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from synth.language.constructs import AnyConstruct

__all__ = ["SIZES", "SMALL", "VARIABLE", "Costs", "size_of_own"]

SMALL: Final = 3
"""The largest constant that is tried whatever the examples are."""
VARIABLE: Final = "var"
"""What a variable that is read is called among constructs."""


@dataclass(frozen=True)
class Costs:
    """Costs are whole numbers. What is not named costs its size: 1 for a variable, a construct or
    0, 2 for a statement, n for a constant n; times `unit`."""

    unit: int = 1
    """What the size 1 costs."""
    own: Mapping[str, int] = field(default_factory=dict[str, int])
    """The cost of constructs by name, arguments not counted; of `var`; of "0" … "3"."""
    constants: Mapping[int, int] = field(default_factory=dict[int, int])
    """The constants that are tried besides the small ones, and what each costs."""
    name: str = ""
    """Where they come from: the file's name; "" where they are the sizes or shipped."""

    def of(self, construct: AnyConstruct) -> int:
        """What one use of a construct costs, without its arguments."""
        return self.own.get(construct.name, self.unit * size_of_own(construct.name, construct.sort))

    @property
    def variable(self) -> int:
        """What a variable costs that is read."""
        return self.own.get(VARIABLE, self.unit)

    def constant(self, value: int) -> int:
        """What a small constant costs."""
        return self.own.get(str(value), self.unit * size_of_own(str(value), "Word"))

    def with_constants(self, sizes: Mapping[int, int]) -> Costs:
        """The costs, with further constants to try, by their sizes."""
        return replace(self, constants={c: self.unit * size for c, size in sizes.items()})


def size_of_own(name: str, sort: str) -> int:
    """How much one use of that construct adds to the size of a term, or of that small constant."""
    if name.isdigit():
        return max(1, int(name))
    return 2 if sort == "Stmt" else 1


SIZES: Final = Costs()
"""The size of each term."""
