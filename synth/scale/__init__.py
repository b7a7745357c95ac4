"""One search on many machines."""

from synth.scale.cluster import RayCluster
from synth.scale.connect import ExecutorError

__all__ = ["ExecutorError", "RayCluster"]
