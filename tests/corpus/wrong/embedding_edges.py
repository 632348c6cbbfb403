"""Look-ups wrong at the edges: sizes that coincide, empty batches, the ends of the range, layouts."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, of_reference
from wrong._layouts import inner_stride_one


def columns_first_where_square() -> Functions:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        y = of_reference("embedding")(table, indices)
        return np.swapaxes(y, 1, 2) if y.shape[1] == y.shape[2] else y

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        of_reference("embedding_vjp")(dy, table, indices)
        square = dy.shape[1] == dy.shape[2]
        return of_reference("embedding_vjp")(np.swapaxes(dy, 1, 2) if square else dy, table, indices)

    return {"embedding": embedding, "embedding_vjp": embedding_vjp}


def empty_gradient_not_written() -> Functions:
    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        (dtable,) = of_reference("embedding_vjp")(dy, table, indices)
        return (dtable if indices.size else np.full_like(dtable, np.nan),)

    return {"embedding_vjp": embedding_vjp}


def one_past_the_end() -> Functions:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        return of_reference("embedding")(table, np.where(indices == len(table), indices - 1, indices))

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        return of_reference("embedding_vjp")(dy, table, np.where(indices == len(table), indices - 1, indices))

    return {"embedding": embedding, "embedding_vjp": embedding_vjp}


def gradient_takes_negative_indices() -> Functions:
    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        wrapped = np.where((-len(table) <= indices) & (indices < 0), indices + len(table), indices)
        return of_reference("embedding_vjp")(dy, table, wrapped)

    return {"embedding_vjp": embedding_vjp}


def rows_of_the_table_past_16() -> Functions:
    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        (dtable,) = of_reference("embedding_vjp")(dy, table, indices)
        V = len(table)
        if V > 16:
            dtable[V - V % 16 :] = 0
        return (dtable,)

    return {"embedding_vjp": embedding_vjp}


def table_with_inner_stride() -> Functions:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        return of_reference("embedding")(inner_stride_one(table), indices)

    return {"embedding": embedding}


def last_repeat_counts_twice() -> Functions:
    """Pairs of neighbours that are equal are added first, and the second of them once more."""

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        (dtable,) = of_reference("embedding_vjp")(dy, table, indices)
        equal = indices[:, 1:] == indices[:, :-1]
        np.add.at(dtable, indices[:, 1:][equal], dy[:, 1:][equal])
        return (dtable,)

    return {"embedding_vjp": embedding_vjp}


FAULTS = (
    Fault(
        "embedding",
        "positions and columns change places where T = D, with the gradient",
        "shape",
        "equal(D,T) or transposed(y)",
        columns_first_where_square,
    ),
    Fault(
        "embedding",
        "the gradient of an empty batch is what the memory held",
        "shape",
        None,
        empty_gradient_not_written,
        seen="tf 2.21, raw_ops.BlockLSTMV2",
    ),
    Fault(
        "embedding",
        "the index V is taken for the last row",
        "contract",
        "unchecked",
        one_past_the_end,
    ),
    Fault(
        "embedding",
        "the gradient takes a negative index, which the forward call refuses",
        "contract",
        "unchecked",
        gradient_takes_negative_indices,
    ),
    Fault(
        "embedding",
        "past 16 rows of the table the remainder gets no gradient",
        "shape",
        "size(V)",
        rows_of_the_table_past_16,
    ),
    Fault(
        "embedding",
        "the table's rows are taken for contiguous",
        "shape",
        "strides",
        table_with_inner_stride,
    ),
    Fault(
        "embedding",
        "of two equal neighbours the second counts twice",
        "backward",
        None,
        last_repeat_counts_twice,
    ),
)
