"""Why the suite finds no fault with each mutant that gets through and differs: kept by hand.

The mutants that compute the same numbers as the reference stand in mutation_survivors.py.
"""

from __future__ import annotations

EXPLAINED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "The contract admits it: at the kink any derivative from 0 to 1 conforms. It is 1 here, 0 in the"
    " reference.": (("relu.relu_vjp", "(np.where(x > 0, dy, 0),)", "(np.where(x >= 0, dy, 0),)"),),
}
"""Explanation → (file and function, before, after)."""
