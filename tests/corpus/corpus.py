"""The corpus of wrong backends: the faults of every module in `wrong`, one operator or family each.

Under pytest the folders that tests share stand on the path; a script puts them there itself, as
`benchmarks/peers.py` does.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from fault import Fault

FOLDER = Path(__file__).parent / "wrong"


@cache
def faults() -> tuple[Fault, ...]:
    """Every fault, by file name and then as written."""
    modules = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    return tuple(fault for module in modules for fault in import_module(f"wrong.{module}").FAULTS)
