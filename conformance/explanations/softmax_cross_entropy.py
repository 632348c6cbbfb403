"""What implementations of `softmax_cross_entropy` get wrong: the shift, the label's entry, what is
averaged."""

from __future__ import annotations

import numpy as np

from ._changed import backward, forward
from ._edited import as_if
from ._explanation import Answer, Question, specified
from .softmax import unshifted

_GRADIENT = "np.where(is_label, p - 1, p)"


def _log_of_p(question: Question) -> Answer:
    """−log of a softmax that overflows, or of a p that has become 0, in the format itself."""
    logits, labels = question.inputs
    with np.errstate(all="ignore"):
        p = unshifted(logits, question.dtype).astype(question.dtype)
        return [np.asarray(-np.mean(np.log(p[np.arange(len(labels)), labels]))).astype(np.float64)]


def _gradient_of_unshifted(question: Question) -> Answer:
    assert question.cotangents is not None
    logits, labels = question.inputs
    p = unshifted(logits, question.dtype)
    return [(p - np.eye(logits.shape[1])[labels]) / len(labels) * question.cotangents[0]]


def _vanishing(question: Question) -> Answer:
    """−log p of a stable softmax: ∞ where p underflows."""
    logits, labels = question.inputs
    with np.errstate(all="ignore"):
        shifted = (logits - np.max(logits, axis=-1, keepdims=True)).astype(question.dtype)
        p = unshifted(shifted, question.dtype).astype(question.dtype)
        return [np.asarray(-np.mean(np.log(p[np.arange(len(labels)), labels]))).astype(np.float64)]


def _shared_shift(question: Question) -> Answer:
    """One maximum for all rows."""
    logits, labels = question.inputs
    with np.errstate(all="ignore"):
        shifted = (logits - np.max(logits)).astype(question.dtype)
        log_sum = np.log(np.sum(np.exp(shifted), axis=-1))
        return [np.asarray(np.mean(log_sum - shifted[np.arange(len(labels)), labels])).astype(np.float64)]


def _of_probabilities(question: Question) -> Answer:
    """The softmax is taken of probabilities: it is applied twice."""
    logits, _ = question.inputs
    shifted = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return specified(question.with_input("logits", shifted / np.sum(shifted, axis=-1, keepdims=True)))


EXPLANATIONS = (
    forward("unshifted", "exp is taken without subtracting the row's maximum: it overflows", _log_of_p),
    backward(
        "unshifted",
        "exp is taken without subtracting the row's maximum: it overflows",
        _gradient_of_unshifted,
    ),
    forward(
        "log_of_p", "the logarithm is taken of p, which underflows: the loss comes out infinite", _vanishing
    ),
    forward("shift(all)", "one maximum is subtracted from all rows: rows far below it vanish", _shared_shift),
    forward(
        "applied_twice",
        "the softmax is applied twice: the logits are taken for probabilities",
        _of_probabilities,
    ),
    *(
        as_if("softmax_cross_entropy", cause, sentence, *changes)
        for cause, sentence, *changes in (
            ("missing(label)", "dlogits is p: 1 is not subtracted at the label", (_GRADIENT, "p")),
            (
                "label_only",
                "only the label's entry has a gradient",
                (_GRADIENT, "np.where(is_label, p - 1, 0)"),
            ),
            (
                "missing(p)",
                "dlogits is −1 at the label and 0 elsewhere",
                (_GRADIENT, "np.where(is_label, -1.0, 0.0)"),
            ),
            (
                "twice(softmax)",
                "the softmax is differentiated once more after p − one_hot",
                (
                    _GRADIENT + " / N",
                    "p * (" + _GRADIENT + " - np.sum(p * " + _GRADIENT + ", axis=-1, keepdims=True)) / N",
                ),
            ),
            ("missing(log_sum)", "the loss is −logits[label]: log Σ exp is missing", ("log_sum - s[", "-s[")),
            (
                "missing(shift)",
                "the maximum is added again to one of the two terms only",
                ("log_sum - s[", "log_sum + np.max(logits, axis=-1) - s["),
            ),
            (
                "ignored(labels)",
                "labels of all rows meet in each row",
                ("s[np.arange(N), labels]", "np.sum(s[:, labels], axis=-1)"),
            ),
        )
    ),
)
