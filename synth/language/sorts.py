"""The sorts of the language, as egglog knows them."""

from __future__ import annotations

from typing import Any, TypeAlias, Union

from egglog import Expr, String, i64

__all__ = ["CLASSES", "MEANT", "Block", "BlockLike", "Fun1", "Fun2", "Stmt", "Word", "WordLike"]


class Word(Expr, egg_sort="Word"):
    """An expression: its value is a word; evaluating it changes nothing."""


class Stmt(Expr, egg_sort="Stmt"):
    """A statement: it may change memory and variables, stop the program, or never end."""


class Block(Expr, egg_sort="Block"):
    """Statements, one after the other: a chain of `seq` that ends with `end`."""


class Fun1(Expr, egg_sort="Fun1"):
    """A function of one word; it may look at memory and variables."""


class Fun2(Expr, egg_sort="Fun2"):
    """A function of two words."""


WordLike: TypeAlias = Union[Word, String, i64, str, int]  # noqa: UP007 (egglog takes the first)
BlockLike: TypeAlias = Block

MEANT: dict[str, Any] = {sort.__name__: sort for sort in (Word, Stmt, Block, Fun1, Fun2)}
"""The egglog class of each sort whose terms have a meaning, so that two may be equal."""

CLASSES: dict[str, Any] = {
    **MEANT,
    "Name": String,
    "Number": i64,
}
"""The egglog class of each sort; Name is that of a variable's name, Number that of a constant."""
