"""Program synthesis: from examples to a verified program.

spec = synth.load_spec("spec.json")
solution = synth.solve(spec, seed=0)
"""

# ruff: noqa: E402
from synth.neighbours import check_neighbours

check_neighbours("bridge", "backend")

from bridge import Spec, load_spec
from synth.loading import load_solution
from synth.pipeline import solve
from synth.resuming import resume
from synth.solution import Result, Solution, Stats

__all__ = ["Result", "Solution", "Spec", "Stats", "load_solution", "load_spec", "resume", "solve"]
