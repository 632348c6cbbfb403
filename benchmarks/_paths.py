"""Where the folders that tests share lie, for scripts: imported first, it puts them in front of the path.

In front, since what generates the mutants has the name of the script mutants.py beside this file.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / folder) for folder in ("conformance", "reference", "corpus")]
