"""The tuned weights: what each line says, how firmly, and how that came about."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import nan
from typing import Final

import numpy as np
from jaxtyping import Float
from markupsafe import Markup

from bridge.counts import counted
from bridge.isa import OPCODES, slot_mask
from bridge.lowering.tidy import drop_unreachable
from bridge.program import Instruction, Program, decode_rows
from synth.page.linked import listing
from synth.page.plots import course_plot
from synth.page.run import Run
from synth.page.svg import draws

__all__ = ["HEADS", "Head", "Round", "Said", "Weighed", "likeliest", "shades", "softmax", "weighed"]

HEADS: Final = ("opcode", "a", "b", "out", "label")
"""As the backend packs them."""
TITLES: Final = ("instruction", "first argument", "second argument", "output", "jumps to line")
MOST_ROUNDS, MOST_BYTES = 24, 120_000
FIRM: Final = 0.25
"""Nats of doubt below which a line is as good as sure."""


@dataclass(frozen=True)
class Head:
    """A head of the controller, and what each of its places is called."""

    title: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What a line of the weights says, most likely."""

    number: int
    text: str
    chance: str
    doubt: str


@dataclass(frozen=True)
class Round:
    """The weights after so many gradient steps."""

    step: int | None
    loss: float | None
    doubt: tuple[float, ...]
    """Nats, line by line."""
    shades: str
    """Probabilities of all lines' places, head after head, a byte each, in base64."""


@dataclass(frozen=True)
class Weighed:
    """The section of the weights."""

    heads: tuple[Head, ...]
    lines: tuple[Said, ...]
    rounds: tuple[Round, ...]
    plot: Markup | None
    told: str
    is_answer: bool
    """Whether the likeliest program is the answer; else it was drawn from the weights."""


def weighed(run: Run) -> Weighed | None:
    """The section of the weights, where there are any."""
    if run.weights is None or any(head not in run.weights for head in HEADS):
        return None
    last = _probabilities(run.weights)
    lines, registers = last["a"].shape
    program, doubt = likeliest(last), _doubt(last)
    said = tuple(
        Said(line.number, line.text, _chance(last, line.number), f"{doubt[line.number]:.2f}")
        for line in listing(program)
        if line.number < lines
    )
    rounds = _rounds(run, last)
    names = [str(i + 1) for i in range(registers)]
    opcodes = [row.name for row in OPCODES][: last["opcode"].shape[-1]]
    targets = [*map(str, range(last["label"].shape[-1] - 1)), "end"]
    heads = tuple(map(Head, TITLES, map(tuple, (opcodes, names, names, names, targets))))
    losses, sure = [r.loss for r in rounds if r.loss is not None], int((doubt < FIRM).sum())
    told = f"As good as sure (doubt below {FIRM} nats): {sure} of {counted(lines, 'line')}."
    if len(losses) > 1:
        told += f" The loss came from {losses[0]:.3g} to {losses[-1]:.3g}."
    plot = None
    if len(rounds) > 2 and draws():
        plot = course_plot(
            [r.step or 0 for r in rounds], [nan if r.loss is None else r.loss for r in rounds],
            [list(r.doubt) for r in rounds], FIRM,
        )  # fmt: skip
    is_answer = run.program is not None and _lines(program) == _lines(run.program)
    return Weighed(heads, said, rounds, plot, told, is_answer)


def likeliest(heads: Mapping[str, np.ndarray]) -> Program:
    """The program that takes the likeliest place of each head; and, if `first` is among these, the
    likeliest word that each register starts with."""
    program = decode_rows(np.stack([heads[h].argmax(-1) for h in HEADS], -1).astype(np.int16))
    words = heads["first"].argmax(-1).tolist() if "first" in heads else []
    return replace(program, preload=tuple((i, word) for i, word in enumerate(words, 1) if word))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities, along the last axis."""
    logits = logits.astype(np.float64)
    chances = np.exp(logits - logits.max(-1, keepdims=True))
    return chances / chances.sum(-1, keepdims=True)


def shades(chances: np.ndarray) -> str:
    """Probabilities as bytes, in base64."""
    return base64.b64encode(np.round(chances * 255).astype(np.uint8).tobytes()).decode()


def _probabilities(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {head: softmax(weights[head]) for head in (*HEADS, "first") if head in weights}


def _rounds(run: Run, last: Mapping[str, np.ndarray]) -> tuple[Round, ...]:
    """The course of tuning, some rounds of it if there are many; or the last weights alone."""
    course = run.arrays.get("course", {})
    size = sum(last[head].size for head in HEADS)
    most = max(1, min(MOST_ROUNDS, MOST_BYTES // size))
    n = len(course["steps"]) if {"steps", "loss", *HEADS} <= course.keys() else 0
    if n < 2 or most < 2:
        return (Round(None, None, tuple(_doubt(last).round(3).tolist()), _packed(last)),)
    found: list[Round] = []
    for i in np.unique(np.linspace(0, n - 1, min(n, most)).astype(int)).tolist():
        heads = _probabilities({head: course[head][i] for head in HEADS})
        doubt = tuple(_doubt(heads).round(3).tolist())
        loss = None if np.isnan(course["loss"][i]) else float(course["loss"][i])
        found.append(Round(int(course["steps"][i]), loss, doubt, _packed(heads)))
    return tuple(found)


def _packed(heads: Mapping[str, np.ndarray]) -> str:
    return shades(np.concatenate([heads[head] for head in HEADS], -1))


def _doubt(heads: Mapping[str, np.ndarray]) -> Float[np.ndarray, " lines"]:
    """Nats of doubt in each line: that of its opcode, and of each slot by the weight of the opcodes
    that use it."""

    def nats(chances: np.ndarray) -> np.ndarray:
        return -(chances * np.log(np.maximum(chances, 1e-30))).sum(-1)

    used = heads["opcode"] @ slot_mask()[: heads["opcode"].shape[-1]].astype(float)
    slots = np.stack([nats(heads[head]) for head in HEADS[1:]], -1)
    return nats(heads["opcode"]) + (used * slots).sum(-1)


def _chance(heads: Mapping[str, np.ndarray], line: int) -> str:
    """Of the likeliest instruction, its operands included."""
    opcode = heads["opcode"][line].argmax()
    used = slot_mask()[opcode]
    slots = [heads[h][line].max() for h, on in zip(HEADS[1:], used, strict=True) if on]
    return f"{100 * heads['opcode'][line, opcode] * np.prod(slots):.0f} %"


def _lines(program: Program) -> tuple[Instruction, ...]:
    """Those that can be reached, whatever labels are called."""
    return drop_unreachable(program).instructions
