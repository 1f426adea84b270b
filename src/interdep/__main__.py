"""`python -m interdep` is the command line."""

import sys

from interdep.cli.main import main

sys.exit(main())
