"""Wrong optimizers, by someone who had seen neither the cases nor this corpus: the third such round, as
kernels and engines are written."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import quiet
from wrong.adam import M, V
from wrong.rmsprop import START


def scalar_through_python_floats() -> Functions:
    right = of_reference("sgd")

    def sgd(parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float) -> np.ndarray:
        parameters = right(parameter, gradients, learning_rate=learning_rate)
        if parameter.shape:
            return parameters
        p, steps = float(parameter), []
        for g in gradients.tolist():
            p -= learning_rate * g
            steps.append(p)
        return np.array(steps)

    return {"sgd": sgd}


RETURN = "    return np.stack(parameters)"

FAULTS = (
    Fault(
        "sgd",
        "a scalar parameter goes through Python floats and comes back in float64",
        "shape",
        "dtype(float64)",
        scalar_through_python_floats,
    ),
    Fault(
        "rmsprop",
        "a decay of 0 is taken for none given, so 0.9",
        "forward",
        None,
        edited("rmsprop", (START, f"decay = decay or 0.9\n    {START}")),
    ),
    Fault(
        "adadelta",
        "the state is kept under the parameter's value and goes on in the next call",
        "state",
        "state",
        edited(
            "adadelta",
            ("import numpy as np\n", "import numpy as np\n\n_ENDED = {}\n"),
            ("    s: Array = 0\n", ""),
            (
                "d: Array = 0 * gradients[0]",
                "zero = 0 * gradients[0]\n"
                "    s, d = _ENDED.get((parameter.shape, parameter.tobytes()), (zero, zero))",
            ),
            (
                RETURN,
                f"    _ENDED.clear()\n    _ENDED[parameter.shape, parameter.tobytes()] = s, d\n{RETURN}",
            ),
        ),
    ),
    Fault(
        "adam",
        "moments are cleared by a product with 0: a NaN or infinity of an earlier call stays",
        "state",
        "state",
        quiet(
            edited(
                "adam",
                ("\n\nfrom . import Array\n", "\n\nfrom . import Array\n\npool: dict = {}\n\n"),
                (
                    "    m: Array = 0\n    v: Array = 0\n",
                    "    zeros = np.zeros_like(parameter), np.zeros_like(parameter)\n"
                    "    m, v = pool.setdefault((parameter.shape, parameter.dtype), zeros)\n"
                    "    np.multiply(m, 0, out=m)\n"
                    "    np.multiply(v, 0, out=v)\n",
                ),
                (M, "np.add(beta1 * m, (1 - beta1) * g, out=m)"),
                (V, "np.add(beta2 * v, (1 - beta2) * (g * g), out=v)"),
            )
        ),
    ),
)
