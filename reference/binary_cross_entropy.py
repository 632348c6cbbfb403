"""The binary cross-entropy of logits (Good 1952): loss = −Σ_n (t log σ(z) + (1 − t) log(1 − σ(z))) / N.

logits z[N], target t[N] in [0, 1] → loss[]. As log σ(z) = −log(1 + exp(−z)), a term is max(z, 0) − z t +
log(1 + exp(−|z|)), which no logit overflows. dlogits = dloss · (σ(z) − t) / N; the target has no gradient.
"""

import numpy as np

from . import Array
from ._validate import fit
from .sigmoid import sigmoid


def binary_cross_entropy(logits: Array, target: Array) -> Array:
    fit("binary_cross_entropy", logits=(logits, "N"), target=(target, "N"))
    (N,) = logits.shape
    # log1p: beside a 1, an exp(−|z|) below the rounding error would be lost.
    return np.sum(np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits)))) / N


def binary_cross_entropy_vjp(dloss: Array, logits: Array, target: Array) -> tuple[Array]:
    fit("binary_cross_entropy", logits=(logits, "N"), target=(target, "N"), dloss=(dloss, ""))
    (N,) = logits.shape
    return ((sigmoid(logits) - target) / N * dloss,)
