"""Arrays as plain data, exact to the last bit, NaN and infinities too: the contract's section 5."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from .precision import precision


def encode(array: np.ndarray) -> dict[str, Any]:
    """`{"dtype", "shape", "data"}`, data being the base64 of the little-endian, row-major bytes."""
    contiguous = np.ascontiguousarray(array)
    little = (
        contiguous
        if contiguous.dtype.name == "bfloat16"
        else contiguous.astype(contiguous.dtype.newbyteorder("<"))
    )
    data = base64.b64encode(little.tobytes()).decode("ascii")
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}


def decode(data: Mapping[str, Any]) -> np.ndarray:
    """The array that `encode` wrote. Raises KeyError, ValueError where it is none."""
    name = data["dtype"]
    dtype = precision(name).dtype if name == "bfloat16" else np.dtype(name).newbyteorder("<")
    flat = np.frombuffer(base64.b64decode(data["data"], validate=True), dtype=dtype)
    native = dtype if name == "bfloat16" else dtype.newbyteorder("=")
    return np.asarray(flat.reshape(data["shape"]).astype(native))


def encode_nested(value: Any) -> Any:
    """`value` with every array in it encoded."""
    if isinstance(value, np.ndarray):
        return encode(value)
    if isinstance(value, (list, tuple)):
        return [encode_nested(entry) for entry in value]
    return value


def decode_nested(value: Any) -> Any:
    """What `encode_nested` was given."""
    if isinstance(value, dict):
        return decode(value)
    return [decode_nested(entry) for entry in value] if isinstance(value, list) else value
