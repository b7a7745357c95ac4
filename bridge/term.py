"""Terms of the high-level language, and s-expressions <-> Term.

A number is a constant, a bare symbol a variable, everything else is a construct in parentheses:
`(do (assign x (load 0)) (store 0 (inc x)))`. A block `(do …)` holds any number of statements.
Which constructs there are, and their sorts, is declared in `synth.language`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bridge.errors import TermError

__all__ = ["HOLES", "Arg", "Term", "is_term", "parse_term"]

HOLES: Final = {"hole": "Word", "hole-stmt": "Stmt"}
"""What stands for a part that is to be found, and that part's sort."""


@dataclass(frozen=True, slots=True)
class Term:
    """A construct applied to arguments: terms, constants (int) and variables (str)."""

    op: str
    args: tuple[Arg, ...] = ()

    def __str__(self) -> str:
        return f"({' '.join([self.op, *map(str, self.args)])})"

    def subterms(self) -> Iterator[Arg]:
        """Itself and every argument below, constants and variables too, from the top down."""
        stack: list[Arg] = [self]
        while stack:
            arg = stack.pop()
            yield arg
            if isinstance(arg, Term):
                stack.extend(reversed(arg.args))

    @property
    def size(self) -> int:
        """The number of constructs, constants and variables in it."""
        return sum(1 for _ in self.subterms())

    @property
    def has_block(self) -> bool:
        """Whether a block is among its arguments: it is a loop, a branch, or made of such."""
        return any(isinstance(a, Term) and a.op == "do" for a in self.args)

    @property
    def has_hole(self) -> bool:
        return any(isinstance(t, Term) and t.op in HOLES for t in self.subterms())


Arg = Term | str | int

_TOKEN = re.compile(
    r"\s*(?:(\()|(\))|(-?[0-9]{1,9}(?=[\s();]|$))|([A-Za-z_$][A-Za-z0-9_$.\-]*)|(;[^\n]*)|(\S))"
)
_MAX_DEPTH = 200


_BLANK = re.compile(r"(?:\s|;[^\n]*)*")


def is_term(text: str) -> bool:
    """Whether the text, which is a term or assembly, is a term: it begins with a parenthesis, but
    for comments."""
    return text[_BLANK.match(text).end() :].startswith("(")  # pyright: ignore[reportOptionalMemberAccess]


def parse_term(text: str, source: str = "term") -> Term:
    """The term that the s-expression describes; `;` starts a comment.

    Raises TermError with source and position. Sorts are not checked here.
    """
    stack: list[list[Arg]] = []
    done: Arg | None = None
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        assert found is not None  # the last alternative takes any character
        at = f"{source}, character {found.start(found.lastindex or 0) + 1}"
        position = found.end()
        opening, closing, number, symbol, comment, other = found.groups()
        if comment:
            continue
        if other:
            raise TermError(f"{at}: {other!r} is no part of a term")
        if done is not None:
            raise TermError(f"{at}: text after the term: remove it")
        if opening:
            if len(stack) >= _MAX_DEPTH:
                raise TermError(f"{at}: nested more than {_MAX_DEPTH} deep")
            stack.append([])
            continue
        if closing:
            if not stack:
                raise TermError(f"{at}: ')' without '('")
            head, *args = stack.pop() or [0]
            if not isinstance(head, str):
                raise TermError(f"{at}: a construct begins with its name, as in (inc x)")
            value: Arg = Term(head, tuple(args))
        else:
            value = int(number) if number else symbol
        if stack:
            stack[-1].append(value)
        else:
            done = value
    if stack:
        raise TermError(f"{source}: {len(stack)} ')' missing at the end")
    if not isinstance(done, Term):
        raise TermError(f"{source}: expected a construct in parentheses, as in (do (noop))")
    return done
