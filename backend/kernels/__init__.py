"""The rollout and its derivative, compiled for processors: XLA calls them.

Importing it compiles the kernels, or loads them.
"""

from backend.kernels.native import native_rollout

__all__ = ["native_rollout"]
