"""Wrong gradients of the look-up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._layouts import misread, overwritable

ADD = "np.add.at(dtable, indices, dy)"
Gradient = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""From the right dtable, dy[M,D] of all M positions, their indices[M] and the table to a wrong dtable."""


def instead(gradient: Gradient) -> Callable[[], Functions]:
    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        (dtable,) = of_reference("embedding_vjp")(dy, table, indices)
        rows = dy.reshape(-1, table.shape[1])
        return (gradient(dtable, rows, indices.reshape(-1), table),)

    return lambda: {"embedding_vjp": embedding_vjp}


def first_occurrence_only(
    dtable: np.ndarray, rows: np.ndarray, indices: np.ndarray, table: np.ndarray
) -> np.ndarray:
    dtable = np.zeros_like(table)
    dtable[indices[::-1]] = rows[::-1]
    return dtable


def mean_of_occurrences(
    dtable: np.ndarray, rows: np.ndarray, indices: np.ndarray, table: np.ndarray
) -> np.ndarray:
    count = np.maximum(np.bincount(indices, minlength=len(table)), 1)
    return dtable / count[:, None].astype(dtable.dtype)


def taken_for_sorted(
    dtable: np.ndarray, rows: np.ndarray, indices: np.ndarray, table: np.ndarray
) -> np.ndarray:
    """Adds up each run of equal neighbours and writes the sum: a later run of the same index overwrites."""
    dtable = np.zeros_like(table)
    for i, index in enumerate(indices):
        dtable[index] = rows[i] + dtable[index] if i and index == indices[i - 1] else rows[i]
    return dtable


def whole_warps(dtable: np.ndarray, rows: np.ndarray, indices: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Past 32 positions those after the last multiple of 32 are forgotten."""
    if len(indices) <= 32:
        return dtable
    whole = len(indices) - len(indices) % 32
    dtable = np.zeros_like(table)
    np.add.at(dtable, indices[:whole], rows[:whole])
    return dtable


def at_most_16_times(
    dtable: np.ndarray, rows: np.ndarray, indices: np.ndarray, table: np.ndarray
) -> np.ndarray:
    dtable, count = np.zeros_like(table), np.zeros(len(table), int)
    for index, row in zip(indices, rows, strict=True):
        dtable[index] += row if count[index] < 16 else 0
        count[index] += 1
    return dtable


def in_float16(dtable: np.ndarray, rows: np.ndarray, indices: np.ndarray, table: np.ndarray) -> np.ndarray:
    total = np.zeros(table.shape, np.float16)
    with np.errstate(all="ignore"):
        np.add.at(total, indices, rows.astype(np.float16))
    return total.astype(table.dtype)


def rows_used_alone(
    dtable: np.ndarray, rows: np.ndarray, indices: np.ndarray, table: np.ndarray
) -> np.ndarray:
    return dtable[np.unique(indices)]


def last_row_withheld(
    dtable: np.ndarray, rows: np.ndarray, indices: np.ndarray, table: np.ndarray
) -> np.ndarray:
    dtable[-1] = 0
    return dtable


def overwritten_within_a_sequence() -> Functions:
    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        (dtable,) = of_reference("embedding_vjp")(dy, table, indices)
        dtable[...] = 0
        for row, ids in zip(dy, indices, strict=True):
            dtable[ids] += row
        return (dtable,)

    return {"embedding_vjp": embedding_vjp}


def buffer_not_cleared() -> Functions:
    buffers: dict[tuple[object, ...], np.ndarray] = {}

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        (dtable,) = of_reference("embedding_vjp")(dy, table, indices)
        buffer = buffers.setdefault((table.shape, table.dtype), np.zeros_like(table))
        buffer += dtable
        return (buffer.copy(),)

    return {"embedding_vjp": embedding_vjp}


def added_up_in_the_cotangent() -> Functions:
    """Where the last two positions name one row, the later is added to the earlier before the scatter."""

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        result = of_reference("embedding_vjp")(dy, table, indices)
        if indices.size and indices.shape[1] > 1 and indices[-1, -1] == indices[-1, -2]:
            overwritable(dy)[-1, -2] += dy[-1, -1]
        return result

    return {"embedding_vjp": embedding_vjp}


FAULTS = (
    Fault(
        "embedding",
        "of a repeated index the last occurrence overwrites the others",
        "backward",
        "overwritten",
        edited("embedding", (ADD, "dtable[indices] = dy")),
        seen="https://github.com/tenstorrent/tt-metal/issues/6232",
    ),
    Fault(
        "embedding",
        "of a repeated index the first occurrence alone counts",
        "backward",
        "overwritten",
        instead(first_occurrence_only),
        seen="https://github.com/tenstorrent/tt-metal/pull/53386",
    ),
    Fault(
        "embedding",
        "of an index repeated within a sequence only the last counts",
        "backward",
        "overwritten",
        overwritten_within_a_sequence,
    ),
    Fault(
        "embedding",
        "indices taken for sorted: a later run of an index overwrites an earlier one",
        "backward",
        "overwritten",
        instead(taken_for_sorted),
    ),
    Fault(
        "embedding",
        "the mean of the occurrences of an index",
        "backward",
        "averaged",
        instead(mean_of_occurrences),
    ),
    Fault(
        "embedding",
        "the gradient divided by the batch",
        "backward",
        "scaled(1/N)",
        edited("embedding", ("return (dtable,)", "return (dtable / (indices.shape[0] or 1),)")),
    ),
    Fault(
        "embedding",
        "the last row is a padding row and gets no gradient",
        "backward",
        "padding_row",
        instead(last_row_withheld),
    ),
    Fault(
        "embedding",
        "the occurrences are counted, whatever the cotangent",
        "backward",
        "cotangent_ignored",
        edited("embedding", (ADD, "np.add.at(dtable, indices, 1)")),
    ),
    Fault(
        "embedding",
        "the gradient of only the rows that are used, as of a sparse one",
        "backward",
        "shape",
        instead(rows_used_alone),
    ),
    Fault(
        "embedding",
        "past 32 positions those after the last multiple of 32 are forgotten",
        "shape",
        "size(N) or size(N T)",
        instead(whole_warps),
        seen="https://github.com/pytorch/pytorch/issues/28716",
    ),
    Fault(
        "embedding",
        "an index repeated more than 16 times gets the first 16 gradients",
        "shape",
        "size(N)",
        instead(at_most_16_times),
    ),
    Fault(
        "embedding",
        "the strides of the cotangent are ignored",
        "shape",
        "strides",
        lambda: {
            "embedding_vjp": lambda dy, table, indices: of_reference("embedding_vjp")(
                misread(dy), table, indices
            )
        },
        seen="https://github.com/pytorch/pytorch/issues/194719",
    ),
    Fault(
        "embedding",
        "the gradient added up in float16",
        "precision",
        "coarse(float16)",
        instead(in_float16),
        seen="https://github.com/apache/mxnet/issues/17703",
    ),
    Fault(
        "embedding",
        "the gradient's buffer is not cleared between calls",
        "state",
        "state",
        buffer_not_cleared,
    ),
    Fault(
        "embedding",
        "two equal indices at the end are added up in the cotangent",
        "state",
        "in_place",
        added_up_in_the_cotangent,
    ),
)
