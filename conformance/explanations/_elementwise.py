"""What elementwise functions get wrong: the point at which the derivative is taken, and how often."""

from __future__ import annotations

import numpy as np

from ...spec import declaration
from ._changed import backward, forward
from ._explanation import Answer, Explanation, Question, specified


def explanations(name: str) -> tuple[Explanation, ...]:
    """Of the function and derivative called `name`."""

    def at(x: np.ndarray, dy: np.ndarray | None) -> np.ndarray:
        question = Question(
            operator=declaration(name),
            inputs=(x,),
            attributes={},
            cotangents=None if dy is None else (dy,),
            sizes={},
            variants={},
            dtype=x.dtype,
        )
        return specified(question)[0]

    def of_output(question: Question) -> Answer:
        assert question.cotangents is not None
        return [at(at(question.inputs[0], None), question.cotangents[0])]

    def squared(question: Question) -> Answer:
        assert question.cotangents is not None
        (dx,) = specified(question)
        return [dx * at(question.inputs[0], np.ones_like(dx))]

    def instead(question: Question) -> Answer:
        assert question.cotangents is not None
        return [question.cotangents[0] * at(question.inputs[0], None)]

    def unchanged(question: Question) -> Answer:
        assert question.cotangents is not None
        return [question.cotangents[0]]

    return (
        backward(
            "twice(derivative)", "the derivative is taken at the output y where the input x is due", of_output
        ),
        backward("squared(derivative)", "the derivative is multiplied in twice", squared),
        backward(
            "value_for_derivative", "the gradient is dy ⊙ y: the function stands for its derivative", instead
        ),
        backward("activation(identity)", "the gradient is dy: the derivative is missing", unchanged),
        forward("applied_twice", f"{name} is applied twice", lambda q: [at(at(q.inputs[0], None), None)]),
        forward("scaled_input(2)", f"{name} of 2 x", lambda q: [at(2 * q.inputs[0], None)]),
        forward("scaled_input(1/2)", f"{name} of x / 2", lambda q: [at(q.inputs[0] / 2, None)]),
        forward("scaled_input(-1)", f"{name} of −x", lambda q: [at(-q.inputs[0], None)]),
    )
