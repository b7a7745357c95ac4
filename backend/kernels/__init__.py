"""The step and its derivative for processors, compiled; XLA calls them."""
