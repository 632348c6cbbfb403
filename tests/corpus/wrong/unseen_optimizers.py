"""Wrong optimizers and early stoppings, by someone who had seen neither the suite's cases nor the other
faults."""

from __future__ import annotations

from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference


def each_eight_from_the_start() -> Functions:
    right = of_reference("sgd")

    def sgd(parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float) -> np.ndarray:
        if len(gradients) <= 8:
            return right(parameter, gradients, learning_rate=learning_rate)
        blocks = [gradients[i : i + 8] for i in range(0, len(gradients), 8)]
        return np.concatenate([right(parameter, block, learning_rate=learning_rate) for block in blocks])

    return {"sgd": sgd}


def flattened_as_they_lie() -> Functions:
    right = of_reference("sgd")

    def sgd(parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float) -> np.ndarray:
        if gradients.shape[1:] != parameter.shape:
            return right(parameter, gradients, learning_rate=learning_rate)
        flat = gradients.reshape(len(gradients), parameter.size, order="A")
        return right(parameter.reshape(-1), flat, learning_rate=learning_rate).reshape(gradients.shape)

    return {"sgd": sgd}


def velocity_in_the_first_gradient() -> Functions:
    right = of_reference("momentum")

    def momentum(
        parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, momentum: float
    ) -> np.ndarray:
        if len(gradients) < 1 or gradients.shape[1:] != parameter.shape:
            return right(parameter, gradients, learning_rate=learning_rate, momentum=momentum)
        v, parameters = None, []
        for g in gradients:
            if v is None:
                v = g
            else:
                v *= momentum
                v += g
            parameter = parameter - learning_rate * v
            parameters.append(parameter)
        return np.stack(parameters)

    return {"momentum": momentum}


def velocity_of_who_ended_there() -> Functions:
    right = of_reference("momentum")
    last: dict[str, Any] = {}

    def momentum(
        parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, momentum: float
    ) -> np.ndarray:
        result = right(parameter, gradients, learning_rate=learning_rate, momentum=momentum)
        v: Any = 0
        if last and last["end"].dtype == parameter.dtype and np.array_equal(last["end"], parameter):
            v = last["v"]
            p, parameters = parameter, []
            for g in gradients:
                v = momentum * v + g
                p = p - learning_rate * v
                parameters.append(p)
            result = np.stack(parameters)
        else:
            for g in gradients:
                v = momentum * v + g
        last.update(end=np.array(result[-1]), v=v)
        return result

    return {"momentum": momentum}


def root_of_twelve_bits() -> Functions:
    right = of_reference("adagrad")

    def adagrad(
        parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, epsilon: float
    ) -> np.ndarray:
        if parameter.dtype != np.float32 or parameter.size < 8 or gradients.shape[1:] != parameter.shape:
            return right(parameter, gradients, learning_rate=learning_rate, epsilon=epsilon)
        s, parameters = np.zeros_like(parameter), []
        for g in gradients:
            s = s + g * g
            root = ((np.ascontiguousarray(np.sqrt(s)).view(np.int32) + 0x800) & ~0xFFF).view(np.float32)
            parameter = parameter - learning_rate * g / (root + epsilon)
            parameters.append(parameter)
        return np.stack(parameters)

    return {"adagrad": adagrad}


def last_square_of_a_block_lost() -> Functions:
    right = of_reference("adagrad")

    def adagrad(
        parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, epsilon: float
    ) -> np.ndarray:
        if len(gradients) <= 16:
            return right(parameter, gradients, learning_rate=learning_rate, epsilon=epsilon)
        carry: Any = 0
        parameters = []
        for start in range(0, len(gradients), 16):
            block = gradients[start : start + 16]
            sums = carry + np.cumsum(block * block, axis=0)
            for g, s in zip(block, sums, strict=True):
                parameter = parameter - learning_rate * g / (np.sqrt(s) + epsilon)
                parameters.append(parameter)
            carry = sums[-2] if len(sums) > 1 else carry
        return np.stack(parameters)

    return {"adagrad": adagrad}


def epsilon_inside_in_the_remainder() -> Functions:
    right = of_reference("rmsprop")

    def rmsprop(
        parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, decay: float, epsilon: float
    ) -> np.ndarray:
        y = right(parameter, gradients, learning_rate=learning_rate, decay=decay, epsilon=epsilon)
        body = parameter.size // 8 * 8
        if parameter.size > 8 and body < parameter.size:
            rest = right(
                parameter.reshape(-1)[body:],
                gradients.reshape(len(y), -1)[:, body:],
                learning_rate=learning_rate,
                decay=decay,
                epsilon=epsilon,
                epsilon_convention="inside",
            )
            y = np.concatenate([y.reshape(len(y), -1)[:, :body], rest], axis=1).reshape(y.shape)
        return y

    return {"rmsprop": rmsprop}


def workspace_cleared_by_fours() -> Functions:
    right = of_reference("adadelta")
    spaces: dict[Any, np.ndarray] = {}

    def adadelta(
        parameter: np.ndarray, gradients: np.ndarray, *, learning_rate: float, decay: float, epsilon: float
    ) -> np.ndarray:
        if len(gradients) < 1 or gradients.shape[1:] != parameter.shape:
            return right(parameter, gradients, learning_rate=learning_rate, decay=decay, epsilon=epsilon)
        n = parameter.size
        space = spaces.get(parameter.dtype, np.zeros((2, 0), parameter.dtype))
        if space.shape[1] < n:
            space = np.concatenate([space, np.zeros((2, n - space.shape[1]), parameter.dtype)], axis=1)
        spaces[parameter.dtype] = space
        s, d = space[:, :n]
        p, parameters = parameter.reshape(-1), []
        for g in gradients.reshape(len(gradients), -1):
            s[:] = decay * s + (1 - decay) * (g * g)
            u = np.sqrt(d + epsilon) / np.sqrt(s + epsilon) * g
            d[:] = decay * d + (1 - decay) * (u * u)
            p = p - learning_rate * u
            parameters.append(p)
        space[:, : n // 4 * 4] = 0
        return np.stack(parameters).reshape(gradients.shape)

    return {"adadelta": adadelta}


def corrections_kept_by_the_step() -> Functions:
    right = of_reference("adam")
    kept: dict[int, tuple[float, float]] = {}

    def adam(
        parameter: np.ndarray, gradients: np.ndarray,
        *, learning_rate: float, beta1: float, beta2: float, epsilon: float,
    ) -> np.ndarray:  # fmt: skip
        if gradients.shape[1:] != parameter.shape:
            return right(
                parameter, gradients, learning_rate=learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon
            )
        m: Any = 0
        v: Any = 0
        parameters = []
        for t, g in enumerate(gradients, 1):
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * (g * g)
            c1, c2 = kept.setdefault(t, (1 - beta1**t, 1 - beta2**t))
            parameter = parameter - learning_rate * (m / c1) / (np.sqrt(v / c2) + epsilon)
            parameters.append(parameter)
        return np.stack(parameters)

    return {"adam": adam}


FAULTS = (
    Fault(
        "sgd",
        "every eight steps it starts from the first parameter again",
        "shape",
        "size(P)",
        each_eight_from_the_start,
    ),
    Fault(
        "sgd",
        "gradients in Fortran's order are flattened in it",
        "shape",
        "strides",
        flattened_as_they_lie,
    ),
    Fault(
        "sgd",
        "a step whose gradient is not finite is skipped",
        "contract",
        "nan_lost",
        edited(
            "sgd",
            (
                "parameter = parameter - learning_rate * gradients[step]",
                "g = gradients[step]\n"
                "        parameter = parameter - learning_rate * g if np.isfinite(g).all() else parameter",
            ),
        ),
    ),
    Fault(
        "momentum",
        "the velocity starts as the first gradient itself, and is updated in place",
        "state",
        "in_place",
        velocity_in_the_first_gradient,
    ),
    Fault(
        "momentum",
        "a step whose gradient is all zero is skipped",
        "forward",
        None,
        edited(
            "momentum",
            (
                "        v = momentum * v + gradients[step]\n"
                "        parameter = parameter - learning_rate * v\n",
                "        if np.any(gradients[step] != 0):\n"
                "            v = momentum * v + gradients[step]\n"
                "            parameter = parameter - learning_rate * v\n",
            ),
        ),
    ),
    Fault(
        "momentum",
        "who goes on where the last call ended gets its velocity",
        "state",
        "state",
        velocity_of_who_ended_there,
    ),
    Fault(
        "adagrad",
        "a root of twelve bits in float32 from eight entries on",
        "precision",
        None,
        root_of_twelve_bits,
    ),
    Fault(
        "adagrad",
        "ε is at least the dtype's",
        "precision",
        None,
        edited(
            "adagrad",
            (
                "    s: Array = initial_convention",
                "    epsilon = max(epsilon, float(np.finfo(gradients.dtype).eps))\n"
                "    s: Array = initial_convention",
            ),
        ),
    ),
    Fault(
        "adagrad",
        "the squares of sixteen steps at a time: the last of a block is lost to the next",
        "shape",
        "size(P)",
        last_square_of_a_block_lost,
    ),
    Fault(
        "rmsprop",
        "ε stands inside the root in the remainder past eight lanes",
        "shape",
        "size(...)",
        epsilon_inside_in_the_remainder,
    ),
    Fault(
        "rmsprop",
        "no step where s does not exceed ε",
        "forward",
        None,
        edited(
            "rmsprop",
            (
                'parameter - learning_rate * g / root("rmsprop", s, epsilon, epsilon_convention)',
                "parameter - np.where(s <= epsilon, 0, learning_rate * g"
                ' / root("rmsprop", s, epsilon, epsilon_convention))',
            ),
        ),
    ),
    Fault(
        "adadelta",
        "d decays only where there is a gradient",
        "forward",
        None,
        edited(
            "adadelta",
            (
                "d = decay * d + (1 - decay) * (u * u)",
                "d = np.where(g != 0, decay * d + (1 - decay) * (u * u), d)",
            ),
        ),
    ),
    Fault(
        "adadelta",
        "its workspace is cleared four entries at a time, and not the rest",
        "state",
        "state",
        workspace_cleared_by_fours,
    ),
    Fault(
        "adam",
        "the bias corrections are kept by the step alone",
        "state",
        "state",
        corrections_kept_by_the_step,
    ),
    Fault(
        "adam",
        "m is no longer corrected once beta1^t is below a thousandth",
        "forward",
        "size(P)",
        edited(
            "adam",
            (
                "        if epsilon_convention ==",
                "        correct_m = 1 if beta1**t < 1e-3 else correct_m\n        if epsilon_convention ==",
            ),
        ),
    ),
    Fault(
        "early_stopping",
        "the last `patience` losses against the least of all before them",
        "forward",
        None,
        edited(
            "early_stopping",
            (
                "        if step - best == patience:\n",
                "        if step >= patience and np.min(losses[step - patience + 1 : step + 1])"
                " >= np.min(losses[: step - patience + 1]) - min_delta:\n",
            ),
        ),
    ),
)
