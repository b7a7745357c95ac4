"""What rulesets are worth, as a table on the terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from synth.language import Language
from synth.rules.gains import Gain, gains, load_answers
from synth.rulesets import Rules

__all__ = ["Looked", "look", "show_gains"]

INTERRUPTED: Final = 130


@dataclass(frozen=True)
class Looked:
    """The gains on the answers that were looked at, of so many; why no others were, if there are;
    and the exit code."""

    found: tuple[Gain, ...]
    number: int
    ended: str = ""
    code: int = 0


def look(
    rulesets: Sequence[Rules], language: Language, within: float, caps: Mapping[str, Any]
) -> Looked:
    """Looks at one answer after the other, for so many seconds or until somebody interrupts. `caps`
    are those of each saturation."""
    answers = load_answers(language=language)
    found: list[Gain] = []
    began, code, ended = time.perf_counter(), 0, ""
    looking = gains(rulesets, answers, language=language, **caps)
    with closing(looking), Console(stderr=True).status("looking at known answers") as status:
        try:
            for gain in looking:
                if gain is not None:
                    found.append(gain)
                if len(found) < len(answers) and time.perf_counter() - began > within:
                    ended = f"; {within:g} s were over: raise --within to look at the others"
                    break
                name = answers[min(len(found), len(answers) - 1)].name
                status.update(Text(f"{len(found)} of {len(answers)} known answers: {name}"))
        except KeyboardInterrupt:
            code, ended = INTERRUPTED, "; interrupted"
    return Looked(tuple(found), len(answers), ended, code)


def show_gains(looked: Looked, console: Console) -> None:
    """Prints which answers get quicker, and by how much."""
    found = looked.found
    quicker = [gain for gain in found if gain.ratio < 1]
    if quicker:
        console.print(_table(quicker))
    matched = sum(gain.matches > 0 for gain in found)
    mean = sum(gain.ratio for gain in found) / len(found) if found else 1.0
    among = "" if len(found) == looked.number else f" of {looked.number}"
    console.print(
        f"{len(quicker)} quicker, mean ratio of steps {mean:.3f}; the rules match in {matched}; "
        f"looked at {len(found)}{among} known answers{looked.ended}",
        soft_wrap=True,
    )


def _table(quicker: Sequence[Gain]) -> Table:
    table = Table("answer", "matches", "steps", "with the rules", "ratio", box=None, pad_edge=False)
    for gain in quicker:
        table.add_row(
            gain.name, f"{gain.matches:,}", f"{gain.without:,}", f"{gain.with_:,}",
            f"{gain.ratio:.2f}",
        )  # fmt: skip
    return table
