"""What implementations of `relu` get wrong."""

from __future__ import annotations

import numpy as np

from ._changed import backward, forward
from ._explanation import Answer, Explanation, Question


def _leaky(slope: float) -> tuple[Explanation, Explanation]:
    def gradient(question: Question) -> Answer:
        assert question.cotangents is not None
        return [question.cotangents[0] * np.where(question.inputs[0] > 0, 1, slope)]

    said = f"negative values leak through with a slope of {slope:g}"
    value = forward(
        "activation(leaky_relu)",
        said,
        lambda q: [np.where(q.inputs[0] > 0, q.inputs[0], slope * q.inputs[0])],
    )
    return value, backward("activation(leaky_relu)", said, gradient)


def _by_cotangent(question: Question) -> Answer:
    assert question.cotangents is not None
    return [np.maximum(question.cotangents[0], 0) * (question.inputs[0] > 0)]


def _only_cotangent(question: Question) -> Answer:
    assert question.cotangents is not None
    return [np.maximum(question.cotangents[0], 0)]


def _missing(question: Question) -> Answer:
    assert question.cotangents is not None
    return [question.cotangents[0]]


EXPLANATIONS = (
    *_leaky(0.01),
    *_leaky(0.1),
    *_leaky(0.2),
    backward("activation(identity)", "the gradient is dy: it passes where x ≤ 0 too", _missing),
    backward("guided", "negative cotangents do not pass, as in guided backpropagation", _by_cotangent),
    backward(
        "guided", "the gradient is max(dy, 0): the sign of dy decides in place of that of x", _only_cotangent
    ),
    forward(
        "activation(relu6)", "values above 6 are cut off, as in ReLU6", lambda q: [np.clip(q.inputs[0], 0, 6)]
    ),
    forward("activation(abs)", "|x| in place of max(x, 0)", lambda q: [np.abs(q.inputs[0])]),
)
