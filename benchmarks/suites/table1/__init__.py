"""The six tasks of the paper's Table 1, and its listings as tasks."""
