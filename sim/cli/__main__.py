"""`python -m sim.cli`: the same as `ronghe`."""

import sys

from sim.cli import main

sys.exit(main())
