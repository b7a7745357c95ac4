"""Suites of specs, and what runs, stores and reports them."""

import runpy
from pathlib import Path

# By its path: a user's folder may have the name of the package that it is in.
_neighbours = runpy.run_path(str(Path(__file__).parent.parent / "synth" / "neighbours.py"))
_neighbours["check_neighbours"]("synth", "bridge", "backend")
