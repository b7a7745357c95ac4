"""A language: its constructs as one value, and what their definitions give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from egglog.deconstruct import get_callable_args, get_callable_fn, get_literal_value, get_var_name

from bridge.errors import TermError
from bridge.term import Arg, Term
from synth.language.constructs import AnyConstruct
from synth.language.patterns import Pattern, PatternVar, substitute

__all__ = ["Language"]


@dataclass(frozen=True)
class Language(Mapping[str, AnyConstruct]):
    """Constructs, in the order in which tables, rules and samples go over them; also a mapping from
    names to constructs. Raises TermError if two have the same name."""

    constructs: tuple[AnyConstruct, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for name in (c.name for c in self.constructs):
            if name in seen:
                raise TermError(f"construct {name}: declared twice: give one another name")
            seen.add(name)

    def extended(self, *constructs: AnyConstruct) -> Language:
        """The language with these constructs, too. Raises TermError if a name is taken."""
        return Language((*self.constructs, *constructs)) if constructs else self

    # -------------------------------------------------------- lookup

    @cached_property
    def _by_name(self) -> dict[str, AnyConstruct]:
        return {c.name: c for c in self.constructs}

    @cached_property
    def _by_ref(self) -> dict[object, AnyConstruct]:
        return {_ref(c.function): c for c in self.constructs}

    @cached_property
    def _definitions(self) -> dict[str, Pattern]:
        return {}

    def __getitem__(self, name: str) -> AnyConstruct:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self.constructs)

    def called(self, ref: object) -> AnyConstruct | None:
        """The construct whose egglog function the reference means, if any."""
        return self._by_ref.get(ref)

    # -------------------------------------------------------- costs

    def cost(self, term: Arg, words: int) -> int:
        """What a term costs: the sum of what its constructs do. A constant costs 1 and its distance
        from 0, as its code does."""
        if isinstance(term, int):
            value = term % words
            return 1 + min(value, words - value)
        if isinstance(term, str):
            return self["var"].cost
        if term.op == "do":
            return sum(self.cost(statement, words) for statement in term.args)
        found = self[term.op]
        given = zip(term.args, found.written, strict=True)
        return found.cost + sum(self.cost(a, words) for a, sort in given if sort != "Name")

    # -------------------------------------------------------- definitions

    def pattern(self, expr: Any, sort: str = "") -> Pattern:
        """The pattern of an egglog expression. Raises TermError if it calls what is no construct
        of this language."""
        if (variable := get_var_name(expr)) is not None:
            return PatternVar(variable, sort)
        if (value := get_literal_value(expr)) is not None:
            return cast("Arg", value)
        function = get_callable_fn(expr)
        found = self.called(_ref(function))
        if found is None:
            raise TermError(f"{function}: not a construct of the language")
        args = tuple(map(self.pattern, get_callable_args(expr), found.sorts))
        return Term(found.name, cast("tuple[Arg, ...]", args))

    def definition(self, name: str) -> Pattern:
        """The definition of a derived construct as a pattern of its `parameters`."""
        if name not in self._definitions:
            found = self[name]
            assert found.definition is not None
            body = found.definition(*found.parameters.values())
            self._definitions[name] = self.pattern(body, found.sort)
        return self._definitions[name]

    def unfold(self, name: str, args: tuple[Arg, ...]) -> Arg:
        """What a derived construct stands for; a function's arguments are followed by the words
        that it is applied to."""
        parameters = self[name].parameters
        return substitute(self.definition(name), dict(zip(parameters, args, strict=True)))


def _ref(function: Any) -> object:
    """What egglog calls a function in declarations."""
    return getattr(function, "__egg_ref__", function)
