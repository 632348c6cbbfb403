"""What implementations of `scaled_dot_product_attention` get wrong: the scale, and who sees whom."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from ._edited import as_if
from ._explanation import Answer, Explanation, Question, specified

_SCALES: tuple[tuple[str, Callable[[Question], float]], ...] = (
    ("1", lambda q: 1.0),
    ("1/E", lambda q: 1 / q.inputs[0].shape[2]),
    ("√E", lambda q: math.sqrt(q.inputs[0].shape[2])),
    ("1/√F", lambda q: 1 / math.sqrt(q.inputs[2].shape[2])),
    ("1/√S", lambda q: 1 / math.sqrt(q.inputs[1].shape[1])),
    ("1/√L", lambda q: 1 / math.sqrt(q.inputs[0].shape[1])),
    ("1/√N", lambda q: 1 / math.sqrt(q.inputs[0].shape[0])),
)


def _scaled(name: str, scale: Callable[[Question], float]) -> Explanation:
    def answer(question: Question) -> Answer | None:
        query = question.given("query")
        factor = scale(question) * math.sqrt(query.shape[2])
        results = specified(question.with_input("query", query * factor))
        return [results[0] * factor, *results[1:]] if question.backward else results

    said = f"the scores are multiplied by {name}; the specification has 1/√E"
    return Explanation(f"attention_scale({name})", said, answer)


def _scale_missing_in_backward() -> Iterator[Explanation]:
    for name, factor in (("query", 0), ("key", 1)):

        def answer(question: Question, at: int = factor) -> Answer | None:
            if not question.backward:
                return None
            results = specified(question)
            results[at] = results[at] * math.sqrt(question.given("query").shape[2])
            return results

        yield Explanation("scaled(√E)", f"d{name} lacks the factor 1/√E", answer)


def _seen(cause: str, sentence: str, visible: Callable[[int, int], np.ndarray]) -> Iterator[Explanation]:
    """Another triangle where `causal` is set."""
    for blind in _BLIND:

        def answer(question: Question, blind: float | None = blind) -> Answer | None:
            if not question.attributes.get("causal"):
                return specified(question)
            (N, L, _), (_, S, _) = question.given("query").shape, question.given("key").shape
            mask = question.attributes.get("mask")
            seen = np.broadcast_to(visible(L, S), (N, L, S))
            return _under(
                question.with_attribute("causal", False), seen if mask is None else seen & mask, blind
            )

        yield Explanation(cause, sentence, answer)


def _inverted() -> Iterator[Explanation]:
    for blind in _BLIND:

        def answer(question: Question, blind: float | None = blind) -> Answer | None:
            mask = question.attributes.get("mask")
            if mask is None:
                return specified(question)
            if question.attributes.get("causal"):
                L, S = mask.shape[1:]
                return _under(
                    question.with_attribute("causal", False), ~mask & np.tri(L, S, dtype=bool), blind
                )
            return _under(question, ~mask, blind)

        yield Explanation("mask_inverted", "the mask is read the other way: True hides a key", answer)


_BLIND = (0.0, np.nan, None)
"""What a query gives that sees no key: zeros, NaN, or the mean over all keys."""


def _under(question: Question, mask: np.ndarray, blind: float | None) -> Answer | None:
    """With this mask, also where a row of it is empty."""
    empty = ~mask.any(axis=-1, keepdims=True)
    if blind is None:  # all scores alike
        query = np.where(empty, 0.0, question.given("query"))
        results = specified(question.with_input("query", query).with_attribute("mask", mask | empty))
        return [np.where(empty, 0.0, results[0]), *results[1:]] if question.backward else results
    masked = question.with_attribute("mask", mask | empty)
    if not question.backward:
        return [np.where(empty, blind, specified(masked)[0])]
    assert question.cotangents is not None
    results = specified(masked.with_cotangent(0, np.where(empty, 0.0, question.cotangents[0])))
    if not np.isnan(blind):
        return results
    some = np.any(empty, axis=(1, 2), keepdims=True)
    dquery, dkey, dvalue = results
    return [np.where(empty, blind, dquery), np.where(some, blind, dkey), np.where(some, blind, dvalue)]


EXPLANATIONS = (
    *(_scaled(name, scale) for name, scale in _SCALES),
    *_inverted(),
    *_seen(
        "causal_strict",
        "a query does not see its own key: keys < l instead of keys ≤ l",
        lambda q, k: np.tril(np.ones((q, k), bool), -1),
    ),
    *_seen(
        "causal_inverted",
        "the causal mask is the other triangle: a query sees what comes after it",
        lambda q, k: np.triu(np.ones((q, k), bool)),
    ),
    *_scale_missing_in_backward(),
    *(
        as_if("scaled_dot_product_attention", cause, sentence, *changes)
        for cause, sentence, *changes in (
            (
                "uncoupled",
                "ds = p ⊙ dp: the term − p Σ dy ⊙ y, which couples a row, is missing",
                ("(dp - np.sum(dy * y, axis=-1, keepdims=True))", "dp"),
            ),
            (
                "scaled(√E)",
                "dquery and dkey lack the factor 1/√E",
                ("root = math.sqrt(query.shape[-1])", "root = 1.0"),
            ),
            (
                "missing(softmax)",
                "ds = dp − Σ dy ⊙ y: the factor p is missing",
                ("ds = p * (dp", "ds = (dp"),
            ),
            (
                "diagonal",
                "ds = dp ⊙ p (1 − p): only the diagonal of the softmax's Jacobian is there",
                ("p * (dp - np.sum(dy * y, axis=-1, keepdims=True))", "p * (1 - p) * dp"),
            ),
            (
                "off_by_one(causal)",
                "a query sees one key too many: keys ≤ l + 1",
                ("np.arange(L)[:, None] + offset", "np.arange(L)[:, None] + offset + 1"),
            ),
        )
    ),
)
