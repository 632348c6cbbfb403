"""Wrong Adams: at the edges of what floats, sizes and memory admit."""

from __future__ import annotations

import numpy as np
from fault import Fault, edited
from wrong._buffers import in_one_buffer, without_strides
from wrong._changed import quiet
from wrong._formats import through
from wrong._steps import carried_over, one_array_for_all_steps, rest_of_a_block_left
from wrong.adam import CORRECT, ROOT, UPDATE, M, T, V, replaced

FAULTS = (
    Fault(
        "adam",
        "without ε, so that a gradient of 0 gives NaN",
        "stability",
        "ignored(epsilon)",
        quiet(replaced(ROOT, ROOT.removesuffix(" + epsilon"))),
    ),
    Fault(
        "adam",
        "the powers of β come from a table of 16",
        "shape",
        "size(P)",
        replaced(T, "t = min(step + 1, 16)"),
    ),
    Fault(
        "adam",
        "the rest after blocks of 8 stays as it was",
        "shape",
        "size(...)",
        rest_of_a_block_left("adam", 8),
    ),
    Fault(
        "adam", "the gradients are read without their strides", "shape", "strides", without_strides("adam", 1)
    ),
    Fault(
        "adam",
        "the corrections are computed in float32",
        "precision",
        "coarse(float32)",
        replaced(CORRECT, "(float(1 - np.float32(beta1) ** t), float(1 - np.float32(beta2) ** t))"),
    ),
    Fault(
        "adam",
        "m and v are kept in float16",
        "precision",
        "coarse(float16)",
        edited(
            "adam",
            (M, f"with np.errstate(all='ignore'):\n            m = np.float16({M[4:]}).astype(g.dtype)"),
            (V, f"with np.errstate(all='ignore'):\n            v = np.float16({V[4:]}).astype(g.dtype)"),
        ),
    ),
    Fault(
        "adam",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "adam"),
        seen="keras 3.15.1",
    ),
    Fault(
        "adam",
        "one array for all steps, so that each shows the last",
        "state",
        None,
        edited("adam", *one_array_for_all_steps(UPDATE)),
    ),
    Fault("adam", "every result is returned in the same buffer", "state", "aliasing", in_one_buffer("adam")),
    Fault(
        "adam",
        "m and v go on from the last call",
        "state",
        "state",
        edited("adam", *carried_over(m="0", v="0")),
    ),
    Fault(
        "adam",
        "the count of steps goes on from the last call",
        "state",
        "state",
        edited(
            "adam",
            ("    m: Array = 0\n", "    m: Array = 0\n    before = len(steps_before)\n"),
            (T, "t = before + step + 1\n        steps_before.append(t)"),
            (
                "\n\nfrom . import Array\n",
                "\n\nfrom . import Array\n\nsteps_before: list = []\n\n",
            ),
        ),
    ),
)
