"""The sorts and constructs of the language, declared once.

Each construct builds an egglog expression, so rules are written with it:
`rewrite(add(x, y)).to(add(y, x))`. In terms a construct is written by its name, `(add x y)`, with a
number for a constant, a bare symbol for a variable, and `(do s1 s2 …)` for a block.

`LANGUAGE` is the shipped language, `LANGUAGE.extended(shift)` one with a construct more. A derived
construct's body is its definition and its meaning; those of the others are in `meanings`.
`language_for` gives the language of a machine with more instructions than the paper's, or for
examples that are lists; what these add is in `arithmetic`, `bits` and `lists`.
"""

from synth.language import derived, functions, statements, words
from synth.language.check import check_term
from synth.language.constructs import Construct, construct
from synth.language.derived import *  # noqa: F403
from synth.language.expand import expand
from synth.language.functions import *  # noqa: F403
from synth.language.language import Language
from synth.language.shipped import FULL, LANGUAGE, extended_for, language_for
from synth.language.sorts import Block, BlockLike, Fun1, Fun2, Stmt, Word, WordLike
from synth.language.statements import *  # noqa: F403
from synth.language.words import *  # noqa: F403

__all__ = ["LANGUAGE", "Block", "BlockLike", "Construct", "Fun1", "Fun2", "Language", "Stmt"]
__all__ += ["FULL", "Word", "WordLike", "check_term", "construct", "expand", "language_for"]
__all__ += ["extended_for"]
__all__ += derived.__all__
__all__ += functions.__all__
__all__ += statements.__all__
__all__ += words.__all__
