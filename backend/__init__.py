"""The differentiable machine and its tuning. The only package that imports JAX."""

from backend.compiler import compile_program, decode, random_skeleton
from backend.machine import State, rollout, step
from backend.plan import Arm, Tuning
from backend.results import Candidate, Solved, TuneProgress, TuneResult
from backend.tuner import tune
from backend.weights import Weights

__all__ = [
    "Arm",
    "Candidate",
    "Solved",
    "State",
    "TuneProgress",
    "TuneResult",
    "Tuning",
    "Weights",
    "compile_program",
    "decode",
    "random_skeleton",
    "rollout",
    "step",
    "tune",
]
