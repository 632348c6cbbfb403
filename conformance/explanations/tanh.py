"""What implementations of `tanh` get wrong."""

from __future__ import annotations

import numpy as np

from ._changed import backward, forward
from ._elementwise import explanations
from ._explanation import Answer, Explanation, Question


def _of_input(question: Question) -> Answer:
    """1 − x²: the formula in y, given x."""
    assert question.cotangents is not None
    (x,) = question.inputs
    return [question.cotangents[0] * (1 - x * x)]


def _of_sigmoid(question: Question) -> Answer:
    assert question.cotangents is not None
    (x,) = question.inputs
    return [question.cotangents[0] * (1 - np.tanh(x / 2) ** 2) / 4]


def _scaled(question: Question) -> Answer:
    """LeCun, Bottou, Orr & Müller (1998)."""
    (x,) = question.inputs
    y = np.tanh(2 * x / 3)
    if question.cotangents is None:
        return [1.7159 * y]
    return [question.cotangents[0] * 1.7159 * 2 / 3 * (1 - y * y)]


EXPLANATIONS = (
    backward("activation(sigmoid)", "the derivative is that of the sigmoid", _of_sigmoid),
    forward("activation(lecun_tanh)", "LeCun's scaled form: 1.7159 tanh(2 x / 3)", _scaled),
    Explanation("activation(lecun_tanh)", "LeCun's scaled form: 1.7159 tanh(2 x / 3)", _scaled),
    *explanations("tanh"),
    backward("twice(derivative)", "dx = dy ⊙ (1 − x²): the formula in y is given x", _of_input),
)
