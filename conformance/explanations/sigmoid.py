"""What implementations of `sigmoid` get wrong."""

from __future__ import annotations

import numpy as np

from ._changed import backward, forward
from ._elementwise import explanations
from ._explanation import Answer, Question


def _of_input(question: Question) -> Answer:
    """x (1 − x): the formula in y, given x."""
    assert question.cotangents is not None
    (x,) = question.inputs
    return [question.cotangents[0] * x * (1 - x)]


def _hard(question: Question) -> Answer:
    return [np.clip(0.2 * question.inputs[0] + 0.5, 0, 1)]


def _overflowing(question: Question) -> Answer:
    """exp(x) / (1 + exp(x)) in the format itself."""
    with np.errstate(all="ignore"):
        e = np.exp(question.inputs[0].astype(question.dtype))
        y = (e / (1 + e)).astype(np.float64)
    return [y if question.cotangents is None else question.cotangents[0] * y * (1 - y)]


def _of_tanh(question: Question) -> Answer:
    assert question.cotangents is not None
    return [question.cotangents[0] * (1 - np.tanh(question.inputs[0]) ** 2)]


EXPLANATIONS = (
    backward("activation(tanh)", "the derivative is that of tanh", _of_tanh),
    *explanations("sigmoid"),
    backward("twice(derivative)", "dx = dy ⊙ x (1 − x): the formula in y is given x", _of_input),
    forward("activation(hard_sigmoid)", "a hard sigmoid: clip(0.2 x + 0.5, 0, 1)", _hard),
    forward(
        "activation(hard_sigmoid)",
        "a hard sigmoid: clip(x / 6 + 0.5, 0, 1)",
        lambda q: [np.clip(q.inputs[0] / 6 + 0.5, 0, 1)],
    ),
    forward("not_finite", "exp(x) / (1 + exp(x)) is ∞ / ∞ for large x", _overflowing),
    backward(
        "not_finite",
        "the gradient goes through exp(x) / (1 + exp(x)), which is ∞ / ∞ for large x",
        _overflowing,
    ),
)
