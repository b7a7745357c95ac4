"""What optimising answers is worth: steps as found, after edits, after rewriting, after both.

python -m benchmarks.optimise.answers          # solves the tasks once; keeps answers.jsonl
"""
