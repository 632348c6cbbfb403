"""What implementations of `dropout` get wrong: the scale, and what the mask means."""

from __future__ import annotations

import numpy as np

from ._changed import backward
from ._edited import as_if
from ._explanation import Answer, Explanation, Question, specified


def _inverted(question: Question) -> Answer:
    return specified(question.with_input("keep", ~question.given("keep")))


def _read_off(question: Question) -> Answer:
    """The mask is read off y: a zero that was kept counts as dropped."""
    assert question.cotangents is not None
    (dy,), x = question.cotangents, question.given("x")
    return [np.where(question.given("keep") & (x != 0), dy, 0) / (1 - question.attributes["rate"])]


def _unmasked(question: Question) -> Answer:
    assert question.cotangents is not None
    return [question.cotangents[0] / (1 - question.attributes["rate"])]


def _passed(question: Question) -> Answer:
    assert question.cotangents is not None
    return [question.cotangents[0]]


EXPLANATIONS = (
    Explanation("mask_inverted", "keep is read the other way: True drops", _inverted),
    Explanation(
        "ignored(keep)",
        "as if everything were kept",
        lambda q: specified(q.with_input("keep", np.ones_like(q.given("keep")))),
    ),
    backward(
        "ignored(keep)", "the gradient passes everywhere: the mask is ignored on the way back", _unmasked
    ),
    backward("ignored(keep,rate)", "the gradient is dy: neither mask nor scale", _passed),
    backward("mask_from_output", "the mask is read off the values: where x is 0 nothing passes", _read_off),
    as_if("dropout", "scaled((1-rate)/rate)", "kept entries are divided by rate", ("/ (1 - rate)", "/ rate")),
    as_if(
        "dropout",
        "scaled(1-rate)",
        "kept entries are multiplied by 1 − rate in place of being divided",
        ("/ (1 - rate)", "* (1 - rate)"),
    ),
)
