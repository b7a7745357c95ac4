"""Drawings of e-graphs as SVG, by a layout of their own: no browser, no network, no dot."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import inf

from synth.automaton import Automaton, Node

__all__ = ["draw_html", "draw_svg"]

_ROW, _CHAR, _GAP_X, _GAP_Y, _PAD = 18, 7.3, 26, 46, 8


@dataclass
class _Box:
    """An e-class on the page."""

    number: int
    nodes: list[Node]
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return 2 * _PAD + _CHAR * max(len(_label(n)) for n in self.nodes)

    @property
    def height(self) -> float:
        return 2 * _PAD / 2 + _ROW * len(self.nodes)


def draw_svg(automaton: Automaton, root: int, *, limit: int = 60) -> str:
    """The e-classes nearest to the root, at most `limit`: a box each, its e-nodes as rows, an arrow
    from each argument to its e-class. Names and leaves are written into the e-nodes' rows."""
    layers = _layers(automaton, root, limit)
    place = {box.number: box for layer in layers for box in layer}
    width = _arrange(automaton, layers)
    height = max(b.y + b.height for b in place.values()) + _GAP_Y
    arrows, boxes = [], []
    for box in place.values():
        boxes.append(
            f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" '
            f'height="{box.height:.0f}" rx="6" class="{"root" if box.number == root else "c"}"/>'
        )
        for i, node in enumerate(box.nodes):
            y = box.y + _PAD / 2 + _ROW * (i + 0.72)
            boxes.append(f'<text x="{box.x + _PAD:.0f}" y="{y:.0f}">{escape(_label(node))}</text>')
            for child in node.children:
                if child in place:
                    arrows.append(_arrow(box, y - _ROW / 4, place[child]))
    style = (
        "rect{fill:#fff;stroke:#888}rect.root{stroke:#c33;stroke-width:2.5}"
        "path{fill:none;stroke:#5b8db8;opacity:.65}text{font:12px monospace;fill:#222}"
    )
    left_out = sum(1 for cost in automaton.cheapest if cost < inf) - len(place)
    note = f"{len(place)} e-classes" + (f", {left_out} more not drawn" if left_out > 0 else "")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}"><style>{style}</style>'
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
        'markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#5b8db8;stroke:none"/>'
        "</marker></defs>"
    )
    return f"{head}{''.join(arrows)}{''.join(boxes)}<title>{note}</title></svg>\n"


def draw_html(automaton: Automaton, root: int, title: str, *, limit: int = 60) -> str:
    """A page with the drawing, complete in itself."""
    svg = draw_svg(automaton, root, limit=limit)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<body><h1>{escape(title)}</h1><p>A box is an e-class, a row in it an e-node; the root is "
        f"red.</p>{svg}</body></html>\n"
    )


def _label(node: Node) -> str:
    return str(node.leaf) if node.leaf is not None else node.op


def _layers(automaton: Automaton, root: int, limit: int) -> list[list[_Box]]:
    """E-classes by their distance from the root; those of variables' names are left out."""
    seen, layer, layers = {root}, [root], []
    while layer and len(seen) <= limit:
        boxes = [
            _Box(n, sorted(automaton.classes[n], key=lambda node: (node.cost, _label(node))))
            for n in layer
        ]
        layers.append([box for box in boxes if box.nodes])
        following = []
        for box in layers[-1]:
            for node in box.nodes:
                for child in node.children:
                    named = any(n.op == "name" for n in automaton.classes[child])
                    if child not in seen and not named and len(seen) < limit:
                        seen.add(child)
                        following.append(child)
        layer = following
    return layers


def _arrange(automaton: Automaton, layers: list[list[_Box]]) -> float:
    """Places the boxes layer by layer, each near those that point to it; the page's width."""
    parents: dict[int, list[_Box]] = {}
    y, width = _GAP_Y / 2, 0.0
    for layer in layers:
        layer.sort(key=lambda box: (_middle(parents.get(box.number, [])), box.number))
        x = _GAP_X / 2
        for box in layer:
            box.x, box.y = x, y
            x += box.width + _GAP_X
            for node in box.nodes:
                for child in node.children:
                    parents.setdefault(child, []).append(box)
        width = max(width, x)
        y += max(box.height for box in layer) + _GAP_Y
    for layer in layers:
        shift = (width - (layer[-1].x + layer[-1].width + _GAP_X / 2)) / 2
        for box in layer:
            box.x += shift
    return width


def _middle(boxes: list[_Box]) -> float:
    return sum(box.x + box.width / 2 for box in boxes) / len(boxes) if boxes else 0.0


def _arrow(source: _Box, y: float, target: _Box) -> str:
    x1 = source.x + source.width
    x2, y2 = target.x + target.width / 2, target.y
    if target.y <= source.y:  # back up, or to itself: enter from the right
        x2, y2 = target.x + target.width, target.y + target.height / 2
        bend = max(x1, x2) + 40
        curve = f"C{bend:.0f} {y:.0f} {bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    else:
        curve = f"C{x1 + 30:.0f} {y:.0f} {x2:.0f} {y2 - 40:.0f} {x2:.0f} {y2:.0f}"
    return f'<path d="M{x1:.0f} {y:.0f}{curve}" marker-end="url(#a)"/>'
