"""What implementations of `clip_by_global_norm` get wrong: whose norm, which norm, and when it applies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._explanation import Answer, Explanation, Question

Norm = Callable[[list[np.ndarray]], float]


def _two(gradients: list[np.ndarray]) -> float:
    return float(np.sqrt(sum(np.sum(g * g) for g in gradients)))


def _by(norm: Norm, always: bool = False) -> Callable[[Question], Answer]:
    def answer(question: Question) -> Answer:
        (gradients,), limit = question.inputs, question.attributes["max_norm"]
        found = norm(gradients)
        scale = limit / found if always or found > limit else 1.0
        return [g * scale for g in gradients]

    return answer


def _each(question: Question) -> Answer:
    (gradients,), limit = question.inputs, question.attributes["max_norm"]
    return [g * (limit / n if (n := _two([g])) > limit else 1.0) for g in gradients]


def _squared_threshold(question: Question) -> Answer:
    (gradients,), limit = question.inputs, question.attributes["max_norm"]
    found = _two(gradients)
    return [g * (limit / found if found**2 > limit else 1.0) for g in gradients]


def _value(question: Question) -> Answer:
    (gradients,), limit = question.inputs, question.attributes["max_norm"]
    return [np.clip(g, -limit, limit) for g in gradients]


def _unit(question: Question) -> Answer:
    (gradients,), limit = question.inputs, question.attributes["max_norm"]
    found = _two(gradients)
    return [g / found if found > limit else g for g in gradients]


def _overflowing(question: Question) -> Answer:
    """The formula as it stands, in the format of the backend."""
    (gradients,), limit = question.inputs, question.attributes["max_norm"]
    with np.errstate(over="ignore"):
        norm = float(np.sqrt(sum(np.sum(np.square(g.astype(question.dtype))) for g in gradients)))
    norm += question.variants.get("clip_by_global_norm.epsilon", 0)
    return [g * (limit / max(norm, limit)) for g in gradients]


EXPLANATIONS = (
    Explanation(
        "overflow(squares)", "the squares of large gradients overflow, and their norm with them", _overflowing
    ),
    Explanation("norm(each)", "each array is clipped by its own norm, not all by their joint norm", _each),
    Explanation(
        "always_scaled", "gradients are scaled to max_norm also where their norm is below it", _by(_two, True)
    ),
    Explanation(
        "norm(squared)",
        "the sum of squares is taken for the norm, without the root",
        _by(lambda g: _two(g) ** 2),
    ),
    Explanation("norm(1)", "the norm is Σ |g|", _by(lambda gs: float(sum(np.sum(np.abs(g)) for g in gs)))),
    Explanation(
        "norm(max)",
        "the norm is max |g|",
        _by(lambda gs: max(float(np.max(np.abs(g), initial=0)) for g in gs)),
    ),
    Explanation(
        "norm(sum)", "the norms of the arrays are added up", _by(lambda gs: sum(_two([g]) for g in gs))
    ),
    Explanation(
        "norm(mean)",
        "the root of the mean square is taken for the norm",
        _by(lambda gs: _two(gs) / np.sqrt(sum(g.size for g in gs))),
    ),
    Explanation("threshold(squared)", "the squared norm is compared with max_norm", _squared_threshold),
    Explanation("clipped_by_value", "each entry is clipped to max_norm; the norm plays no part", _value),
    Explanation("max_norm_missing", "clipped gradients have norm 1: the factor max_norm is missing", _unit),
    Explanation("not_clipped", "nothing is clipped", lambda q: [np.asarray(g) for g in q.inputs[0]]),
)
