"""One enumeration, timed. A script of its own, so that it can time another version's packages:

    PYTHONPATH=CHECKOUT python benchmarks/enumeration/rate.py SPEC TERMS

prints terms, states and the process's seconds as JSON, compilation left out.
"""

from __future__ import annotations

import json
import sys
import time

from bridge.loading import load_spec
from synth.enumeration.search import Enumeration
from synth.problem import resolve

__all__ = ["measure"]


def measure(path: str, terms: int) -> dict[str, float]:
    """Enumerates so many terms for the spec, whatever is found on the way."""
    problem = resolve(load_spec(path))
    for most in (1_000, terms):  # the first compiles
        enumeration = Enumeration(problem.examples, problem.machine, most, problem.language)
        began = time.process_time()
        for _ in enumeration.programs():
            pass
    seconds = time.process_time() - began
    return {"terms": enumeration.terms, "states": enumeration.states, "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
