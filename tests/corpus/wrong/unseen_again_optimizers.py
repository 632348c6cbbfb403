"""Wrong optimizers and early stoppings, by someone who had seen neither the cases nor this corpus: the second
such round."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import quiet
from wrong.adam import STEP, M, V
from wrong.early_stopping import PROGRESS


def scratch_cleared_for_the_first_tile() -> Functions:
    right = of_reference("adadelta")

    def adadelta(
        parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, decay: float, epsilon: float
    ) -> np.ndarray:
        result = right(parameter, gradients, learning_rate=learning_rate, decay=decay, epsilon=epsilon)
        if parameter.size <= 32:
            return result
        flat, steps = parameter.reshape(-1), gradients.reshape(len(gradients), -1)
        out, scratch = np.empty_like(steps), np.zeros(32, parameter.dtype)
        for start in range(0, flat.size, 32):
            p = flat[start : start + 32].copy()
            s, d = np.zeros_like(p), scratch[: p.size]
            for step, g in enumerate(steps[:, start : start + 32]):
                s = decay * s + (1 - decay) * (g * g)
                u = np.sqrt(d + epsilon) / np.sqrt(s + epsilon) * g
                d[...] = decay * d + (1 - decay) * (u * u)
                p = p - learning_rate * u
                out[step, start : start + 32] = p
        return out.reshape(gradients.shape)

    return {"adadelta": adadelta}


FAULTS = (
    Fault(
        "sgd",
        "a single step is written into the parameter handed in",
        "state",
        "in_place",
        edited(
            "sgd",
            (
                "parameter = parameter - learning_rate * gradients[step]",
                "over = len(gradients) == 1 and parameter.flags.writeable\n"
                "        change = learning_rate * gradients[step]\n"
                "        parameter = np.subtract(parameter, change, out=parameter if over else None)",
            ),
        ),
    ),
    Fault(
        "momentum",
        "unrolled by two, the last of an odd number of steps forgets the velocity",
        "shape",
        "size(P)",
        edited(
            "momentum",
            (
                "v = momentum * v + gradients[step]",
                "alone = step > 0 and step % 2 == 0 and step + 1 == gradients.shape[0]\n"
                "        v = (0 * v if alone else momentum * v) + gradients[step]",
            ),
        ),
    ),
    Fault(
        "adagrad",
        "pooled accumulators are cleared by · 0, which leaves NaN of an earlier call",
        "state",
        "state",
        quiet(
            edited(
                "adagrad",
                ("\n\nfrom . import Array\n", "\n\nfrom . import Array\n\npool: dict = {}\n\n"),
                (
                    "    s: Array = initial_convention\n",
                    "    s = pool.setdefault((parameter.shape, parameter.dtype), np.zeros_like(parameter))\n"
                    "    np.multiply(s, 0, out=s)\n",
                ),
                ("s = s + g * g", "np.add(s, g * g, out=s)"),
            )
        ),
    ),
    Fault(
        "adagrad",
        "the reciprocal root makes NaN where all gradients so far are 0",
        "stability",
        "not_finite",
        quiet(
            edited(
                "adagrad",
                (
                    "parameter = parameter - learning_rate * g"
                    ' / root("adagrad", s, epsilon, epsilon_convention)',
                    "r = 1 / np.sqrt(s)\n"
                    "        parameter = parameter - learning_rate * g * r / (1 + epsilon * r)",
                ),
            )
        ),
    ),
    Fault(
        "adadelta",
        "beyond 32 entries d starts with what the tile before left",
        "shape",
        "size(...)",
        scratch_cleared_for_the_first_tile,
    ),
    Fault(
        "adam",
        "entries with a gradient of 0 are left alone with their moments, as lazy Adam does",
        "forward",
        None,
        edited(
            "adam",
            (M, f"m = np.where(g == 0, m, {M[4:]})"),
            (V, f"v = np.where(g == 0, v, {V[4:]})"),
            (STEP, f"parameter = np.where(g == 0, parameter, {STEP.removeprefix('parameter = ')})"),
        ),
    ),
    Fault(
        "early_stopping",
        "progress within isclose's tolerances is none",
        "precision",
        None,
        edited(
            "early_stopping",
            (
                PROGRESS,
                f"{PROGRESS[:-1]} and not np.isclose(losses[step], losses[best] - min_delta):",
            ),
        ),
    ),
)
