"""The tasks of Adaptive Neural Compilation, in general and in biased form."""
