"""`python -m synth.new`."""

import sys

from synth.new.command import main

if __name__ == "__main__":
    sys.exit(main())
