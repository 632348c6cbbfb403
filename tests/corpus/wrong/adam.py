"""Wrong Adams."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import quiet

M = "m = beta1 * m + (1 - beta1) * g"
V = "v = beta2 * v + (1 - beta2) * (g * g)"
T = "t = step + 1"
CORRECT = "(1 - beta1**t, 1 - beta2**t)"
ROOT = "root = np.sqrt(v / correct_v) + epsilon"
UPDATE = "learning_rate * (m / correct_m) / root"
STEP = f"parameter = parameter - {UPDATE}"


def replaced(before: str, after: str) -> Callable[[], Functions]:
    return edited("adam", (before, after))


def with_attributes(**changes: Callable[[dict[str, float]], float | str | bool]) -> Callable[[], Functions]:
    """The reference, called with other attributes: `name: value of (attributes)`."""

    def functions() -> Functions:
        def adam(
            parameter: np.ndarray,
            gradients: np.ndarray,
            *,
            learning_rate: float,
            beta1: float,
            beta2: float,
            epsilon: float,
        ) -> np.ndarray:
            given = {"learning_rate": learning_rate, "beta1": beta1, "beta2": beta2, "epsilon": epsilon}
            changed = {name: change(given) for name, change in changes.items()}
            return of_reference("adam")(parameter, gradients, **{**given, **changed})

        return {"adam": adam}

    return functions


FAULTS = (
    Fault(
        "adam",
        "ε is added before the correction",
        "forward",
        "convention(adam.epsilon=before_correction)",
        with_attributes(epsilon_convention=lambda given: "before_correction"),
        seen="keras 3.15.1",
    ),
    Fault(
        "adam",
        "no bias correction",
        "forward",
        "convention(adam.bias_correction=False)",
        with_attributes(bias_correction_convention=lambda given: False),
        seen="mlx 0.32.4",
    ),
    Fault(
        "adam",
        "β₁ and β₂ exchanged",
        "forward",
        "exchanged(beta1,beta2)",
        with_attributes(beta1=lambda given: given["beta2"], beta2=lambda given: given["beta1"]),
    ),
    Fault("adam", "the correction counts from 2", "forward", "off_by_one(t)", replaced(T, "t = step + 2")),
    Fault(
        "adam",
        "the correction counts from 0, and the first step divides by 0",
        "forward",
        "off_by_one(t)",
        quiet(replaced(T, "t = step")),
    ),
    Fault(
        "adam",
        "only m is corrected",
        "forward",
        "correction_missing(v)",
        replaced(CORRECT, "(1 - beta1**t, 1)"),
    ),
    Fault(
        "adam",
        "only v is corrected",
        "forward",
        "correction_missing(m)",
        replaced(CORRECT, "(1, 1 - beta2**t)"),
    ),
    Fault(
        "adam",
        "the correction does not see the step: always 1 − β",
        "forward",
        "constant_correction",
        replaced(CORRECT, "(1 - beta1, 1 - beta2)"),
    ),
    Fault(
        "adam",
        "the root is divided by the correction of v, without its root",
        "forward",
        None,
        replaced(ROOT, "root = np.sqrt(v) / correct_v + epsilon"),
    ),
    Fault(
        "adam",
        "ε inside the root",
        "forward",
        "epsilon_inside",
        replaced(ROOT, "root = np.sqrt(v / correct_v + epsilon)"),
    ),
    Fault(
        "adam",
        "the largest v so far, as in AMSGrad",
        "forward",
        "amsgrad",
        edited(
            "adam",
            (V, f"{V}\n        largest = np.maximum(largest, v)"),
            ("v: Array = 0\n", "v: Array = 0\n    largest: Array = 0\n"),
            (
                ROOT,
                ROOT.replace("v /", "largest /"),
            ),
        ),
    ),
    Fault(
        "adam",
        "the largest magnitude, as in AdaMax",
        "forward",
        None,
        edited("adam", (V, "v = np.maximum(beta2 * v, np.abs(g))"), (ROOT, "root = v + epsilon")),
    ),
    Fault(
        "adam",
        "Nesterov's look-ahead",
        "forward",
        None,
        replaced(UPDATE, "learning_rate * ((beta1 * m + (1 - beta1) * g) / correct_m) / root"),
    ),
    Fault(
        "adam",
        "the gradient in place of its mean",
        "forward",
        None,
        replaced("(m / correct_m)", "g"),
    ),
    Fault(
        "adam",
        "v gathers the square of m",
        "forward",
        None,
        replaced(V, V.replace("g * g", "m * m")),
    ),
    Fault(
        "adam",
        "m gathers the gradient with factor 1",
        "forward",
        None,
        replaced(M, "m = beta1 * m + g"),
    ),
    Fault(
        "adam",
        "v decays by β₁",
        "forward",
        None,
        replaced(V, "v = beta1 * v + (1 - beta1) * (g * g)"),
    ),
    Fault(
        "adam",
        "the parameter decays by 0.01 of itself",
        "forward",
        None,
        replaced(UPDATE, f"learning_rate * 0.01 * parameter - {UPDATE}"),
    ),
    Fault(
        "adam",
        "the step is added",
        "forward",
        "sign",
        replaced(STEP, STEP.replace("- ", "+ ", 1)),
    ),
)
