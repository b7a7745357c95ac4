"""Options that exclude each other, or have bounds: what can't be used is refused by name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, get_type_hints

from cyclopts import Parameter

from synth.command import UsageError

__all__ = ["Refusal", "between", "options_of", "refusals_of", "refuses"]


def between(low: float, high: float) -> Parameter:
    """What to annotate an option with that is a number from `low` to `high`."""

    def check(_: object, value: float | None) -> None:
        if value is not None and not low <= value <= high:  # NaN is not, either
            raise ValueError(f"Give a number from {low:,} to {high:,}.")

    return Parameter(validator=check)


@dataclass(frozen=True)
class Refusal:
    """Options that have no effect where another one is given, by the names of parameters."""

    option: str
    others: tuple[str, ...]
    why: str
    value: object = None
    """The value of the option that does so; None: every one."""


def refuses(
    option: str, others: Iterable[str] = (), *, why: str, value: object = None
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """A decorator of commands: with `option`, the user may give none of the others (by default, of
    all others), because `why`; if a `value` is named, with that one only."""

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        signature = inspect.signature(command)
        rest = tuple(name for name in signature.parameters if name != option)
        refusal = Refusal(option, tuple(others) or rest, why, value)

        def checked(*args: Any, **kwargs: Any) -> int:
            given = signature.bind(*args, **kwargs).arguments  # without defaults
            here = given.get(option)
            if here not in (None, False) and value in (None, here):
                unused = [n for n in refusal.others if given.get(n, ()) not in (None, False, ())]
                if unused:
                    names = options_of(command)
                    said = ", ".join(names[name] for name in unused)
                    raise UsageError(
                        f"{said}: no effect with {names[option]}, as {refusal.why}: leave it out"
                    )
            return command(*args, **kwargs)

        functools.update_wrapper(checked, command)
        vars(checked)["refusals"] = (refusal, *refusals_of(command))
        return checked

    return decorate


def refusals_of(command: Callable[..., Any]) -> tuple[Refusal, ...]:
    """What the command refuses together."""
    return getattr(command, "refusals", ())


def options_of(command: Callable[..., Any]) -> dict[str, str]:
    """What the user calls each parameter: `--seed`; of arguments, `SPEC`."""
    hints = get_type_hints(command, include_extras=True)
    named: dict[str, str] = {}
    for name, parameter in inspect.signature(command).parameters.items():
        marks = getattr(hints.get(name), "__metadata__", ())
        own = [n for m in marks if isinstance(m, Parameter) for n in m.name or ()]
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            named[name] = own[0] if own else f"--{name.rstrip('_').replace('_', '-')}"
        else:
            named[name] = name.upper()
    return named
