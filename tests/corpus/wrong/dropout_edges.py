"""Wrong dropouts of a given mask: at the edges of what floats, sizes and memory admit."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions
from wrong._buffers import in_one_buffer, own, without_strides
from wrong._changed import quiet
from wrong._formats import through
from wrong.dropout import changed, right


def input_itself_where_all_is_kept(x: np.ndarray, keep: np.ndarray, rate: float) -> np.ndarray:
    return x if rate == 0 and keep.all() else right(x, keep, rate)


def bits_in_whole_bytes(x: np.ndarray, keep: np.ndarray, rate: float) -> np.ndarray:
    """The mask goes through memory as bits; the last byte, where it is not full, is not written."""
    bits = keep.copy().reshape(-1)
    whole = bits.size // 8 * 8
    if whole:
        bits[whole:] = False
    return right(x, bits.reshape(keep.shape), rate)


def multiplied(x: np.ndarray, keep: np.ndarray, rate: float) -> np.ndarray:
    return x * keep / np.asarray(1 - rate, x.dtype)


def dropped_in_place(x: np.ndarray, keep: np.ndarray, rate: float) -> np.ndarray:
    x = own(x)
    x[~keep] = 0
    return right(x, keep, rate)


def mask_kept_by_shape() -> Functions:
    masks: dict[tuple[int, ...], np.ndarray] = {}

    def dropout(x: np.ndarray, keep: np.ndarray, *, rate: float) -> np.ndarray:
        return right(x, masks.setdefault(keep.shape, keep.copy()), rate)

    return {"dropout": dropout}


def mask_of_the_last_forward_run() -> Functions:
    """As a layer that remembers its mask: two calls before the gradients, and the first has lost its own."""
    last: dict[str, np.ndarray] = {}

    def dropout(x: np.ndarray, keep: np.ndarray, *, rate: float) -> np.ndarray:
        last["keep"] = keep.copy()
        return right(x, keep, rate)

    def dropout_vjp(dy: np.ndarray, x: np.ndarray, keep: np.ndarray, *, rate: float) -> tuple[np.ndarray]:
        remembered = last.get("keep", keep)
        return (right(dy, remembered if remembered.shape == keep.shape else keep, rate),)

    return {"dropout": dropout, "dropout_vjp": dropout_vjp}


FAULTS = (
    Fault(
        "dropout",
        "the mask is multiplied, and a dropped NaN stays",
        "stability",
        "nan_spread",
        quiet(changed(multiplied, "dropout")),
    ),
    Fault(
        "dropout",
        "a mask of bits drops what does not fill a byte",
        "shape",
        "size(...)",
        changed(bits_in_whole_bytes),
    ),
    Fault(
        "dropout",
        "a single number comes back as an array of one",
        "shape",
        "unsqueezed",
        changed(lambda x, keep, rate: np.atleast_1d(right(x, keep, rate)), "dropout"),
    ),
    Fault(
        "dropout", "the mask is read without its strides", "shape", "strides", without_strides("dropout", 1)
    ),
    Fault(
        "dropout",
        "the cotangent is read without its strides",
        "shape",
        "strides",
        without_strides("dropout_vjp", 0),
        seen="https://github.com/pytorch/pytorch/issues/194719",
    ),
    Fault("dropout", "computed in float16", "precision", "coarse(float16)", through(np.float16, "dropout")),
    Fault(
        "dropout",
        "float64 computed in float32",
        "precision",
        "coarse(float32)",
        through(np.float32, "dropout", "dropout_vjp"),
    ),
    Fault(
        "dropout",
        "the caller's entries are dropped",
        "state",
        "in_place",
        changed(dropped_in_place, "dropout"),
    ),
    Fault(
        "dropout",
        "the cotangent's entries are dropped",
        "state",
        "in_place",
        changed(dropped_in_place, "dropout_vjp"),
        seen="https://github.com/NVIDIA/apex/issues/1430",
    ),
    Fault(
        "dropout",
        "the input itself comes back where nothing is dropped",
        "state",
        "aliasing",
        changed(input_itself_where_all_is_kept, "dropout"),
    ),
    Fault(
        "dropout",
        "every result is returned in the same buffer",
        "state",
        "aliasing",
        in_one_buffer("dropout"),
    ),
    Fault(
        "dropout",
        "the first mask of a shape is kept for all later ones",
        "state",
        "state",
        mask_kept_by_shape,
    ),
    Fault(
        "dropout",
        "the gradient takes the mask of the last forward run",
        "state",
        "state",
        mask_of_the_last_forward_run,
    ),
)
