"""`python -m synth.costs`."""

import sys

from synth.costs.command import main

if __name__ == "__main__":
    sys.exit(main())
