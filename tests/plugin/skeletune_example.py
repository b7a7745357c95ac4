"""A plug-in in one file: a construct of the language, rules for it, and an engine.

Install it, and `--rules clearing` and `--engine patient` work everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from egglog import RewriteOrRule, String, StringLike, rewrite, ruleset

from synth.language import Stmt, assign, bind, const, construct, do, map_, second, variable
from synth.plugins import Plugin

__all__ = ["plugin"]


@construct(cost=5)
def clear(p: StringLike) -> Stmt:
    """Every element of the list at p becomes 0; p moves to its end."""
    return map_(p, bind(second(), const(0)))


@ruleset
def clearing(p: String, q: String) -> Iterable[RewriteOrRule]:
    # clear p; clear p = clear p
    yield rewrite(do(clear(p), clear(p))).to(do(clear(p)))
    # q = p; clear p; clear q = q = p; clear p
    yield rewrite(do(assign(q, variable(p)), clear(p), clear(q))).to(
        do(assign(q, variable(p)), clear(p))
    )


@dataclass(frozen=True)
class Patient:
    """An engine: what it does is up to it; this one enumerates."""

    name: str = "patient"

    def search(self, run: Any) -> Any:
        """The first program found that passes all examples."""
        from synth.engines import EnumerationEngine

        return EnumerationEngine().search(run)


plugin = Plugin(rulesets={"clearing": clearing}, engines={"patient": Patient()})
