"""What implementations of `binary_cross_entropy` get wrong: overflow, clipped logarithms, a term less."""

from __future__ import annotations

import numpy as np

from ._changed import Rule, forward
from ._edited import as_if
from ._explanation import Answer, Question

_TERMS = "np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits)))"
_GRADIENT = "(sigmoid(logits) - target)"


def _of_sigmoid(question: Question) -> Answer:
    """−t log σ − (1 − t) log(1 − σ) in the format itself: σ rounds to 0 or 1."""
    return [_logged(question)]


def _logged(question: Question, clip: float = 0.0) -> np.ndarray:
    z, t = (x.astype(question.dtype) for x in question.inputs)
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        if clip:
            p = np.clip(p, clip, 1 - clip)
        return np.asarray(-np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))).astype(np.float64)


def _clipped(at: float) -> Rule:
    return lambda q: [_logged(q, at)]


def _kept_between(at: float) -> Rule:
    """The logarithms of p and 1 − p, computed well, are kept between those of `at` and 1 − `at`."""

    def rule(question: Question) -> Answer:
        z, t = question.inputs
        log_p, log_q = (np.clip(-np.logaddexp(0, s), np.log(at), np.log1p(-at)) for s in (-z, z))
        return [np.asarray(-np.mean(t * log_p + (1 - t) * log_q))]

    return rule


def _log_clipped(question: Question) -> Answer:
    z, t = (x.astype(question.dtype) for x in question.inputs)
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        terms = t * np.maximum(np.log(p), -100) + (1 - t) * np.maximum(np.log(1 - p), -100)
        return [np.asarray(-np.mean(terms)).astype(np.float64)]


EXPLANATIONS = (
    forward("log_of_p", "the logarithm is taken of a sigmoid that has rounded to 0 or 1", _of_sigmoid),
    *(
        forward(
            "clipped_probability", f"the probability is clipped at {at:g} before its logarithm", clipped(at)
        )
        for at in (1e-7, 1e-8, 1e-6, 1e-12, 1e-15)
        for clipped in (_clipped, _kept_between)
    ),
    forward("clipped_logarithm", "logarithms below −100 are cut off", _log_clipped),
    *(
        as_if("binary_cross_entropy", cause, sentence, *changes)
        for cause, sentence, *changes in (
            (
                "missing(1-target)",
                "the term (1 − t) log(1 − σ(z)) is missing",
                (_TERMS, "target * (np.maximum(-logits, 0) + np.log1p(np.exp(-np.abs(logits))))"),
            ),
            (
                "missing(target)",
                "the term t log σ(z) is missing",
                (_TERMS, "(1 - target) * (np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits))))"),
            ),
            (
                "applied_twice",
                "the sigmoid is applied twice: logits are taken for probabilities",
                (
                    _TERMS,
                    "np.maximum(sigmoid(logits), 0) - sigmoid(logits) * target + "
                    "np.log1p(np.exp(-np.abs(sigmoid(logits))))",
                ),
            ),
            (
                "activation(identity)",
                "the gradient is that of z − t: the sigmoid is missing",
                (_GRADIENT, "(logits - target)"),
            ),
            (
                "twice(sigmoid)",
                "the gradient is multiplied by σ(z) (1 − σ(z)), which had cancelled",
                (_GRADIENT, "(sigmoid(logits) - target) * sigmoid(logits) * (1 - sigmoid(logits))"),
            ),
            (
                "rounded(target)",
                "the target is rounded to 0 or 1",
                ("logits * target", "logits * np.round(target)"),
            ),
            (
                "rounded(target)",
                "the target is rounded to 0 or 1",
                ("- target) / N", "- np.round(target)) / N"),
            ),
            (
                "rounded(target)",
                "the target is rounded to 0 or 1",
                ("logits * target", "logits * np.round(target)"),
                ("- target) / N", "- np.round(target)) / N"),
            ),
        )
    ),
)
