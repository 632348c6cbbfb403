"""What implementations of `tanh` get wrong."""

from __future__ import annotations

from ._changed import backward
from ._elementwise import explanations
from ._explanation import Answer, Question


def _of_input(question: Question) -> Answer:
    """1 − x²: the formula in y, given x."""
    assert question.cotangents is not None
    (x,) = question.inputs
    return [question.cotangents[0] * (1 - x * x)]


EXPLANATIONS = (
    *explanations("tanh"),
    backward("twice(derivative)", "dx = dy ⊙ (1 − x²): the formula in y is given x", _of_input),
)
