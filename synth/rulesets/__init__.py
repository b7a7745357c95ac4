"""Sound rewrites, one theme a file, the equation above each rule.

Every rule keeps memory, variables and termination for every starting state and every word size
b ≥ 2; variables do not count once the program has stopped at a `halt`.
"""

from egglog import Ruleset

from synth.rulesets.arith import arith, constants, rearrange
from synth.rulesets.base import base
from synth.rulesets.blocks import blocks, branches, dataflow
from synth.rulesets.combinators import combinators, functions, recognise, unfold
from synth.rulesets.fusion import fusion
from synth.rulesets.loops import loops, senses

__all__ = ["DEFAULT", "SHIPPED", "base"]

SHIPPED: dict[str, Ruleset] = {
    "arith": arith,
    "blocks": blocks,
    "branches": branches,
    "combinators": combinators,
    "constants": constants,
    "dataflow": dataflow,
    "functions": functions,
    "fusion": fusion,
    "loops": loops,
    "rearrange": rearrange,
    "recognise": recognise,
    "senses": senses,
    "unfold": unfold,
}
"""All shipped rulesets by name."""

DEFAULT = (
    arith, blocks, branches, combinators, constants, dataflow, functions, fusion, loops, unfold,
)  # fmt: skip
"""Those that a search uses unless told otherwise."""
