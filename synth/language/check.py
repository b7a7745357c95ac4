"""Whether a term is well sorted, and if not, where and how to mend it."""

from __future__ import annotations

from difflib import get_close_matches

from bridge.counts import counted
from bridge.errors import TermError
from bridge.isa import SETS
from bridge.term import Arg, Term
from synth.language.language import Language
from synth.language.shipped import FULL, LANGUAGE, language_for

__all__ = ["check_term", "sort_of"]

_EXPECTED = {
    "Word": "a word: a number, a variable or an expression such as (inc x)",
    "Stmt": "a statement such as (assign x 1)",
    "Block": "a block: write (do …)",
    "Fun1": "a function of one word such as (succ)",
    "Fun2": "a function of two words such as (plus)",
    "Name": "a variable's name",
}


def sort_of(term: Arg, language: Language = LANGUAGE) -> str:
    """The sort of a term, by its outermost construct. Raises TermError if there is none such."""
    if not isinstance(term, Term):
        return "Word"
    if term.op == "do":
        return "Block"
    found = language.get(term.op)
    if found is not None and not found.in_terms:
        raise TermError(f"({term.op} …): in terms write a number, a variable's name, or (do …)")
    if found is None and term.op in FULL:
        if (needed := next((s for s in SETS if term.op in language_for(s)), None)) is not None:
            why = f"the machine has no such instruction: set machine.instructions to {needed!r}"
        else:
            why = "for lists only: give the examples as input and output"
        raise TermError(f"({term.op} …): {why}")
    if found is None:
        near = get_close_matches(term.op, [c for c in language if language[c].in_terms], 1)
        hint = f": did you mean {near[0]}?" if near else ""
        raise TermError(f"({term.op} …): no such construct{hint}")
    return found.sort


def check_term(term: Arg, sort: str = "Block", language: Language = LANGUAGE) -> None:
    """Raises TermError if the term is not well sorted or not of the sort, naming the construct, the
    argument's position, what belongs there, and what stands there."""
    stack: list[tuple[Arg, str, str]] = [(term, sort, "term")]
    while stack:
        arg, expected, place = stack.pop()
        if expected == "Name":
            if not isinstance(arg, str):
                raise TermError(f"{place}: expected {_EXPECTED[expected]}, found {arg}")
            continue
        found = sort_of(arg, language)
        if found != expected:
            raise TermError(f"{place}: expected {_EXPECTED[expected]}, found {arg} ({found})")
        if not isinstance(arg, Term):
            continue
        if arg.op == "do":
            stack += [(a, "Stmt", f"do, statement {i}") for i, a in enumerate(arg.args, 1)]
            continue
        declared = language[arg.op]
        if len(arg.args) != len(declared.written):
            takes = counted(len(declared.written), "argument")
            raise TermError(
                f"{arg.op}: takes {takes}, {declared.signature}, found {len(arg.args)} in {arg}"
            )
        stack += [
            (a, s, f"{arg.op}, argument {i} ({n})")
            for i, (a, s, n) in enumerate(
                zip(arg.args, declared.written, declared.arguments, strict=False), 1
            )
        ]
