"""What saturation is worth: tuning a near miss, its padded variants, or its e-graph equivalents.

    python -m benchmarks.saturation [--seeds 0:20] [--restarts N] [--out FILE.jsonl]

Arms tune each task at the same budget (skeletons × restarts × gradient steps), with the
recipe of the product and the same seeds:

- **miss**: the near miss as it is, all restarts;
- **padded**: the near miss with 0, 1 and 2 no-ops, in all places until there are enough;
- **equals**: what `synth.egraph.skeletons` yields of the near miss: its equals, padded and diverse;
- **quicker**: the same, with the rules for quicker programs, too;
- **lifted**: the same of the near miss as assembly, lifted: what edits or mcmc leave.

A task is a near miss and a target of the same shape, drawn from a seed: terms of the language whose
programs differ in a few opcodes. Solved is a run whose program passes the examples, and the
held-out examples too, executed.
"""
