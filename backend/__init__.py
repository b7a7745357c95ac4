"""The differentiable machine and its tuning. The only package that imports JAX."""

from backend.compiler import compile_program, decode, random_skeleton
from backend.machine import State, rollout, step
from backend.plan import Arm, Tuning
from backend.tuner import Solved, TuneProgress, TuneResult, tune
from backend.weights import Weights

__all__ = [
    "Arm",
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
