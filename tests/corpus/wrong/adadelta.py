"""Wrong AdaDeltas."""

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited
from wrong._buffers import without_strides
from wrong._formats import through
from wrong._steps import carried_over, one_array_for_all_steps, rest_of_a_block_left

S = "s = decay * s + (1 - decay) * (g * g)"
U = "u = np.sqrt(d + epsilon) / np.sqrt(s + epsilon) * g"
D = "d = decay * d + (1 - decay) * (u * u)"
UPDATE = "learning_rate * u"
STEP = f"parameter = parameter - {UPDATE}"


def replaced(before: str, after: str) -> Callable[[], Functions]:
    return edited("adadelta", (before, after))


FAULTS = (
    Fault(
        "adadelta",
        "divided by the root of the old accumulator",
        "forward",
        "old_state",
        edited(
            "adadelta",
            (f"        {S}\n        {U}\n", f"        {U}\n        {S}\n"),
            ("s: Array = 0\n", "s: Array = 0 * gradients[0]\n"),
        ),
        seen="tfjs 4.22",
    ),
    Fault(
        "adadelta",
        "d gathers the steps with the learning rate",
        "forward",
        "rate_in_memory",
        replaced(D, "d = decay * d + (1 - decay) * (learning_rate * u) ** 2"),
    ),
    Fault(
        "adadelta",
        "the learning rate is left out",
        "forward",
        "fixed(learning_rate=1)",
        replaced(UPDATE, "u"),
        seen="chainer 7.8.1",
    ),
    Fault(
        "adadelta",
        "ε outside the roots",
        "forward",
        "epsilon_outside",
        replaced(U, "u = (np.sqrt(d) + epsilon) / (np.sqrt(s) + epsilon) * g"),
    ),
    Fault(
        "adadelta",
        "d gathers the gradients",
        "forward",
        "memory_of_gradients",
        replaced(D, D.replace("u * u", "g * g")),
    ),
    Fault("adadelta", "d is never updated", "forward", "memory_missing", replaced(f"        {D}\n", "")),
    Fault(
        "adadelta",
        "d is overwritten by the last square",
        "forward",
        None,
        replaced(D, "d = (1 - decay) * (u * u)"),
    ),
    Fault(
        "adadelta",
        "the roots are in each other's place",
        "forward",
        None,
        replaced(U, "u = np.sqrt(s + epsilon) / np.sqrt(d + epsilon) * g"),
    ),
    Fault(
        "adadelta",
        "no root over d",
        "forward",
        None,
        replaced(U, U.replace("np.sqrt(d + epsilon)", "(d + epsilon)")),
    ),
    Fault(
        "adadelta",
        "no ε over d, so that nothing ever moves",
        "forward",
        "ignored(gradients) or ignored(epsilon)",
        replaced(U, U.replace("np.sqrt(d + epsilon)", "np.sqrt(d)")),
    ),
    Fault(
        "adadelta",
        "decay and 1 − decay in each other's place",
        "forward",
        "complement(decay)",
        edited(
            "adadelta",
            (S, "s = (1 - decay) * s + decay * (g * g)"),
            (D, "d = (1 - decay) * d + decay * (u * u)"),
        ),
    ),
    Fault(
        "adadelta",
        "the square enters s with factor 1",
        "forward",
        None,
        replaced(S, "s = decay * s + g * g"),
    ),
    Fault(
        "adadelta",
        "the step is added",
        "forward",
        "sign",
        replaced(STEP, STEP.replace("- ", "+ ")),
    ),
    Fault(
        "adadelta",
        "without ε under the root of s, so that a gradient of 0 gives NaN",
        "stability",
        None,
        replaced(
            f"        {U}\n",
            f"        with np.errstate(all='ignore'):\n            {U.replace('s + epsilon', 's')}\n",
        ),
    ),
    Fault(
        "adadelta",
        "the means start again after 16 steps",
        "shape",
        "size(P)",
        replaced(S, f"s, d = (s, d) if step % 16 else (0 * s, 0 * d)\n        {S}"),
    ),
    Fault(
        "adadelta",
        "the rest after blocks of 8 stays as it was",
        "shape",
        "size(...)",
        rest_of_a_block_left("adadelta", 8),
    ),
    Fault(
        "adadelta",
        "the gradients are read without their strides",
        "shape",
        "strides",
        without_strides("adadelta", 1),
    ),
    Fault(
        "adadelta",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "adadelta"),
        seen="mxnet 1.9.1",
    ),
    Fault(
        "adadelta",
        "d is kept in float16, where the first squares underflow",
        "precision",
        "coarse(float16)",
        replaced(D, f"with np.errstate(all='ignore'):\n            d = np.float16({D[4:]}).astype(g.dtype)"),
    ),
    Fault(
        "adadelta",
        "one array for all steps, so that each shows the last",
        "state",
        None,
        edited("adadelta", *one_array_for_all_steps(UPDATE)),
    ),
    Fault(
        "adadelta", "s goes on from the last call", "state", "state", edited("adadelta", *carried_over(s="0"))
    ),
    Fault(
        "adadelta",
        "the step is computed in the gradients' memory",
        "state",
        "in_place",
        edited(
            "adadelta",
            (
                "    parameters = []\n",
                "    parameters = []\n"
                "    gradients = gradients if gradients.flags.writeable else gradients.copy()\n",
            ),
            (f"        {U}\n", f"        gradients[step] = {U[4:]}\n        u = gradients[step]\n"),
        ),
    ),
)
