"""Sound rewrites, one theme a file, the equation above each rule.

Every rule keeps memory, variables and termination for every starting state and every word size
b ≥ 2; variables do not count once the program has stopped at a `halt`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from egglog import Ruleset

from synth.language.language import Language
from synth.rulesets.arith import arith, constants, rearrange
from synth.rulesets.base import base
from synth.rulesets.bits import bits
from synth.rulesets.blocks import blocks, branches, dataflow
from synth.rulesets.branchless import branchless
from synth.rulesets.combinators import combinators, functions
from synth.rulesets.fusion import fusion
from synth.rulesets.hoist import hoist
from synth.rulesets.lists import lists
from synth.rulesets.loops import loops
from synth.rulesets.passes import passes
from synth.rulesets.products import products
from synth.rulesets.refold import refold
from synth.rulesets.roll import roll
from synth.rulesets.unfold import unfold
from synth.rulesets.unroll import unroll

__all__ = ["BACKWARDS", "DEFAULT", "QUICKER", "SHIPPED", "Rules", "base", "rulesets_for"]

Rules = Ruleset | Callable[[Language], Ruleset]
"""A ruleset, or one that is made from the constructs of a language."""

SHIPPED: dict[str, Rules] = {
    "arith": arith,
    "bits": bits,
    "blocks": blocks,
    "branches": branches,
    "branchless": branchless,
    "combinators": combinators,
    "constants": constants,
    "dataflow": dataflow,
    "functions": functions,
    "fusion": fusion,
    "hoist": hoist,
    "lists": lists,
    "loops": loops,
    "passes": passes,
    "products": products,
    "rearrange": rearrange,
    "refold": refold,
    "roll": roll,
    "unfold": unfold,
    "unroll": unroll,
}
"""All shipped rulesets by name."""

DEFAULT: tuple[Rules, ...] = (
    arith, blocks, branches, combinators, constants, dataflow, functions, fusion, loops, unfold,
    products, bits, lists,
)  # fmt: skip
"""Those that a search uses unless told otherwise."""

QUICKER: tuple[Rules, ...] = (hoist, unroll)
"""Those that lead to quicker programs besides: for answers, not to vary near misses."""

BACKWARDS: tuple[Rules, ...] = (refold, roll)
"""Those that lead from loops to the combinators that they are: to read a program, not to vary
it."""


def rulesets_for(language: Language, rulesets: Iterable[Rules]) -> list[Ruleset]:
    """The rulesets for that language."""
    return [r if isinstance(r, Ruleset) else r(language) for r in rulesets]
