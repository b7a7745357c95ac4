"""Whether the packages that stand beside this one are ours: a folder of the user's may have the
name of one, and Python looks into the working folder first."""

import importlib.util
import sys
from pathlib import Path

__all__ = ["check_neighbours"]


def check_neighbours(*names: str) -> None:
    """Raises ImportError if Python finds something else by one of these names. Where a command is
    started with `python -m`, that is said on one line, and it ends with exit code 2."""
    ours = Path(__file__).resolve().parent.parent
    for name in names:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            continue
        origin = Path(found.origin).resolve()
        place = origin.parent if origin.stem == "__init__" else origin
        if place != ours / name:
            message = (
                f"{place}: is in the way of skeletune's own package {name}: rename it, start from "
                "another folder, or use the command skeletune"
            )
            if sys.argv[:1] == ["-m"]:
                print(f"error: {message}", file=sys.stderr)
                raise SystemExit(2)
            raise ImportError(message)
