"""Wrong stochastic gradient descents."""

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._buffers import in_one_buffer, without_strides
from wrong._formats import through
from wrong._steps import one_array_for_all_steps, parameter_in_place, rest_of_a_block_left

UPDATE = "learning_rate * gradients[step]"
STEP = f"parameter = parameter - {UPDATE}"
APPEND = "        parameters.append(parameter)\n"


def changed(change: Callable[..., np.ndarray]) -> Callable[[], Functions]:
    """Another function of (parameter, gradients, learning_rate)."""

    def functions() -> Functions:
        def sgd(parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float) -> np.ndarray:
            return change(parameter, gradients, learning_rate)

        return {"sgd": sgd}

    return functions


def right(parameter: np.ndarray, gradients: np.ndarray, learning_rate: float) -> np.ndarray:
    return of_reference("sgd")(parameter, gradients, learning_rate=learning_rate)


def goes_on_from_the_last_call() -> Functions:
    last: dict[tuple[int, ...], np.ndarray] = {}

    def sgd(parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float) -> np.ndarray:
        start = last.get(parameter.shape, parameter).astype(parameter.dtype)
        parameters = right(start, gradients, learning_rate)
        last[parameter.shape] = parameters[-1].copy()
        return parameters

    return {"sgd": sgd}


FAULTS = (
    Fault(
        "sgd",
        "the gradient is added",
        "forward",
        "sign",
        edited("sgd", (STEP, STEP.replace("- ", "+ "))),
    ),
    Fault(
        "sgd",
        "the learning rate is left out",
        "forward",
        "fixed(learning_rate=1)",
        edited("sgd", (UPDATE, "gradients[step]")),
    ),
    Fault(
        "sgd",
        "the parameter before each step is returned",
        "forward",
        "before_step",
        edited("sgd", (f"        {STEP}\n{APPEND}", f"{APPEND}        {STEP}\n")),
    ),
    Fault(
        "sgd",
        "every step starts from the first parameter",
        "forward",
        "not_cumulative",
        edited("sgd", (f"        {STEP}\n{APPEND}", f"        parameters.append(parameter - {UPDATE})\n")),
    ),
    Fault(
        "sgd",
        "the parameter decays by 0.01 of itself",
        "forward",
        None,
        edited("sgd", (UPDATE, "learning_rate * (gradients[step] + 0.01 * parameter)")),
    ),
    Fault(
        "sgd",
        "the gradient is divided by the first axis, as if that were the batch",
        "forward",
        None,
        changed(lambda p, g, rate: right(p, g, rate / (p.shape[0] if p.ndim else 1))),
    ),
    Fault(
        "sgd",
        "the learning rate is divided by the number of the step",
        "forward",
        None,
        edited("sgd", (UPDATE, "learning_rate / (step + 1) * gradients[step]")),
    ),
    Fault(
        "sgd",
        "the gradients are taken from the last to the first",
        "forward",
        "time_reversed",
        changed(lambda p, g, rate: right(p, g[::-1], rate)),
    ),
    Fault(
        "sgd",
        "every gradient is clipped at 1 without a word",
        "stability",
        None,
        changed(lambda p, g, rate: right(p, np.clip(g, -1, 1), rate)),
    ),
    Fault(
        "sgd",
        "NaN gradients are skipped",
        "stability",
        "nan_lost",
        changed(lambda p, g, rate: right(p, np.where(np.isnan(g), 0, g), rate)),
    ),
    Fault(
        "sgd",
        "the rest after blocks of 8 stays as it was",
        "shape",
        "size(...)",
        rest_of_a_block_left("sgd", 8),
    ),
    Fault(
        "sgd",
        "a single number becomes an array of one",
        "shape",
        "unsqueezed",
        changed(lambda p, g, rate: right(p, g, rate) if p.ndim else right(p, g, rate)[:, None]),
    ),
    Fault(
        "sgd", "the gradients are read without their strides", "shape", "strides", without_strides("sgd", 1)
    ),
    Fault("sgd", "the parameter is read without its strides", "shape", "strides", without_strides("sgd", 0)),
    Fault(
        "sgd",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "sgd"),
        seen="mxnet 1.9.1",
    ),
    Fault(
        "sgd",
        "one array for all steps, so that each shows the last",
        "state",
        None,
        edited("sgd", *one_array_for_all_steps(UPDATE)),
    ),
    Fault(
        "sgd",
        "the caller's parameter is updated",
        "state",
        "in_place",
        edited("sgd", *parameter_in_place(UPDATE)),
    ),
    Fault("sgd", "every result is returned in the same buffer", "state", "aliasing", in_one_buffer("sgd")),
    Fault("sgd", "it goes on from where the last call ended", "state", "state", goes_on_from_the_last_call),
)
