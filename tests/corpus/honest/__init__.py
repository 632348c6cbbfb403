"""The corpus of honest variants: the `VARIANTS` of every module here, one subject each."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from variant import Honest


@cache
def variants() -> tuple[Honest, ...]:
    """Every variant, by file name and then as written."""
    modules = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if not p.stem.startswith("_"))
    return tuple(v for module in modules for v in getattr(import_module(f"honest.{module}"), "VARIANTS", ()))
