"""Why the suite finds no fault with each mutant that gets through and differs: kept by hand.

The mutants that compute the same numbers as the reference stand in mutation_survivors.py.
"""

from __future__ import annotations

CLIP, LARGEST = "clip_by_global_norm.clip_by_global_norm", "np.max(np.abs(gradient))"

EXPLAINED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "The contract admits it: at the kink any derivative from 0 to 1 conforms. It is 1 here, 0 in the"
    " reference.": (("relu.relu_vjp", "(np.where(x > 0, dy, 0),)", "(np.where(x >= 0, dy, 0),)"),),
    "A hole of the suite: no case has a gradient whose square overflows. In float32, [[−1e20]] with a"
    " max_norm of 1 gives 0, and −1 is due.": ((CLIP, LARGEST, "np.max(gradient)"),),
    "A hole of the suite: no case has gradients that each are in range and whose sum overflows. In float32,"
    " [[2e38, 2e38]] with a max_norm of 1 gives NaN, and 0.7071 is due. The oracle keeps every intermediate"
    " below 1/16 of the largest number; within that, 400 entries of 1e36 show it: NaN, and 0.05 is due.": (
        (CLIP, LARGEST, "np.sum(np.abs(gradient))"),
    ),
}
"""Explanation → (file and function, before, after)."""
