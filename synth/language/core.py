"""The sorts and constructs of the language, declared once.

Each function below is a construct: it builds an egglog expression, so rules are written with it:
`rewrite(add(x, y)).to(add(y, x))`. In terms a construct is written by its name, `(add x y)`, with a
number for a constant, a bare symbol for a variable, and `(do s1 s2 …)` for a block.

Word arithmetic is modulo the word size b; a number n means n mod b. Expressions change nothing.
A derived construct's body is its definition; `synth.language.semantics` says what each means by itself.
"""

from __future__ import annotations

from typing import TypeAlias, Union

from egglog import Expr, String, StringLike, converter, i64, i64Like

from synth.language.check import check_term
from synth.language.constructs import CONSTRUCTS, Construct, construct, expand

__all__ = [
    "CONSTRUCTS", "Block", "BlockLike", "Construct", "Fun1", "Fun2", "Stmt", "Word", "WordLike",
    "add", "append", "apply", "apply2", "assign", "bind", "check_term", "compose", "const",
    "construct", "dec", "do", "do_until", "do_while", "end", "expand", "fetch", "fill", "filter_",
    "filter_down", "find", "find_down", "first", "flip", "fold", "follow", "forever", "generate",
    "greatest", "halt", "hole", "hole_stmt", "id_", "if_zero", "inc", "is_zero", "iterate", "least",
    "load", "map_", "map_down", "map_to", "max_", "min_", "minus", "monus", "noop", "plus", "pred",
    "recur", "reverse", "scan", "second", "seq", "store", "sub", "succ", "swap", "times", "until",
    "variable", "walk", "while_", "zip_",
]  # fmt: skip


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


# ------------------------------------------------------------ words


@construct(in_terms=False)
def const(value: i64Like) -> Word:
    """The constant, modulo b; in terms a bare number."""
    ...


@construct("var", in_terms=False)
def variable(name: StringLike) -> Word:
    """The variable's value; in terms a bare symbol."""
    ...


converter(i64, Word, const)
converter(String, Word, variable)


@construct()
def inc(x: WordLike) -> Word:
    """x + 1 mod b"""
    ...


@construct()
def dec(x: WordLike) -> Word:
    """x − 1 mod b"""
    ...


@construct()
def add(x: WordLike, y: WordLike) -> Word:
    """x + y mod b"""
    ...


@construct()
def sub(x: WordLike, y: WordLike) -> Word:
    """x − y mod b"""
    ...


@construct()
def min_(x: WordLike, y: WordLike) -> Word:
    """The smaller one, as numbers 0 … b−1."""
    ...


@construct()
def max_(x: WordLike, y: WordLike) -> Word:
    """The larger one, as numbers 0 … b−1."""
    ...


@construct(reads_memory=True)
def load(address: WordLike) -> Word:
    """The memory cell's content."""
    ...


@construct()
def apply(f: Fun1, x: WordLike) -> Word:
    """f(x)"""
    ...


@construct()
def apply2(g: Fun2, x: WordLike, y: WordLike) -> Word:
    """g(x, y)"""
    ...


@construct()
def hole(number: i64Like) -> Word:
    """A word that is to be found; in terms `(hole)`. Each hole has a number of its own here, so
    that no rule takes two for equal."""
    ...


# ------------------------------------------------------------ functions


@construct("id", applied=lambda x: x)
def id_() -> Fun1:
    """x ↦ x"""
    ...


@construct(applied=lambda x: inc(x))
def succ() -> Fun1:
    """x ↦ x + 1"""
    ...


@construct(applied=lambda x: dec(x))
def pred() -> Fun1:
    """x ↦ x − 1"""
    ...


@construct(reads_memory=True, applied=lambda x: load(x))
def fetch() -> Fun1:
    """x ↦ memory[x]"""
    ...


@construct("is-zero", applied=lambda x: sub(1, min_(x, 1)))
def is_zero() -> Fun1:
    """x ↦ 1 if x is 0, else 0"""
    ...


@construct(applied=lambda g, y, x: apply2(g, x, y))
def bind(g: Fun2, y: WordLike) -> Fun1:
    """x ↦ g(x, y), with y's value at the time of application"""
    ...


@construct(applied=lambda f, g, x: apply(f, apply(g, x)))
def compose(f: Fun1, g: Fun1) -> Fun1:
    """x ↦ f(g(x))"""
    ...


@construct(applied=lambda x, y: add(x, y))
def plus() -> Fun2:
    """x, y ↦ x + y"""
    ...


@construct(applied=lambda x, y: sub(x, y))
def minus() -> Fun2:
    """x, y ↦ x − y"""
    ...


@construct(applied=lambda x, y: min_(x, y))
def least() -> Fun2:
    """x, y ↦ the smaller one"""
    ...


@construct(applied=lambda x, y: max_(x, y))
def greatest() -> Fun2:
    """x, y ↦ the larger one"""
    ...


@construct(applied=lambda x, y: sub(x, min_(x, y)))
def monus() -> Fun2:
    """x, y ↦ x − y, but 0 where that is negative: so it is not 0 just where x > y"""
    ...


@construct(applied=lambda x, y: x)
def first() -> Fun2:
    """x, y ↦ x"""
    ...


@construct(applied=lambda x, y: y)
def second() -> Fun2:
    """x, y ↦ y"""
    ...


@construct(applied=lambda g, x, y: apply2(g, y, x))
def flip(g: Fun2) -> Fun2:
    """x, y ↦ g(y, x)"""
    ...


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


@construct()
def noop() -> Stmt:
    """Nothing, for one line."""
    ...


@construct()
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


@construct(cost=1)
def do_until(body: BlockLike, condition: WordLike) -> Stmt:
    """Tests after each round; again while the condition is 0."""
    ...


@construct(cost=1)
def forever(body: BlockLike) -> Stmt:
    """Runs the body again and again; only `halt` ends it."""
    ...


@construct("hole-stmt")
def hole_stmt(number: i64Like) -> Stmt:
    """A statement that is to be found; in terms `(hole-stmt)`."""
    ...


# ------------------------------------------------------------ derived statements
# Pointers, counters and accumulators are variables whose final values count.


@construct(cost=4)
def walk(p: StringLike, body: BlockLike) -> Stmt:
    """Over a zero-terminated list at p: body, then p moves on; p ends at the terminator."""
    return while_(load(p), append(body, do(assign(p, inc(p)))))


@construct("map", cost=6)
def map_(p: StringLike, f: Fun1) -> Stmt:
    """Each element x of the list at p becomes f(x)."""
    return walk(p, do(store(p, apply(f, load(p)))))


@construct(cost=6)
def fold(p: StringLike, a: StringLike, g: Fun2) -> Stmt:
    """a = g(a, x) for each element x of the list at p."""
    return walk(p, do(assign(a, apply2(g, a, load(p)))))


@construct(cost=7)
def scan(p: StringLike, a: StringLike, g: Fun2) -> Stmt:
    """As fold, and each element becomes the value of a so far."""
    return walk(p, do(assign(a, apply2(g, a, load(p))), store(p, a)))


@construct("zip", cost=8)
def zip_(p: StringLike, q: StringLike, g: Fun2) -> Stmt:
    """Each element x of the list at p becomes g(x, y), y beside it in the list at q."""
    step = store(p, apply2(g, load(p), load(q)))
    return while_(load(p), do(step, assign(p, inc(p)), assign(q, inc(q))))


@construct(cost=7)
def map_to(p: StringLike, q: StringLike, f: Fun1) -> Stmt:
    """Writes f(x) of each element x of the list at p to q and following."""
    step = store(q, apply(f, load(p)))
    return while_(load(p), do(step, assign(p, inc(p)), assign(q, inc(q))))


@construct(cost=7)
def map_down(p: StringLike, q: StringLike, f: Fun1) -> Stmt:
    """Pushes f(x) of each element x of the list at p: q moves one cell down, f(x) is written
    there. So from q upward they stand in reverse."""
    step = do(assign(q, dec(q)), store(q, apply(f, load(p))), assign(p, inc(p)))
    return while_(load(p), step)


@construct("filter", cost=9)
def filter_(p: StringLike, q: StringLike, f: Fun1) -> Stmt:
    """Writes those elements x of the list at p for which f(x) is not 0 to q and following."""
    keep = do(store(q, load(p)), assign(q, inc(q)))
    return walk(p, do(if_zero(apply(f, load(p)), end(), keep)))


@construct(cost=9)
def filter_down(p: StringLike, q: StringLike, f: Fun1) -> Stmt:
    """Pushes those elements x of the list at p for which f(x) is not 0: q moves one cell down, x
    is written there."""
    keep = do(assign(q, dec(q)), store(q, load(p)))
    return walk(p, do(if_zero(apply(f, load(p)), end(), keep)))


@construct(cost=5)
def find(p: StringLike, f: Fun1) -> Stmt:
    """Moves p on to the first cell x with f(x) = 0."""
    return while_(apply(f, load(p)), do(assign(p, inc(p))))


@construct(cost=5)
def find_down(p: StringLike, f: Fun1) -> Stmt:
    """Moves p down to the first cell x with f(x) = 0."""
    return while_(apply(f, load(p)), do(assign(p, dec(p))))


@construct(cost=4)
def times(n: StringLike, body: BlockLike) -> Stmt:
    """The body n times, counting n down to 0."""
    return while_(n, append(body, do(assign(n, dec(n)))))


@construct(cost=6)
def fill(p: StringLike, n: StringLike, value: WordLike) -> Stmt:
    """Writes the value to n cells from p on."""
    return times(n, do(store(p, value), assign(p, inc(p))))


@construct(cost=5)
def iterate(n: StringLike, x: StringLike, f: Fun1) -> Stmt:
    """x = f(x), n times."""
    return times(n, do(assign(x, apply(f, x))))


@construct(cost=7)
def generate(p: StringLike, f: Fun1) -> Stmt:
    """Every cell after p, up to the last one, becomes f of the cell before it."""
    step = store(inc(p), apply(f, load(p)))
    return while_(inc(p), do(step, assign(p, inc(p))))


@construct(cost=9)
def recur(p: StringLike, g: Fun2) -> Stmt:
    """Every cell from p + 2 on, up to the last one, becomes g of the two cells before it."""
    step = store(inc(inc(p)), apply2(g, load(p), load(inc(p))))
    return while_(inc(inc(p)), do(step, assign(p, inc(p))))


@construct(cost=4)
def follow(p: StringLike) -> Stmt:
    """Follows a linked list: p = memory[p] until memory[p] is 0."""
    return while_(load(p), do(assign(p, load(p))))


@construct(cost=9)
def reverse(p: StringLike, q: StringLike) -> Stmt:
    """Exchanges the cells at p and q, moving inward until q ≤ p."""
    step = do(swap(p, q), assign(p, inc(p)), assign(q, dec(q)))
    return while_(sub(q, min_(p, q)), step)
