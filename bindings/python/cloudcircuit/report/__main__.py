"""python3 -m cloudcircuit.report"""

import sys

from .cli import main

sys.exit(main())
