"""Wrong RMSProps."""

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._buffers import in_one_buffer, without_strides
from wrong._changed import quiet
from wrong._formats import through
from wrong._steps import carried_over, one_array_for_all_steps, parameter_in_place, rest_of_a_block_left

S = "s = decay * s + (1 - decay) * (g * g)"
ROOT = 'root("rmsprop", s, epsilon, epsilon_convention)'
UPDATE = f"learning_rate * g / {ROOT}"
STEP = f"parameter = parameter - {UPDATE}"
START = "s: Array = initial_convention"


def accumulator(replacement: str) -> Callable[[], Functions]:
    return edited("rmsprop", (S, replacement))


def root(replacement: str) -> Callable[[], Functions]:
    return edited("rmsprop", (ROOT, replacement))


def with_convention(**conventions: float | str) -> Callable[[], Functions]:
    def functions() -> Functions:
        def rmsprop(
            parameter: np.ndarray,
            gradients: np.ndarray,
            *,
            learning_rate: float,
            decay: float,
            epsilon: float,
        ) -> np.ndarray:
            attributes = {"learning_rate": learning_rate, "decay": decay, "epsilon": epsilon}
            return of_reference("rmsprop")(parameter, gradients, **attributes, **conventions)

        return {"rmsprop": rmsprop}

    return functions


FAULTS = (
    Fault(
        "rmsprop",
        "ε inside the root",
        "forward",
        "convention(rmsprop.epsilon=inside)",
        with_convention(epsilon_convention="inside"),
        seen="optax 0.2.8",
    ),
    Fault(
        "rmsprop",
        "the running mean starts at 1",
        "forward",
        "convention(rmsprop.initial=1.0)",
        with_convention(initial_convention=1.0),
        seen="HIPS autograd 1.9.1",
    ),
    Fault(
        "rmsprop",
        "decay and 1 − decay in each other's place",
        "forward",
        "complement(decay)",
        accumulator("s = (1 - decay) * s + decay * (g * g)"),
    ),
    Fault(
        "rmsprop",
        "the square enters with factor 1",
        "forward",
        "undamped",
        accumulator("s = decay * s + g * g"),
    ),
    Fault(
        "rmsprop",
        "the mean is corrected for its start, as Adam's",
        "forward",
        "bias_correction",
        root("(np.sqrt(s / (1 - decay ** (step + 1))) + epsilon)"),
    ),
    Fault(
        "rmsprop",
        "the mean is centred",
        "forward",
        "centered",
        edited(
            "rmsprop",
            (START, f"{START}\n    m: Array = 0"),
            (S, f"{S}\n        m = decay * m + (1 - decay) * g"),
            (ROOT, "(np.sqrt(np.maximum(s - m * m, 0)) + epsilon)"),
        ),
    ),
    Fault(
        "rmsprop",
        "the step takes the mean before its update",
        "forward",
        "old_state",
        edited(
            "rmsprop",
            (f"        {S}\n        {STEP}\n", f"        {STEP}\n        {S}\n"),
            (START, START.replace("= ", "= 0 * gradients[0] + ")),
        ),
    ),
    Fault(
        "rmsprop",
        "divided by the mean, not by its root",
        "forward",
        "no_root",
        root("(s + epsilon)"),
    ),
    Fault(
        "rmsprop",
        "the mean starts at the first square",
        "forward",
        "starts_at_first",
        edited("rmsprop", (START, "s: Array = gradients[0] * gradients[0]")),
    ),
    Fault(
        "rmsprop",
        "the mean of the magnitudes",
        "forward",
        "not_squared",
        accumulator("s = decay * s + (1 - decay) * np.abs(g)"),
    ),
    Fault(
        "rmsprop",
        "squares are summed without decay, as in AdaGrad",
        "forward",
        "undecayed",
        accumulator("s = s + g * g"),
    ),
    Fault(
        "rmsprop",
        "the larger of root and ε",
        "forward",
        "larger_of_epsilon",
        root("np.maximum(np.sqrt(s), epsilon)"),
    ),
    Fault(
        "rmsprop",
        "a mean over all entries",
        "forward",
        "joint",
        accumulator("s = decay * s + (1 - decay) * np.sum(g * g) / np.size(g)"),
    ),
    Fault(
        "rmsprop",
        "the gradient is added",
        "forward",
        "sign",
        edited("rmsprop", (STEP, STEP.replace("- ", "+ ", 1))),
    ),
    Fault(
        "rmsprop",
        "without ε, so that a gradient of 0 gives NaN",
        "stability",
        "ignored(epsilon)",
        quiet(root("np.sqrt(s)")),
    ),
    Fault(
        "rmsprop",
        "centred, with ε subtracted under the root",
        "stability",
        None,
        edited(
            "rmsprop",
            (START, f"{START}\n    m: Array = 0"),
            (S, f"{S}\n        m = decay * m + (1 - decay) * g"),
            (
                f"        {STEP}\n",
                "        with np.errstate(all='ignore'):\n"
                "            parameter = parameter - learning_rate * g / np.sqrt(s - (m * m + epsilon))\n",
            ),
        ),
        seen="tfjs 4.22",
    ),
    Fault(
        "rmsprop",
        "the mean starts again after 16 steps",
        "shape",
        "size(P)",
        accumulator(S.replace("decay * s", "(decay if step % 16 else 0) * s")),
    ),
    Fault(
        "rmsprop",
        "the rest after blocks of 16 stays as it was",
        "shape",
        "size(...)",
        rest_of_a_block_left("rmsprop", 16),
    ),
    Fault(
        "rmsprop",
        "the gradients are read without their strides",
        "shape",
        "strides",
        without_strides("rmsprop", 1),
    ),
    Fault(
        "rmsprop",
        "the mean is kept in float32",
        "precision",
        "coarse(float32)",
        accumulator(f"with np.errstate(all='ignore'):\n            s = np.float32({S[4:]}).astype(g.dtype)"),
    ),
    Fault("rmsprop", "computed in float16", "precision", "coarse(float16)", through(np.float16, "rmsprop")),
    Fault(
        "rmsprop",
        "one array for all steps, so that each shows the last",
        "state",
        None,
        edited("rmsprop", *one_array_for_all_steps(UPDATE)),
    ),
    Fault(
        "rmsprop",
        "the caller's parameter is updated",
        "state",
        "in_place",
        edited("rmsprop", *parameter_in_place(UPDATE)),
    ),
    Fault(
        "rmsprop",
        "every result is returned in the same buffer",
        "state",
        "aliasing",
        in_one_buffer("rmsprop"),
    ),
    Fault(
        "rmsprop",
        "the mean goes on from the last call",
        "state",
        "state",
        edited("rmsprop", *carried_over(s="initial_convention")),
    ),
)
