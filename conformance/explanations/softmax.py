"""What implementations of `softmax` get wrong: the axis, the shift, the term that couples a row."""

from __future__ import annotations

import numpy as np

from ._changed import Rule, backward, forward
from ._explanation import Answer, Explanation, Question, specified


def _over(axis: int) -> Rule:
    """Over another axis."""

    def answer(question: Question) -> Answer | None:
        (x,) = question.inputs
        if x.ndim < -axis or x.ndim <= axis:
            return None if axis < 0 else specified(question)
        turned = question.with_input("x", np.moveaxis(x, axis, -1))
        if question.cotangents is not None:
            turned = turned.with_cotangent(0, np.moveaxis(question.cotangents[0], axis, -1))
        return [np.moveaxis(specified(turned)[0], -1, axis)]

    return answer


def _everywhere(question: Question) -> Answer:
    (x,) = question.inputs
    turned = question.with_input("x", x.reshape(1, -1))
    if question.cotangents is not None:
        turned = turned.with_cotangent(0, question.cotangents[0].reshape(1, -1))
    return [specified(turned)[0].reshape(x.shape)]


def unshifted(x: np.ndarray, dtype: np.dtype[np.floating]) -> np.ndarray:
    """exp(x) / Σ exp(x) in the format itself, as it overflows there."""
    with np.errstate(all="ignore"):
        e = np.exp(x.astype(dtype))
        return np.asarray(e / np.sum(e, axis=-1, keepdims=True, dtype=dtype), np.float64)


def _unshifted(question: Question) -> Answer:
    y = unshifted(question.inputs[0], question.dtype)
    if question.cotangents is None:
        return [y]
    (dy,) = question.cotangents
    return [y * (dy - np.sum(dy * y, axis=-1, keepdims=True))]


def _shifted_by_all(question: Question) -> Answer:
    """One maximum for all rows: a row far below it underflows to 0 / 0."""
    (x,) = question.inputs
    y = unshifted(x - np.max(x, initial=-np.inf), question.dtype)
    if question.cotangents is None:
        return [y]
    (dy,) = question.cotangents
    return [y * (dy - np.sum(dy * y, axis=-1, keepdims=True))]


def _uncoupled(question: Question) -> Answer:
    """dy ⊙ y, without − y Σ dy ⊙ y."""
    assert question.cotangents is not None
    y = specified(_forward(question))[0]
    return [question.cotangents[0] * y]


def _diagonal(question: Question) -> Answer:
    """dy ⊙ y (1 − y): the derivative of each entry by its own logit."""
    assert question.cotangents is not None
    y = specified(_forward(question))[0]
    return [question.cotangents[0] * y * (1 - y)]


def _forward(question: Question) -> Question:
    from dataclasses import replace

    return replace(question, cotangents=None)


def _with_epsilon(epsilon: float) -> Rule:
    """e / (Σ e + ε)."""

    def answer(question: Question) -> Answer:
        (x,) = question.inputs
        with np.errstate(all="ignore"):
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            y = e / (np.sum(e, axis=-1, keepdims=True) + epsilon)
        if question.cotangents is None:
            return [y]
        (dy,) = question.cotangents
        return [y * (dy - np.sum(dy * y, axis=-1, keepdims=True))]

    return answer


def _powers(question: Question) -> Answer:
    return specified(question.with_input("x", question.inputs[0] * np.log(2.0)))


EXPLANATIONS = (
    *(
        Explanation("epsilon", f"{e:g} is added to the denominator", _with_epsilon(e))
        for e in (1e-5, 1e-6, 1e-7, 1e-8, 1e-10)
    ),
    forward("base(2)", "powers of 2 stand for powers of e", _powers),
    Explanation("axis(-2)", "the softmax runs over the last axis but one", _over(-2)),
    Explanation("axis(0)", "the softmax runs over the first axis", _over(0)),
    Explanation("axis(1)", "the softmax runs over the second axis", _over(1)),
    Explanation("axis(all)", "the softmax runs over all axes at once", _everywhere),
    Explanation("unshifted", "exp is taken without subtracting the row's maximum: it overflows", _unshifted),
    Explanation(
        "shift(all)", "one maximum is subtracted from all rows: rows far below it vanish", _shifted_by_all
    ),
    backward("uncoupled", "dx = dy ⊙ y: the term − y Σ dy ⊙ y, which couples a row, is missing", _uncoupled),
    backward("diagonal", "dx = dy ⊙ y (1 − y): only the diagonal of the Jacobian is there", _diagonal),
)
