"""Whether programs are read as the terms that they are: `synth.egraph.decompile`.

python -m benchmarks.decompile          # 45 tasks, some minutes

The answers of `benchmarks.optimise.answers`, and where these are no terms, `terms.txt`.
"""
