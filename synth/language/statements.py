"""Blocks, and the statements that are lowered by themselves."""

from __future__ import annotations

from egglog import StringLike, i64Like

from synth.language.constructs import construct
from synth.language.sorts import Block, BlockLike, Stmt, WordLike

__all__ = ["append", "assign", "do", "do_until", "do_while", "end", "forever", "halt", "hole_stmt"]
__all__ += ["if_zero", "noop", "seq", "store", "swap", "until", "while_"]


# ------------------------------------------------------------ blocks


@construct(cost=0, in_terms=False)
def end() -> Block:
    """Nothing more to do; in terms `(do)`."""
    ...


@construct(cost=0, in_terms=False)
def seq(first: Stmt, rest: BlockLike) -> Block:
    """The statement, then the rest; in terms `(do first …)`."""
    ...


@construct(cost=0, in_terms=False)
def append(first: BlockLike, rest: BlockLike) -> Block:
    """One block after another; rules turn it into a chain of `seq`."""
    ...


def do(*statements: Stmt, rest: Block | None = None) -> Block:
    """The block of the statements, followed by the block `rest`."""
    block = end() if rest is None else rest
    for statement in reversed(statements):
        block = seq(statement, block)
    return block


# ------------------------------------------------------------ statements


@construct()
def assign(x: StringLike, value: WordLike) -> Stmt:
    """x = value"""
    ...


@construct()
def store(address: WordLike, value: WordLike) -> Stmt:
    """memory[address] = value"""
    ...


@construct(cost=4)
def swap(a: WordLike, b: WordLike) -> Stmt:
    """Exchanges the memory cells at the addresses a and b."""
    ...


@construct(enumerated=False)
def noop() -> Stmt:
    """Nothing, for one line."""
    ...


@construct(final=True, enumerated=False)
def halt() -> Stmt:
    """Ends the program at once; variables do not matter any more."""
    ...


@construct(cost=2)
def if_zero(condition: WordLike, then: BlockLike, otherwise: BlockLike) -> Stmt:
    """`then` if the condition is 0, else `otherwise`."""
    ...


@construct("while", cost=2)
def while_(condition: WordLike, body: BlockLike) -> Stmt:
    """Tests before each round; runs while the condition is not 0."""
    ...


@construct(cost=2)
def until(condition: WordLike, body: BlockLike) -> Stmt:
    """Tests before each round; runs while the condition is 0."""
    ...


@construct(cost=2)
def do_while(body: BlockLike, condition: WordLike) -> Stmt:
    """Tests after each round; again while the condition is not 0."""
    ...


@construct()
def do_until(body: BlockLike, condition: WordLike) -> Stmt:
    """Tests after each round; again while the condition is 0."""
    ...


@construct(final=True)
def forever(body: BlockLike) -> Stmt:
    """Runs the body again and again; only `halt` ends it."""
    ...


@construct("hole-stmt")
def hole_stmt(number: i64Like) -> Stmt:
    """A statement that is to be found; in terms `(hole-stmt)`."""
    ...
