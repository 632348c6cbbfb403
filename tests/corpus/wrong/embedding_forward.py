"""Wrong look-ups, with the gradient that goes with them unless the name says otherwise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._layouts import misread, squeezed
from wrong._rounding import through

Reread = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From the table and the indices to the indices that are looked up instead."""


def looked_up_elsewhere(reread: Reread) -> Callable[[], Functions]:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        return of_reference("embedding")(table, reread(table, indices))

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        return of_reference("embedding_vjp")(dy, table, reread(table, indices))

    return lambda: {"embedding": embedding, "embedding_vjp": embedding_vjp}


def counted_from_one(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
    of_reference("embedding")(table, indices)  # refuses what is out of range
    return (indices - 1) % len(table)


def negative_from_the_end(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
    return np.where((-len(table) <= indices) & (indices < 0), indices + len(table), indices)


def clamped(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
    return np.clip(indices, 0, len(table) - 1)


def transposed_where_square(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
    return indices.T if indices.shape[0] == indices.shape[1] else indices


def strided(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
    return misread(indices)


def out_of_range_gives(value: float) -> Callable[[], Functions]:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        inside = (indices >= 0) & (indices < len(table))
        y = of_reference("embedding")(table, np.where(inside, indices, 0))
        return np.where(inside[..., None], y, value)

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        inside = (indices >= 0) & (indices < len(table))
        return of_reference("embedding_vjp")(
            np.where(inside[..., None], dy, 0), table, np.where(inside, indices, 0)
        )

    return lambda: {"embedding": embedding, "embedding_vjp": embedding_vjp}


def padding_row() -> Functions:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        y = of_reference("embedding")(table, indices)
        return np.where((indices == 0)[..., None], 0, y)

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        (dtable,) = of_reference("embedding_vjp")(dy, table, indices)
        dtable[0] = 0
        return (dtable,)

    return {"embedding": embedding, "embedding_vjp": embedding_vjp}


def square_table_by_columns() -> Functions:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        square = table.shape[0] == table.shape[-1]
        return of_reference("embedding")(table.T if square else table, indices)

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        (dtable,) = of_reference("embedding_vjp")(dy, table, indices)
        return (dtable.T.copy() if dtable.shape[0] == dtable.shape[1] else dtable,)

    return {"embedding": embedding, "embedding_vjp": embedding_vjp}


def product_with_one_hot() -> Functions:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        of_reference("embedding")(table, indices)  # refuses what does not fit
        hot = (indices[..., None] == np.arange(len(table))).astype(table.dtype)
        with np.errstate(invalid="ignore"):
            return hot @ table

    return {"embedding": embedding}


def empty_batch_fails() -> Functions:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        indices.max()  # a reduction without identity
        return of_reference("embedding")(table, indices)

    return {"embedding": embedding}


def view_of_neighbouring_rows() -> Functions:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        y = of_reference("embedding")(table, indices)
        if len(indices) == 1 and indices.size and (np.diff(indices[0]) == 1).all():
            return table[indices[0, 0] : indices[0, -1] + 1][None]
        return y

    return {"embedding": embedding}


def columns_in_blocks_of_8() -> Functions:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        y = of_reference("embedding")(table, indices)
        D = table.shape[1]
        if D > 8:
            y[..., D - D % 8 :] = 0
        return y

    return {"embedding": embedding}


def table_kept() -> Functions:
    tables: dict[tuple[object, ...], np.ndarray] = {}

    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        of_reference("embedding")(table, indices)  # refuses what does not fit
        return tables.setdefault((table.shape, table.dtype), table.copy())[indices]

    return {"embedding": embedding}


FAULTS = (
    Fault(
        "embedding",
        "indices counted from 1",
        "forward",
        "off_by_one(indices)",
        looked_up_elsewhere(counted_from_one),
    ),
    Fault(
        "embedding",
        "row 0 is a padding row and reads as zeros",
        "forward",
        "padding_row",
        padding_row,
    ),
    Fault(
        "embedding",
        "multiplied by √D, as before a transformer's first layer",
        "forward",
        "scaled(√D)",
        edited(
            "embedding",
            ("return table[indices]", "return table[indices] * table.shape[1] ** 0.5"),
            ("return (dtable,)", "return (dtable * table.shape[1] ** 0.5,)"),
        ),
    ),
    Fault(
        "embedding",
        "a negative index counts from the end",
        "contract",
        "convention(index.out_of_range=wrap_negative)",
        looked_up_elsewhere(negative_from_the_end),
        seen="jax, keras, mlx, chainer",
    ),
    Fault(
        "embedding",
        "an index out of range is clamped",
        "contract",
        "convention(index.out_of_range=clamp)",
        looked_up_elsewhere(clamped),
        seen="mxnet",
    ),
    Fault(
        "embedding",
        "an index out of range gives zeros",
        "contract",
        "convention(index.out_of_range=zero)",
        out_of_range_gives(0.0),
        seen="tinygrad",
    ),
    Fault(
        "embedding",
        "an index out of range gives NaN",
        "contract",
        "convention(index.out_of_range=nan)",
        out_of_range_gives(float("nan")),
        seen="jax, above the range",
    ),
    Fault(
        "embedding",
        "a square table is read by columns",
        "shape",
        "transposed(table)",
        square_table_by_columns,
    ),
    Fault(
        "embedding",
        "the indices transposed where N = T",
        "shape",
        "transposed(indices)",
        looked_up_elsewhere(transposed_where_square),
    ),
    Fault(
        "embedding",
        "the strides of the indices are ignored",
        "shape",
        "strides",
        looked_up_elsewhere(strided),
    ),
    Fault(
        "embedding",
        "a batch of 1 is squeezed",
        "shape",
        "size(N) or squeezed",
        lambda: {"embedding": lambda table, indices: squeezed(of_reference("embedding")(table, indices))},
        seen="https://github.com/salesforce/pytorch-qrnn/issues/11",
    ),
    Fault(
        "embedding",
        "an empty batch fails",
        "shape",
        None,
        empty_batch_fails,
        seen="https://github.com/pytorch/pytorch/issues/12013",
    ),
    Fault("embedding", "past 8 columns the remainder stays 0", "shape", "size(D)", columns_in_blocks_of_8),
    Fault(
        "embedding",
        "a product with the one-hot code, by which a NaN in one row reaches all",
        "stability",
        "nan_spread",
        product_with_one_hot,
    ),
    Fault(
        "embedding",
        "float64 computed through float32",
        "precision",
        "coarse(float32)",
        through("float32", "embedding", "embedding_vjp"),
    ),
    Fault(
        "embedding",
        "neighbouring rows come back as a view of the table",
        "state",
        "aliasing",
        view_of_neighbouring_rows,
    ),
    Fault("embedding", "the first table of a shape is kept", "state", "state", table_kept),
)
