"""The differentiable machine and its tuning. The only package that imports JAX."""

from backend.compiler import compile_program, decode, random_skeleton
from backend.machine import State, step
from backend.model import Model, make_model
from backend.plan import Arm, Tuning
from backend.results import Candidate, Solved, TuneResult
from backend.rollouts import rollout
from backend.tuner import tune, tune_rounds
from backend.weights import Weights

__all__ = ["Arm", "Candidate", "Model", "Solved", "State", "TuneResult", "Tuning", "Weights"]
__all__ += ["compile_program", "decode", "make_model", "random_skeleton", "rollout", "step", "tune"]
__all__ += ["tune_rounds"]
