"""The mean squared error (least squares: Legendre 1805): loss = Σ (prediction − target)² / (N K).

prediction[N,K], target[N,K] → loss[]. dprediction = dloss · 2 (prediction − target) / (N K) = −dtarget.
"""

import numpy as np

from . import Array
from ._validate import fit


def mean_squared_error(prediction: Array, target: Array) -> Array:
    fit("mean_squared_error", prediction=(prediction, "N K"), target=(target, "N K"))
    N, K = prediction.shape
    r = prediction - target
    return np.sum(r * r) / (N * K)


def mean_squared_error_vjp(dloss: Array, prediction: Array, target: Array) -> tuple[Array, Array]:
    fit("mean_squared_error", prediction=(prediction, "N K"), target=(target, "N K"), dloss=(dloss, ""))
    N, K = prediction.shape
    dprediction = 2 * (prediction - target) / (N * K) * dloss
    return dprediction, -dprediction
