"""Small changes of what goes in or comes out, as explanations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._explanation import Answer, Explanation, Question, specified

Rule = Callable[[Question], Answer | None]


def forward(cause: str, sentence: str, rule: Rule) -> Explanation:
    """A rule for the outputs; of gradients it says that they are as specified."""
    return Explanation(cause, sentence, lambda q: specified(q) if q.backward else rule(q))


def backward(cause: str, sentence: str, rule: Rule) -> Explanation:
    """A rule for the gradients; of outputs it says that they are as specified."""
    return Explanation(cause, sentence, lambda q: rule(q) if q.backward else specified(q))


def moved(array: np.ndarray, by: int) -> np.ndarray:
    """Every entry `by` places further on along the first axis, zeros where nothing comes from."""
    result = np.zeros_like(array)
    if by > 0:
        result[by:] = array[:-by]
    else:
        result[:by] = array[-by:]
    return result
