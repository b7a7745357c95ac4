"""What optimising answers is worth: steps as found, after edits, after rewriting, after both.

    python -m benchmarks.optimise.answers        # solves the tasks; keeps answers.jsonl
    python -m benchmarks.optimise [--lists short|long] [--seeds 0:1] [--seconds 20] [--out FILE]
    python -m benchmarks.optimise.counters [FILE]   # what rules for counters could gain

Each answer (see `answers.py`) is made quicker in three ways, with what `--optimise` is made of:

- **edits**: lines deleted and changed;
- **rewriting**: the e-graph's equals, the quickest first;
- **both**, in turns: what `--optimise` does.

Lists are as long as in the tasks (0 to 8), or long: 20 to 24, on the smallest machine of 32, 64 or
128 words on which the answer is right. A program is wrong if it fails a held-out example, or an
input drawn anew by the suite's generator that the answer passes.
"""
