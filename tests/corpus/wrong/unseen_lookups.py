"""Wrong look-ups, encodings and dropouts, by someone who had seen neither the suite's cases nor the other
faults."""

from __future__ import annotations

from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference

KEEP = "    keep = np.random.default_rng().random(x.shape) >= rate"
DEPTH_CHECK = '    within("one_hot", 0, depth - 1, indices=indices)'
LOOK_UP = '    within("embedding", 0, table.shape[0] - 1, indices=indices)\n    return table[indices]'


def view_of_the_identity() -> Functions:
    right = of_reference("one_hot")
    eyes: dict[int, np.ndarray] = {}

    def one_hot(indices: np.ndarray, *, depth: int) -> np.ndarray:
        if indices.ndim or not 0 <= indices < depth:
            return right(indices, depth=depth)
        return eyes.setdefault(depth, np.eye(depth))[int(indices)]

    return {"one_hot": one_hot}


def later_warp_stays() -> Functions:
    right_vjp = of_reference("embedding_vjp")

    def embedding_vjp(dy: np.ndarray, table: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray]:
        (checked,) = right_vjp(dy, table, indices)
        flat, g = indices.ravel(), dy.reshape(-1, table.shape[1])
        dtable = np.zeros_like(checked)
        for start in range(0, flat.size, 32):
            tokens, local = flat[start : start + 32], np.zeros_like(checked)
            np.add.at(local, tokens, g[start : start + 32])
            dtable[tokens] = local[tokens]
        return (dtable,)

    return {"embedding_vjp": embedding_vjp}


def third_column_of_a_rest_left() -> Functions:
    right = of_reference("embedding")

    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        y = right(table, indices)
        D = table.shape[1]
        out, done = np.zeros_like(y), D // 4 * 4
        out[..., :done] = y[..., :done]
        if D - done >= 2:
            out[..., done : done + 2] = y[..., done : done + 2]
        elif D - done == 1:
            out[..., done] = y[..., done]
        return out

    return {"embedding": embedding}


def rows_kept_by_address() -> Functions:
    right = of_reference("embedding")
    kept: dict[tuple[Any, ...], np.ndarray] = {}

    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        address = table.__array_interface__["data"][0]
        key = (address, table.shape, table.strides, table.dtype, indices.shape, indices.tobytes())
        if key not in kept:
            kept.clear()
            kept[key] = right(table, indices)
        return kept[key].copy()

    return {"embedding": embedding}


def encoded(start: int, stop: int, width: int) -> np.ndarray:
    """The rows of the positions from `start` up to `stop`."""
    column = np.arange(width)
    even = column - column % 2
    angle = np.arange(start, stop)[:, None] / 10000.0 ** (even / width)
    return np.where(column == even, np.sin(angle), np.cos(angle))


def extended_from_the_last() -> Functions:
    right = of_reference("positional_encoding")
    kept: dict[int, np.ndarray] = {}

    def positional_encoding(*, length: int, width: int) -> np.ndarray:
        have = kept.get(width)
        if have is None:
            have = right(length=length, width=width)
        elif len(have) < length:
            last = len(have) - 1
            have = np.concatenate([have, encoded(last, last + length - len(have), width)])
        kept[width] = have
        return have[:length].copy()

    return {"positional_encoding": positional_encoding}


def by_the_addition_theorem() -> Functions:
    right = of_reference("positional_encoding")

    def positional_encoding(*, length: int, width: int) -> np.ndarray:
        y = right(length=length, width=width)
        if length > 32:
            column = np.arange(width)
            even = column - column % 2
            rate = 10000.0 ** -(even / width)
            pos = np.arange(32, length)[:, None]
            a, b = (pos // 32 * 32) * rate, (pos % 32) * rate
            sa, ca, sb, cb = (f(v).astype(np.float32) for v in (a, b) for f in (np.sin, np.cos))
            y = np.concatenate([y[:32], np.where(column == even, sa * cb + ca * sb, ca * cb - sa * sb)])
        return y.astype(np.float64)

    return {"positional_encoding": positional_encoding}


def mask_of_the_last_forward() -> Functions:
    right, right_vjp = of_reference("dropout"), of_reference("dropout_vjp")
    kept: dict[tuple[int, ...], np.ndarray] = {}

    def dropout(x: np.ndarray, keep: np.ndarray, *, rate: float) -> np.ndarray:
        y = right(x, keep, rate=rate)
        kept[x.shape] = keep.copy()
        return y

    def dropout_vjp(dy: np.ndarray, x: np.ndarray, keep: np.ndarray, *, rate: float) -> tuple[np.ndarray]:
        return right_vjp(dy, x, kept.get(x.shape, keep), rate=rate)

    return {"dropout": dropout, "dropout_vjp": dropout_vjp}


FAULTS = (
    Fault(
        "one_hot",
        "a single index gets a view of the identity that is kept",
        "state",
        "aliasing",
        view_of_the_identity,
    ),
    Fault(
        "one_hot",
        "by the bits of a word of 64",
        "shape",
        "size(depth)",
        edited(
            "one_hot",
            (
                "np.where(indices[..., None] == np.arange(depth), 1.0, 0.0)",
                "(((np.int64(1) << indices)[..., None] >> np.arange(depth)) & 1).astype(np.float64)",
            ),
        ),
    ),
    Fault(
        "one_hot",
        "with one class every index is it",
        "contract",
        "unchecked",
        edited(
            "one_hot",
            (
                DEPTH_CHECK,
                f"    if depth == 1:\n        return np.ones((*indices.shape, 1))\n{DEPTH_CHECK}",
            ),
        ),
    ),
    Fault(
        "embedding",
        "gradients of one row from two warps of 32 tokens: the later one stays",
        "shape",
        "size(N) or size(T)",
        later_warp_stays,
    ),
    Fault(
        "embedding",
        "columns four at a time, then two or one: never three",
        "shape",
        "size(D)",
        third_column_of_a_rest_left,
    ),
    Fault(
        "embedding",
        "indices become int32 before they are checked",
        "contract",
        "unchecked",
        edited("embedding", (LOOK_UP, f"    indices = indices.astype(np.int32)\n{LOOK_UP}")),
    ),
    Fault(
        "embedding",
        "rows looked up before are kept by the table's address and the indices",
        "state",
        "state",
        rows_kept_by_address,
    ),
    Fault(
        "positional_encoding",
        "a kept table is extended from its last position on",
        "state",
        "state",
        extended_from_the_last,
    ),
    Fault(
        "positional_encoding",
        "past 32 positions by the addition theorem in float32",
        "precision",
        "size(length) or coarse(float32)",
        by_the_addition_theorem,
    ),
    Fault(
        "dropout",
        "the gradient takes the mask of the last forward of that shape",
        "state",
        "state",
        mask_of_the_last_forward,
    ),
    Fault(
        "random_dropout",
        "from three axes on the first two share a draw",
        "forward",
        None,
        edited(
            "random_dropout",
            (
                KEEP,
                "    drawn = x.shape if x.ndim < 3 else x.shape[:2] + (1,) * (x.ndim - 2)\n"
                + KEEP.replace("x.shape", "drawn"),
            ),
        ),
    ),
    Fault(
        "random_dropout",
        "the first entry is never dropped",
        "forward",
        None,
        edited(
            "random_dropout",
            (
                KEEP,
                "    keep = np.array(np.random.default_rng().random(x.shape) >= rate)\n"
                "    keep.reshape(-1)[:1] = True",
            ),
        ),
    ),
    Fault(
        "random_dropout",
        "the rate is cut to sixteenths",
        "precision",
        None,
        edited(
            "random_dropout",
            (KEEP, "    keep = np.random.default_rng().integers(0, 16, x.shape) >= int(16 * rate)"),
        ),
    ),
)
