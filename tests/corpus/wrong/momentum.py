"""Wrong gradient descents with momentum."""

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._buffers import without_strides
from wrong._formats import through
from wrong._steps import carried_over, one_array_for_all_steps, parameter_in_place, rest_of_a_block_left

V = "v = momentum * v + gradients[step]"
UPDATE = "learning_rate * v"
STEP = f"parameter = parameter - {UPDATE}"


def exchanged() -> Functions:
    def momentum(
        parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, momentum: float
    ) -> np.ndarray:
        return of_reference("momentum")(parameter, gradients, learning_rate=momentum, momentum=learning_rate)

    return {"momentum": momentum}


def velocity(replacement: str) -> Callable[[], Functions]:
    return edited("momentum", (V, replacement))


FAULTS = (
    Fault(
        "momentum",
        "the gradient enters with 1 − momentum",
        "forward",
        "damped",
        velocity("v = momentum * v + (1 - momentum) * gradients[step]"),
        seen="HIPS autograd 1.9.1",
    ),
    Fault(
        "momentum",
        "Nesterov's look-ahead",
        "forward",
        "nesterov",
        edited("momentum", (UPDATE, "learning_rate * (gradients[step] + momentum * v)")),
    ),
    Fault(
        "momentum",
        "the velocity starts anew at every step",
        "forward",
        "state_lost",
        velocity("v = gradients[step]"),
    ),
    Fault(
        "momentum",
        "the velocity is never damped",
        "forward",
        None,
        velocity("v = v + gradients[step]"),
    ),
    Fault(
        "momentum",
        "the velocity starts at the first gradient",
        "forward",
        None,
        edited("momentum", ("v: Array = 0", "v: Array = gradients[0]")),
    ),
    Fault(
        "momentum",
        "the step takes the velocity before its update",
        "forward",
        "old_state",
        edited(
            "momentum",
            (f"        {V}\n        {STEP}\n", f"        {STEP}\n        {V}\n"),
            ("v: Array = 0", "v: Array = 0 * gradients[0]"),
        ),
    ),
    Fault(
        "momentum",
        "the learning rate is in the velocity and in the step",
        "forward",
        None,
        velocity("v = momentum * v + learning_rate * gradients[step]"),
    ),
    Fault(
        "momentum",
        "the velocity is damped by 1 − momentum",
        "forward",
        "complement(momentum)",
        velocity("v = (1 - momentum) * v + gradients[step]"),
    ),
    Fault(
        "momentum",
        "learning rate and momentum exchanged",
        "forward",
        "exchanged(learning_rate,momentum)",
        exchanged,
    ),
    Fault(
        "momentum",
        "the velocity is added",
        "forward",
        "sign",
        edited("momentum", (STEP, STEP.replace("- ", "+ "))),
    ),
    Fault(
        "momentum",
        "the gradient is subtracted from the velocity, which is then subtracted",
        "forward",
        "sign",
        velocity("v = momentum * v - gradients[step]"),
    ),
    Fault(
        "momentum",
        "the damping takes hold of the gradient too",
        "forward",
        None,
        velocity("v = momentum * (v + gradients[step])"),
    ),
    Fault(
        "momentum",
        "the velocity is bounded by 10",
        "stability",
        None,
        velocity(f"{V}\n        v = np.minimum(np.maximum(v, -10), 10)"),
    ),
    Fault(
        "momentum",
        "the velocity is not carried across blocks of 16 steps",
        "shape",
        "size(P)",
        velocity("v = (momentum if step % 16 else 0) * v + gradients[step]"),
    ),
    Fault(
        "momentum",
        "the rest after blocks of 8 stays as it was",
        "shape",
        "size(...)",
        rest_of_a_block_left("momentum", 8),
    ),
    Fault(
        "momentum",
        "the gradients are read without their strides",
        "shape",
        "strides",
        without_strides("momentum", 1),
    ),
    Fault(
        "momentum",
        "the velocity is kept in float16",
        "precision",
        "coarse(float16)",
        velocity(f"{V}\n        v = np.float16(v).astype(parameter.dtype)"),
    ),
    Fault(
        "momentum",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "momentum"),
    ),
    Fault(
        "momentum",
        "one array for all steps, so that each shows the last",
        "state",
        None,
        edited("momentum", *one_array_for_all_steps(UPDATE)),
    ),
    Fault(
        "momentum",
        "the caller's parameter is updated",
        "state",
        "in_place",
        edited("momentum", *parameter_in_place(UPDATE)),
    ),
    Fault(
        "momentum",
        "the velocity goes on from the last call",
        "state",
        "state",
        edited("momentum", *carried_over(v="0")),
    ),
)
