"""The paper's Table 1, ours beside it. `python -m benchmarks.table1 --help`.

Rows of tuning alone count restarts, as the paper does: of k = 100 from one skeleton,

- **optimization**: blank lines, nothing given;
- **from map_inc**, **from map_dec**: the program that solves that task;
- **loop**: the paper's "loop + no-op": of the program that solves the task its control flow, that
  is jumps, halts and the instructions that conditions of jumps come from (a backward slice); each
  run of other lines is blank, and `--padding` lines longer;
- **jumps**: of that program nothing but jumps and halts (not in the paper).

Rows of searches count runs, one for each seed: **synthesis** (enumeration), **both** (all rungs),
and **loop, all rungs**: the skeleton of the row loop as a sketch, k restarts at most.

`skeletons.py` makes skeletons, `cells.py` runs one cell of the table, `report.py` reads what came
of it. Nothing here goes by the name of a task.
"""
