"""Commands, as tests give them."""

from __future__ import annotations

import json

from synth.search import main

__all__ = ["run_json"]


def run_json(capsys, *argv: object) -> tuple[int, dict]:
    """The exit code of a search, and the object that it prints with --json."""
    code = main([*map(str, argv), "--json"])
    return code, json.loads(capsys.readouterr().out)
