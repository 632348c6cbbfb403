"""Wrong one-hot codes."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._layouts import misread, squeezed

WITHIN = '    within("one_hot", 0, depth - 1, indices=indices)\n'
EQUAL = "np.where(indices[..., None] == np.arange(depth), 1.0, 0.0)"


def negative_from_the_end() -> Functions:
    def one_hot(indices: np.ndarray, *, depth: int) -> np.ndarray:
        return of_reference("one_hot")(
            np.where((-depth <= indices) & (indices < 0), indices + depth, indices), depth=depth
        )

    return {"one_hot": one_hot}


def depth_of_the_largest() -> Functions:
    def one_hot(indices: np.ndarray, *, depth: int) -> np.ndarray:
        return of_reference("one_hot")(indices, depth=depth)[..., : int(indices.max()) + 1]

    return {"one_hot": one_hot}


def word_of_16_bits() -> Functions:
    def one_hot(indices: np.ndarray, *, depth: int) -> np.ndarray:
        y = of_reference("one_hot")(indices, depth=depth)
        y[indices >= 16] = 0  # 1 << index has left the word
        return y

    return {"one_hot": one_hot}


def buffer_not_cleared() -> Functions:
    buffers: dict[tuple[int, ...], np.ndarray] = {}

    def one_hot(indices: np.ndarray, *, depth: int) -> np.ndarray:
        right = of_reference("one_hot")(indices, depth=depth)
        buffer = buffers.setdefault(right.shape, np.zeros_like(right))
        buffer[right == 1] = 1
        return buffer.copy()

    return {"one_hot": one_hot}


def in_the_type(dtype: str) -> Functions:
    return {"one_hot": lambda indices, *, depth: of_reference("one_hot")(indices, depth=depth).astype(dtype)}


def depth_of_the_first_call() -> Functions:
    depths: dict[tuple[int, ...], int] = {}

    def one_hot(indices: np.ndarray, *, depth: int) -> np.ndarray:
        y = of_reference("one_hot")(indices, depth=depth)
        first = depths.setdefault(indices.shape, depth)
        return y if first == depth else of_reference("one_hot")(np.minimum(indices, first - 1), depth=first)

    return {"one_hot": one_hot}


FAULTS = (
    Fault(
        "one_hot",
        "an index out of range gives a row of zeros",
        "contract",
        "convention(index.out_of_range=zero)",
        edited("one_hot", (WITHIN, "")),
        seen="tinygrad",
    ),
    Fault(
        "one_hot",
        "a negative index counts from the end",
        "contract",
        "convention(index.out_of_range=wrap_negative)",
        negative_from_the_end,
        seen="jax, keras, mlx, chainer",
    ),
    Fault(
        "one_hot",
        "an index out of range is clamped",
        "contract",
        "convention(index.out_of_range=clamp)",
        lambda: {
            "one_hot": lambda indices, *, depth: of_reference("one_hot")(
                np.clip(indices, 0, depth - 1), depth=depth
            )
        },
        seen="mxnet",
    ),
    Fault(
        "one_hot",
        "the index depth is taken, as a row of zeros",
        "contract",
        "unchecked",
        edited("one_hot", ("0, depth - 1,", "0, depth,")),
    ),
    Fault(
        "one_hot",
        "indices counted from 1",
        "forward",
        "off_by_one(indices)",
        edited("one_hot", (EQUAL, "np.where(indices[..., None] == np.arange(1, depth + 1), 1.0, 0.0)")),
    ),
    Fault(
        "one_hot",
        "zeros where the ones belong, and ones elsewhere",
        "forward",
        "inverted",
        edited("one_hot", (EQUAL, "np.where(indices[..., None] == np.arange(depth), 0.0, 1.0)")),
    ),
    Fault(
        "one_hot",
        "ones up to the index",
        "forward",
        "cumulative",
        edited("one_hot", (EQUAL, "np.where(indices[..., None] >= np.arange(depth), 1.0, 0.0)")),
    ),
    Fault(
        "one_hot",
        "the new axis is the first",
        "forward",
        "axis(0)",
        lambda: {
            "one_hot": lambda indices, *, depth: np.moveaxis(
                of_reference("one_hot")(indices, depth=depth), -1, 0
            )
        },
    ),
    Fault(
        "one_hot",
        "as many columns as the largest index asks for",
        "forward",
        "shape",
        depth_of_the_largest,
    ),
    Fault("one_hot", "the result in int64", "forward", "dtype(int64)", lambda: in_the_type("int64")),
    Fault(
        "one_hot",
        "the result in float32",
        "precision",
        "dtype(float32)",
        lambda: in_the_type("float32"),
    ),
    Fault("one_hot", "from index 16 on a row of zeros", "shape", "size(depth)", word_of_16_bits),
    Fault(
        "one_hot",
        "a scalar index comes back with an axis for it",
        "shape",
        "unsqueezed",
        lambda: {
            "one_hot": lambda indices, *, depth: of_reference("one_hot")(np.atleast_1d(indices), depth=depth)
        },
    ),
    Fault(
        "one_hot",
        "a batch of 1 is squeezed",
        "shape",
        "size(...) or squeezed",
        lambda: {
            "one_hot": lambda indices, *, depth: of_reference("one_hot")(squeezed(indices), depth=depth)
        },
    ),
    Fault(
        "one_hot",
        "the strides of the indices are ignored",
        "shape",
        "strides",
        lambda: {"one_hot": lambda indices, *, depth: of_reference("one_hot")(misread(indices), depth=depth)},
    ),
    Fault(
        "one_hot",
        "the buffer of a shape still holds the ones of earlier calls",
        "state",
        "state",
        buffer_not_cleared,
    ),
    Fault(
        "one_hot",
        "compiled once for each shape of indices, with the depth of that call",
        "state",
        "shape or state",
        depth_of_the_first_call,
    ),
)
