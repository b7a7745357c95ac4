"""A saturated e-graph, read out of egglog as plain data."""

from __future__ import annotations

from egglog import bindings

from bridge.term import Term
from synth.egraph.automaton import Automaton, Node
from synth.language import Language

__all__ = ["freeze"]


def freeze(egraph: bindings.EGraph, words: int, language: Language) -> Automaton:
    """The e-nodes of constructs, by e-class; without those that were subsumed."""
    tables = egraph.freeze().functions
    numbers: dict[tuple[str, object], int] = {}
    classes: list[list[Node]] = []

    def number(sort: str, key: object) -> int:
        found = numbers.setdefault((sort, key), len(numbers))
        if found == len(classes):
            classes.append([])
            if sort == "Name":
                assert isinstance(key, str)
                classes[found].append(Node("name", (), 0, key))
        return found

    strings: dict[object, str] = {}

    def name(value: bindings.Value) -> str:
        if value not in strings:
            strings[value] = egraph.value_to_string(value)
        return strings[value]

    for construct in language.values():
        table = tables.get(construct.egg_name)
        if table is None or construct.name == "append":
            continue
        sorts = construct.sorts
        for row in table.rows:
            if row.subsumed:
                continue
            own = number(construct.sort, row.output)
            inputs = row.inputs
            node: Node | None
            if construct.name == "const":
                node = _constant(egraph.value_to_i64(inputs[0]), words, language)
            elif construct.name == "var":
                node = Node("var", (), construct.cost, name(inputs[0]))
            elif construct.hole:
                hole = Term(construct.name, (egraph.value_to_i64(inputs[0]),))
                node = Node(construct.name, (), construct.cost, hole)
            else:
                children = tuple(
                    number("Name", name(v)) if s == "Name" else number(s, v)
                    for v, s in zip(inputs, sorts, strict=True)
                )
                node = Node(construct.name, children, construct.cost)
            if node is not None:
                classes[own].append(node)
    return Automaton(tuple(map(tuple, classes)), words, language)


def _constant(value: int, words: int, language: Language) -> Node | None:
    """A leaf; None if it has a normal form."""
    if not 0 <= value < words:
        return None
    return Node("const", (), language.cost(value, words), value)
