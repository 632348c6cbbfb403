"""Wrong AdaGrads."""

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._buffers import without_strides
from wrong._changed import quiet
from wrong._formats import through
from wrong._steps import carried_over, one_array_for_all_steps, rest_of_a_block_left

S = "s = s + g * g"
ROOT = 'root("adagrad", s, epsilon, epsilon_convention)'
UPDATE = f"learning_rate * g / {ROOT}"
STEP = f"parameter = parameter - {UPDATE}"
GRADIENT = "g = gradients[step]"


def accumulator(replacement: str) -> Callable[[], Functions]:
    return edited("adagrad", (S, replacement))


def root(replacement: str) -> Callable[[], Functions]:
    return edited("adagrad", (ROOT, replacement))


def with_convention(**conventions: float | str) -> Callable[[], Functions]:
    def functions() -> Functions:
        def adagrad(
            parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, epsilon: float
        ) -> np.ndarray:
            compute = of_reference("adagrad")
            return compute(parameter, gradients, learning_rate=learning_rate, epsilon=epsilon, **conventions)

        return {"adagrad": adagrad}

    return functions


FAULTS = (
    Fault(
        "adagrad",
        "ε inside the root",
        "forward",
        "convention(adagrad.epsilon=inside)",
        with_convention(epsilon_convention="inside"),
        seen="optax 0.2.8",
    ),
    Fault(
        "adagrad",
        "the accumulator starts at 0.1",
        "forward",
        "convention(adagrad.initial=0.1)",
        with_convention(initial_convention=0.1),
        seen="keras 3.15.1",
    ),
    Fault(
        "adagrad",
        "the step takes the accumulator before its update",
        "forward",
        "old_state",
        edited(
            "adagrad",
            (f"        {S}\n        {STEP}\n", f"        {STEP}\n        {S}\n"),
            ("s: Array = ", "s: Array = 0 * gradients[0] + "),
        ),
    ),
    Fault(
        "adagrad",
        "magnitudes are gathered in place of squares",
        "forward",
        "not_squared",
        accumulator("s = s + np.abs(g)"),
    ),
    Fault(
        "adagrad",
        "divided by the accumulator, not by its root",
        "forward",
        "no_root",
        root("(s + epsilon)"),
    ),
    Fault(
        "adagrad",
        "one accumulator for all entries",
        "forward",
        None,
        accumulator("s = s + np.sum(g * g)"),
    ),
    Fault(
        "adagrad",
        "the accumulator is overwritten by the last square",
        "forward",
        "state_lost",
        accumulator("s = g * g"),
    ),
    Fault(
        "adagrad",
        "the accumulator is a mean over the steps",
        "forward",
        None,
        accumulator("s = s + (g * g - s) / (step + 1)"),
    ),
    Fault(
        "adagrad",
        "ε is added to the accumulator at every step",
        "forward",
        None,
        accumulator("s = s + g * g + epsilon"),
    ),
    Fault(
        "adagrad",
        "the gradient is added",
        "forward",
        "sign",
        edited("adagrad", (STEP, STEP.replace("- ", "+ ", 1))),
    ),
    Fault(
        "adagrad",
        "the learning rate is divided by the number of the step too",
        "forward",
        None,
        edited("adagrad", (UPDATE, UPDATE.replace("learning_rate", "learning_rate / (step + 1)"))),
    ),
    Fault(
        "adagrad",
        "without ε, so that a gradient of 0 gives NaN",
        "stability",
        "ignored(epsilon)",
        quiet(root("np.sqrt(s)")),
    ),
    Fault(
        "adagrad",
        "the larger of root and ε",
        "forward",
        None,
        root("np.maximum(np.sqrt(s), epsilon)"),
    ),
    Fault(
        "adagrad",
        "the accumulator starts again after 16 steps",
        "shape",
        "size(P)",
        accumulator("s = (s if step % 16 else 0) + g * g"),
    ),
    Fault(
        "adagrad",
        "the rest after blocks of 8 stays as it was",
        "shape",
        "size(...)",
        rest_of_a_block_left("adagrad", 8),
    ),
    Fault(
        "adagrad",
        "the parameter is read without its strides",
        "shape",
        "strides",
        without_strides("adagrad", 0),
    ),
    Fault(
        "adagrad",
        "the accumulator is kept in float16",
        "precision",
        "coarse(float16)",
        accumulator(f"with np.errstate(all='ignore'):\n            s = np.float16({S[4:]}).astype(g.dtype)"),
    ),
    Fault(
        "adagrad",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "adagrad"),
        seen="mxnet 1.9.1",
    ),
    Fault(
        "adagrad",
        "the gradients are squared in place",
        "state",
        "in_place",
        edited(
            "adagrad",
            (
                GRADIENT,
                f"{GRADIENT} * 1\n"
                "        square = gradients if gradients.flags.writeable else gradients.copy()\n"
                "        square[step] *= g",
            ),
            (S, "s = s + square[step]"),
        ),
    ),
    Fault(
        "adagrad",
        "one array for all steps, so that each shows the last",
        "state",
        None,
        edited("adagrad", *one_array_for_all_steps(UPDATE)),
    ),
    Fault(
        "adagrad",
        "the accumulator goes on from the last call",
        "state",
        "state",
        edited("adagrad", *carried_over(s="initial_convention")),
    ),
)
