"""What implementations of `embedding` get wrong: repeated indices, and where counting starts."""

from __future__ import annotations

import numpy as np

from ._changed import backward
from ._explanation import Answer, Explanation, Question, specified


def _last(question: Question) -> Answer:
    """A repeated index has the gradient of its last occurrence."""
    assert question.cotangents is not None
    (dy,) = question.cotangents
    dtable = np.zeros_like(question.given("table"))
    flat = question.given("indices").ravel()
    for row, index in zip(dy.reshape(len(flat), dtable.shape[1]), flat, strict=True):
        dtable[index] = row
    return [dtable]


def _first(question: Question) -> Answer:
    assert question.cotangents is not None
    flat = question.given("indices")[::-1, ::-1]
    (dy,) = question.cotangents
    turned = Question(
        operator=question.operator,
        inputs=(question.given("table"), flat),
        attributes=question.attributes,
        cotangents=(dy[::-1, ::-1],),
        sizes=question.sizes,
        variants=question.variants,
        dtype=question.dtype,
    )
    return _last(turned)


def _adjacent(question: Question) -> Answer:
    """Of equal neighbours in a row of indices only the last counts."""
    assert question.cotangents is not None
    (dy,), indices = question.cotangents, question.given("indices")
    flat = indices.ravel()
    kept = np.append(flat[1:] != flat[:-1], True).reshape(indices.shape)[..., None]
    return specified(question.with_cotangent(0, np.where(kept, dy, 0)))


def _by_sequence(question: Question) -> Answer:
    """Within a row of indices the last occurrence alone counts; rows add up."""
    assert question.cotangents is not None
    (dy,), indices = question.cotangents, question.given("indices")
    dtable = np.zeros_like(question.given("table"))
    for row, d in zip(indices, dy, strict=True):
        part = np.zeros_like(dtable)
        for index, entry in zip(row, d, strict=True):
            part[index] = entry
        dtable += part
    return [dtable]


def _by_run(question: Question) -> Answer:
    """Equal neighbours add up; a later run of the same index overwrites an earlier one."""
    assert question.cotangents is not None
    dtable = np.zeros_like(question.given("table"))
    flat = question.given("indices").ravel()
    before = None
    for index, entry in zip(flat, question.cotangents[0].reshape(len(flat), dtable.shape[1]), strict=True):
        dtable[index] = dtable[index] + entry if index == before else entry
        before = index
    return [dtable]


def _averaged(question: Question) -> Answer:
    """A row is divided by how often it was looked up."""
    (dtable,) = specified(question)
    counts = np.bincount(question.given("indices").ravel(), minlength=len(dtable))
    return [dtable / np.maximum(counts, 1)[:, None]]


def _shifted(by: int) -> Explanation:
    said = f"rows are counted from {1 if by < 0 else -1}"

    def answer(question: Question) -> Answer:
        indices = (question.given("indices") + by) % len(question.given("table"))
        return specified(question.with_input("indices", indices))

    return Explanation("off_by_one(indices)", said, answer)


def _padding(row: str, at: int) -> Explanation:
    def answer(question: Question) -> Answer:
        (dtable,) = specified(question)
        dtable[at] = 0
        return [dtable]

    return backward(
        "padding_row", f"the {row} row of the table gets no gradient, as if it were padding", answer
    )


def _padding_output(row: str, at: int) -> Explanation:
    def answer(question: Question) -> Answer:
        table = question.given("table").copy()
        table[at] = 0
        results = specified(question.with_input("table", table))
        if question.backward:
            results[0][at] = 0
        return results

    return Explanation(
        "padding_row", f"the {row} row of the table is taken for padding: it gives zeros", answer
    )


EXPLANATIONS = (
    backward(
        "overwritten",
        "a repeated index keeps the gradient of its last occurrence; they have to add up",
        _last,
    ),
    backward(
        "overwritten",
        "a repeated index keeps the gradient of its first occurrence; they have to add up",
        _first,
    ),
    backward(
        "overwritten",
        "of equal neighbouring indices only one counts; their gradients have to add up",
        _adjacent,
    ),
    backward(
        "overwritten",
        "an index repeated within a sequence keeps its last gradient; they have to add up",
        _by_sequence,
    ),
    backward(
        "overwritten",
        "indices are taken for sorted: a later run of an index overwrites an earlier one",
        _by_run,
    ),
    backward("averaged", "the gradients of a repeated index are averaged; they have to add up", _averaged),
    _shifted(-1),
    _shifted(1),
    _padding("first", 0),
    _padding("last", -1),
    _padding_output("first", 0),
)
