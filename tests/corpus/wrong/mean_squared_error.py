"""Wrong mean squared errors."""

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._buffers import in_one_buffer, own, without_strides
from wrong._formats import through

R = "r = prediction - target"
LOSS = "return np.sum(r * r) / (N * K)"
GRADIENT = "dprediction = 2 * (prediction - target) / (N * K) * dloss"
RETURN = "return dprediction, -dprediction"


def target_subtracted_in_place() -> Functions:
    def mean_squared_error(prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
        r = own(prediction)
        r -= target
        return of_reference("mean_squared_error")(r, np.zeros_like(target))

    return {"mean_squared_error": mean_squared_error}


def batch_of_the_first_call() -> Functions:
    """The factor 2 / (N K) is kept by width, and the batch that it was made for is forgotten."""
    factors: dict[int, float] = {}

    def mean_squared_error_vjp(
        dloss: np.ndarray, prediction: np.ndarray, target: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        dprediction, dtarget = of_reference("mean_squared_error_vjp")(dloss, prediction, target)
        N, K = prediction.shape
        off = N / factors.setdefault(K, N)
        return dprediction * off, dtarget * off

    return {"mean_squared_error_vjp": mean_squared_error_vjp}


FAULTS = (
    Fault(
        "mean_squared_error",
        "half the square",
        "forward",
        "scaled(1/2)",
        edited("mean_squared_error", (LOSS, LOSS + " / 2"), (GRADIENT, GRADIENT.replace("2 * ", ""))),
        seen="optax 0.2.8",
    ),
    Fault(
        "mean_squared_error",
        "the sum is divided by the batch alone",
        "forward",
        "scaled(K)",
        edited(
            "mean_squared_error",
            (LOSS, LOSS.replace("N * K", "N")),
            (GRADIENT, GRADIENT.replace("N * K", "N")),
        ),
        seen="dezero 0.0.13",
    ),
    Fault(
        "mean_squared_error",
        "the sum is divided by the square of the batch",
        "forward",
        "scaled(K/N)",
        edited(
            "mean_squared_error",
            (LOSS, LOSS.replace("N * K", "N * N")),
            (GRADIENT, GRADIENT.replace("N * K", "N * N")),
        ),
    ),
    Fault(
        "mean_squared_error",
        "the sum over all entries",
        "forward",
        "scaled(N K)",
        edited(
            "mean_squared_error",
            (LOSS, "return np.sum(r * r)"),
            (GRADIENT, GRADIENT.replace("/ (N * K) ", "")),
        ),
    ),
    Fault(
        "mean_squared_error",
        "the root of the mean",
        "forward",
        "root",
        edited("mean_squared_error", (LOSS, "return np.sqrt(np.sum(r * r) / (N * K))")),
    ),
    Fault(
        "mean_squared_error",
        "the mean of the magnitudes",
        "forward",
        "absolute",
        edited(
            "mean_squared_error",
            (LOSS, "return np.sum(np.abs(r)) / (N * K)"),
            (GRADIENT, "dprediction = np.sign(prediction - target) / (N * K) * dloss"),
        ),
    ),
    Fault(
        "mean_squared_error",
        "the gradient lacks the factor 2",
        "backward",
        "scaled(1/2)",
        edited("mean_squared_error", (GRADIENT, GRADIENT.replace("2 * ", ""))),
    ),
    Fault(
        "mean_squared_error",
        "the target's gradient has the prediction's sign",
        "backward",
        "sign",
        edited("mean_squared_error", (RETURN, "return dprediction, dprediction.copy()")),
    ),
    Fault(
        "mean_squared_error",
        "the target is a constant to the gradient",
        "backward",
        "zero",
        edited("mean_squared_error", (RETURN, "return dprediction, np.zeros_like(dprediction)")),
    ),
    Fault(
        "mean_squared_error",
        "the gradient leaves out the cotangent",
        "backward",
        "cotangent_ignored",
        edited("mean_squared_error", (GRADIENT, GRADIENT.removesuffix(" * dloss"))),
    ),
    Fault(
        "mean_squared_error",
        "the gradient of a mean over the batch alone",
        "backward",
        "scaled(K)",
        edited("mean_squared_error", (GRADIENT, GRADIENT.replace("N * K", "N"))),
    ),
    Fault(
        "mean_squared_error",
        "the square is multiplied out, and close values cancel",
        "stability",
        None,
        edited(
            "mean_squared_error",
            (
                LOSS,
                "s = np.sum(prediction * prediction) - 2 * np.sum(prediction * target)\n"
                "    return (s + np.sum(target * target)) / (N * K)",
            ),
        ),
    ),
    Fault(
        "mean_squared_error",
        "NaN residuals are left out of the sum",
        "stability",
        "nan_lost",
        edited("mean_squared_error", (LOSS, LOSS.replace("np.sum", "np.nansum"))),
    ),
    Fault(
        "mean_squared_error",
        "a single column is broadcast against the flattened target",
        "shape",
        "size(K)",
        edited(
            "mean_squared_error",
            (R, "r = prediction - target.T if K == 1 else prediction - target"),
            (LOSS, LOSS.replace("N * K", "r.size")),
        ),
    ),
    Fault(
        "mean_squared_error",
        "columns past 16 are left out",
        "shape",
        "size(K)",
        edited("mean_squared_error", (R, "r = (prediction - target)[:, :16]")),
    ),
    Fault(
        "mean_squared_error",
        "the prediction is read without its strides",
        "shape",
        "strides",
        without_strides("mean_squared_error", 0),
    ),
    Fault(
        "mean_squared_error",
        "the gradient reads the target without its strides",
        "shape",
        "strides",
        without_strides("mean_squared_error_vjp", 2),
    ),
    Fault(
        "mean_squared_error",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "mean_squared_error", "mean_squared_error_vjp"),
        seen="keras 3.15.1",
    ),
    Fault(
        "mean_squared_error",
        "the gradient is computed in float16",
        "precision",
        "coarse(float16)",
        through(np.float16, "mean_squared_error_vjp"),
    ),
    Fault(
        "mean_squared_error",
        "the target is subtracted from the caller's prediction",
        "state",
        "in_place",
        target_subtracted_in_place,
    ),
    Fault(
        "mean_squared_error",
        "both gradients are returned in the same buffers",
        "state",
        "aliasing",
        in_one_buffer("mean_squared_error_vjp"),
    ),
    Fault(
        "mean_squared_error",
        "the gradient keeps the batch size of the first call of a width",
        "state",
        "state",
        batch_of_the_first_call,
    ),
)
