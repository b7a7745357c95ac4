"""A construct of one's own: declaration, meaning and lowering in one function.

The annotations are its signature; the body is its definition by other constructs. That is what it
means, what it is lowered to, and what saturation unfolds it to.
"""

from egglog import StringLike

from synth.language import Stmt, construct, do, inc, load, store, walk

__all__ = ["shift"]


@construct(cost=5)
def shift(p: StringLike) -> Stmt:
    """Each element of the list at p moves to the cell before it, onto the first one; p ends at
    the old terminator."""
    return walk(p, do(store(p, load(inc(p)))))
