"""Values of the reference in as many digits as are asked for, each of them certain."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import leaves
from .ball import Ball, Undecided, balls, flint

_MOST_BITS = 1 << 14


def certified(
    function: Callable[..., Any], *inputs: Any, digits: int = 50, attributes: dict[str, Any] | None = None
) -> Any:
    """`function` of the inputs as balls, at twice the precision until all its results are sharp.

    Indices and masks stay as they are. Gives up before 2¹⁴ bits and raises Undecided: two numbers compared
    that are equal, but not exact, overlap at any precision.
    """
    context = flint().ctx
    bits = 64 + 4 * digits
    while bits <= _MOST_BITS:
        reason = "a radius stays too wide"
        with context.workprec(bits):
            try:
                results = function(*_mapped(inputs), **(attributes or {}))
                if all(ball.sharp(digits) for ball in _balls(results)):
                    return results
            except Undecided as undecided:
                reason = str(undecided)
        bits *= 2
    raise Undecided(f"{reason}, even at {bits // 2} bits")


def _mapped(tree: Any) -> Any:
    if isinstance(tree, (tuple, list)):
        return [_mapped(branch) for branch in tree]
    return tree if np.asarray(tree).dtype.kind in "iub" else balls(tree)


def _balls(tree: Any) -> list[Ball]:
    """The balls of a nest of tuples, lists and arrays; what is plain has no radius."""
    entries = [entry for leaf in leaves(tree) for entry in np.asarray(leaf, object).flat]
    return [entry for entry in entries if isinstance(entry, Ball)]
