"""`python -m synth.rules`."""

import sys

from synth.rules.command import main

if __name__ == "__main__":
    sys.exit(main())
