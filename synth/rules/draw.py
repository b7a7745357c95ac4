"""Drawings of e-graphs as SVG, by a layout of their own: no browser, no network, no dot."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import inf

from synth.egraph.automaton import Automaton, Node

__all__ = ["draw_html", "draw_svg"]

_ROW, _CHAR, _GAP_X, _GAP_Y, _PAD = 18, 7.3, 26, 46, 8


@dataclass
class _Box:
    """An e-class on the page: its number there, and its e-nodes as text."""

    number: int
    rows: list[str]
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return 2 * _PAD + _CHAR * max(map(len, self.rows))

    @property
    def height(self) -> float:
        return _PAD + _ROW * len(self.rows)


def draw_svg(automaton: Automaton, root: int, *, limit: int = 60) -> str:
    """The e-classes nearest to the root, at most `limit`: a box each, its e-nodes as rows, an arrow
    to each e-class further down. An argument is written by its e-class's number, or as the leaf
    that is in its e-class: a number, a variable, a construct without arguments."""
    layers = _layers(automaton, root, limit)
    order = {number: i for i, number in enumerate(n for layer in layers for n in layer)}
    boxes = [[_box(automaton, n, order) for n in layer] for layer in layers]
    place = {
        n: b for ns, bs in zip(layers, boxes, strict=True) for n, b in zip(ns, bs, strict=True)
    }
    parents: dict[int, list[_Box]] = {}
    for number, box in place.items():
        for child in _drawn(automaton, number):
            if child in place and _depth(layers, child) > _depth(layers, number):
                parents.setdefault(place[child].number, []).append(box)
    width = _arrange(boxes, parents)
    height = max(b.y + b.height for b in place.values()) + _GAP_Y / 2
    drawn = [
        _arrow(parent, box) for box in place.values() for parent in parents.get(box.number, [])
    ]
    for box in place.values():
        drawn.append(
            f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" '
            f'height="{box.height:.0f}" rx="6" class="{"root" if box.number == 0 else "c"}"/>'
        )
        drawn.append(f'<text x="{box.x:.0f}" y="{box.y - 3:.0f}" class="n">#{box.number}</text>')
        for i, row in enumerate(box.rows):
            y = box.y + _PAD / 2 + _ROW * (i + 0.72)
            drawn.append(f'<text x="{box.x + _PAD:.0f}" y="{y:.0f}">{escape(row)}</text>')
    style = (
        "rect{fill:#fff;stroke:#888}rect.root{stroke:#c33;stroke-width:2.5}"
        "path{fill:none;stroke:#5b8db8;opacity:.55}text{font:12px monospace;fill:#222}"
        "text.n{font-size:10px;fill:#888}"
    )
    whole = (n for n, cost in enumerate(automaton.cheapest) if cost < inf)
    left_out = sum(1 for n in whole if _leaf(automaton, n) is None) - len(place)
    note = f"{len(place)} e-classes" + (f", {left_out} more not drawn" if left_out > 0 else "")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}"><title>{note}</title><style>{style}</style>'
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
        'markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#5b8db8;stroke:none"/>'
        "</marker></defs>"
    )
    return f"{head}{''.join(drawn)}</svg>\n"


def draw_html(automaton: Automaton, root: int, title: str, *, limit: int = 60) -> str:
    """A page with the drawing, complete in itself."""
    svg = draw_svg(automaton, root, limit=limit)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<body><h1>{escape(title)}</h1><p>A box is an e-class, a row in it an e-node; the root is "
        f"red.</p>{svg}</body></html>\n"
    )


def _leaf(automaton: Automaton, number: int) -> str | None:
    """The text of the e-class's cheapest e-node without arguments, if there is one."""
    leaves = [node for node in automaton.classes[number] if not node.children]
    if not leaves:
        return None
    best = min(leaves, key=lambda node: (node.cost, str(node.leaf), node.op))
    return best.op if best.leaf is None else str(best.leaf)


def _drawn(automaton: Automaton, number: int) -> list[int]:
    """The e-classes that the e-class's nodes take and that are drawn as boxes, each once."""
    children = (c for node in automaton.classes[number] for c in node.children)
    return [c for c in dict.fromkeys(children) if automaton.cheapest[c] < inf
            and _leaf(automaton, c) is None]  # fmt: skip


def _layers(automaton: Automaton, root: int, limit: int) -> list[list[int]]:
    """E-classes by their distance from the root."""
    seen, layers = {root}, [[root]]
    while True:
        following = []
        for number in layers[-1]:
            for child in _drawn(automaton, number):
                if child not in seen and len(seen) < limit:
                    seen.add(child)
                    following.append(child)
        if not following:
            return layers
        layers.append(following)


def _depth(layers: list[list[int]], number: int) -> int:
    return next(i for i, layer in enumerate(layers) if number in layer)


def _box(automaton: Automaton, number: int, order: dict[int, int]) -> _Box:
    def shown(child: int) -> str:
        return _leaf(automaton, child) or (f"#{order[child]}" if child in order else "…")

    nodes = sorted(automaton.classes[number], key=lambda node: (node.cost, node.op))
    rows = [
        " ".join([node.op, *map(shown, node.children)]) if node.children else _name(node)
        for node in nodes
        if all(automaton.cheapest[c] < inf for c in node.children)
    ]
    return _Box(order[number], rows)


def _name(node: Node) -> str:
    return node.op if node.leaf is None else str(node.leaf)


def _arrange(layers: list[list[_Box]], parents: dict[int, list[_Box]]) -> float:
    """Places the boxes layer by layer, each near those that point to it; the page's width."""
    y, width = _GAP_Y / 2, 0.0
    for layer in layers:
        layer.sort(key=lambda box: (_middle(parents.get(box.number, [])), box.number))
        x = _GAP_X / 2
        for box in layer:
            box.x, box.y = x, y
            x += box.width + _GAP_X
        width = max(width, x)
        y += max(box.height for box in layer) + _GAP_Y
    for layer in layers:
        shift = (width - (layer[-1].x + layer[-1].width + _GAP_X / 2)) / 2
        for box in layer:
            box.x += shift
    return width


def _middle(boxes: list[_Box]) -> float:
    return sum(box.x + box.width / 2 for box in boxes) / len(boxes) if boxes else 0.0


def _arrow(source: _Box, target: _Box) -> str:
    x1, y1 = source.x + source.width / 2, source.y + source.height
    x2, y2 = target.x + target.width / 2, target.y
    middle = (y1 + y2) / 2
    curve = f"C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"
    return f'<path d="M{x1:.0f} {y1:.0f}{curve}" marker-end="url(#a)"/>'
