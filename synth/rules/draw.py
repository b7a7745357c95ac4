"""Drawings of e-graphs: Graphviz's DOT, laid out by `dot` or the package graphviz-pure."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from html import escape
from math import inf
from pathlib import Path
from shutil import which

from bridge.errors import SkeletuneError
from synth.egraph.automaton import Automaton, Node

__all__ = ["draw_dot", "draw_html", "draw_svg"]

_STYLE = 'node [shape=box, style=rounded, fontname=Courier, fontsize=11]; edge [color="#5b8db8"]'


class DrawingError(SkeletuneError):
    """No picture could be made."""


def draw_dot(automaton: Automaton, root: int, *, limit: int = 60) -> str:
    """The e-classes nearest to the root, at most `limit`, in DOT: a box each, its e-nodes as rows,
    an arrow to each e-class that they take. An argument is written by its e-class's number, or as
    the leaf that is in its e-class: a number, a variable, a construct without arguments."""
    numbers, waiting, edges = {root: 0}, deque([root]), []
    while waiting:
        parent = waiting.popleft()
        for child in dict.fromkeys(c for node in _whole(automaton, parent) for c in node.children):
            if _leaf(automaton, child) is not None:
                continue
            if child not in numbers and len(numbers) < limit:
                numbers[child] = len(numbers)
                waiting.append(child)
            if child in numbers:
                edges.append(f"{numbers[parent]} -> {numbers[child]}")

    def shown(child: int) -> str:
        return _leaf(automaton, child) or (f"#{numbers[child]}" if child in numbers else "…")

    boxes = []
    for own, number in numbers.items():
        nodes = sorted(_whole(automaton, own), key=lambda node: (node.cost, node.op))
        rows = [" ".join([_name(node), *map(shown, node.children)]) for node in nodes]
        label = "".join(rf"{_quoted(row)}\l" for row in rows)
        mark = ' color="#cc3333", penwidth=2.5,' if own == root else ""
        boxes.append(f'{number} [{mark} xlabel="#{number}", label="{label}"]')
    return "\n".join(["digraph {", _STYLE, *boxes, *edges, "}\n"])


def draw_svg(dot: str) -> str:
    """The picture of a graph in DOT. Raises DrawingError if nothing here can lay it out."""
    places = (None, str(Path(sys.executable).parent))
    tools = (which(name, path=path) for name in ("dot", "graphviz-pure") for path in places)
    tool = next(filter(None, tools), None)
    if tool is None:
        raise DrawingError(
            "no picture: there is no dot: install Graphviz, or pip install 'skeletune[draw]'; "
            "or write DOT, with --dot"
        )
    done = subprocess.run([tool, "-Tsvg"], input=dot, capture_output=True, text=True)
    if done.returncode:
        raise DrawingError(f"no picture: {tool} failed: {done.stderr.strip()}")
    return done.stdout


def draw_html(svg: str, title: str) -> str:
    """A page with the picture, complete in itself."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<body><h1>{escape(title)}</h1><p>A box is an e-class, a row in it an e-node; the root is "
        f"red.</p>{svg[svg.index('<svg') :]}</body></html>\n"
    )


def _whole(automaton: Automaton, number: int) -> list[Node]:
    """The e-nodes of an e-class of which there are terms."""
    cheapest = automaton.cheapest
    nodes = automaton.classes[number]
    return [node for node in nodes if all(cheapest[c] < inf for c in node.children)]


def _leaf(automaton: Automaton, number: int) -> str | None:
    """The text of the e-class's cheapest e-node without arguments, if there is one."""
    leaves = [node for node in automaton.classes[number] if not node.children]
    best = min(leaves, key=lambda node: (node.cost, str(node.leaf), node.op), default=None)
    return best and _name(best)


def _name(node: Node) -> str:
    return node.op if node.leaf is None else str(node.leaf)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
