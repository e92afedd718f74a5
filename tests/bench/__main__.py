"""``python -m tests.bench``."""

import sys

from tests.bench import main

sys.exit(main())
