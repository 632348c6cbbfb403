"""The cross-entropy of a softmax (Bridle 1990): loss = Σ_n (log Σ_k exp(z[n,k]) − z[n,labels[n]]) / N.

logits z[N,K], labels int[N] in 0 … K−1 → loss[]. dlogits = dloss · (softmax(z) − one_hot(labels)) / N.
"""

import numpy as np

from . import Array
from ._validate import fit, within
from .softmax import softmax


def softmax_cross_entropy(logits: Array, labels: Array) -> Array:
    fit("softmax_cross_entropy", logits=(logits, "N K"), labels=(labels, "N"))
    N, K = logits.shape
    within("softmax_cross_entropy", 0, K - 1, labels=labels)
    # Both terms after the shift: of logits near 1e4, their difference would have lost its digits.
    s = logits - np.max(logits, axis=-1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(s), axis=-1))  # [N]
    return np.sum(log_sum - s[np.arange(N), labels]) / N


def softmax_cross_entropy_vjp(dloss: Array, logits: Array, labels: Array) -> tuple[Array]:
    fit("softmax_cross_entropy", logits=(logits, "N K"), labels=(labels, "N"), dloss=(dloss, ""))
    N, K = logits.shape
    within("softmax_cross_entropy", 0, K - 1, labels=labels)
    p = softmax(logits)
    is_label = labels[:, None] == np.arange(K)  # [N, K]
    return (np.where(is_label, p - 1, p) / N * dloss,)
