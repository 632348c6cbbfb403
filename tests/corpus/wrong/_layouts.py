"""What kernels get wrong about memory: strides, caller's arrays, buffers kept between calls."""

from __future__ import annotations

import numpy as np


def misread(array: np.ndarray) -> np.ndarray:
    """The array as a kernel sees it that takes a pointer and a shape and no strides.

    It reads on from the first entry as if all lay in C order. Where the memory ends, which happens with
    broadcast arrays, this one starts over; a kernel would read what does not belong to it.
    """
    if array.flags.c_contiguous or not array.size:
        return array
    root = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    flat = root.ravel(order="K")
    if flat.dtype != array.dtype:  # a view of bytes or of pairs
        root, flat = array, array.ravel(order="K")
    first = (_address(array) - _address(root)) // array.itemsize
    return np.take(flat, first + np.arange(array.size), mode="wrap").reshape(array.shape)


def overwritable(array: np.ndarray) -> np.ndarray:
    """The caller's own array, to be computed in; a copy only where it cannot be written to."""
    return array if array.flags.writeable else array.copy()


def squeezed(array: np.ndarray) -> np.ndarray:
    """The array without its first axis where that has the size 1."""
    return array[0] if array.ndim and array.shape[0] == 1 else array


def from_the_start(array: np.ndarray) -> np.ndarray:
    """The array as a kernel sees it that takes the memory and not where in it a view begins."""
    root = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    if root is array or root.dtype != array.dtype or not array.flags.c_contiguous:
        return array
    return root.ravel(order="K")[: array.size].reshape(array.shape)


def inner_stride_one(array: np.ndarray) -> np.ndarray:
    """The array as a kernel sees it that follows every stride but the last, which it takes for one entry."""
    if not array.size or array.strides[-1] <= array.itemsize:
        return array
    strides = (*array.strides[:-1], array.itemsize)
    return np.lib.stride_tricks.as_strided(array, strides=strides, writeable=False).copy()


def _address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])
