"""The comparator. It fails closed: whatever cannot be shown to be right is a difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .oracle import Expected
from .report import Fault


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One array held against what is due: `ratio` is its largest error in units of tolerance."""

    quantity: str
    """`dweight_h`, or the name of a law or rule."""
    ratio: float
    compared: int
    index: tuple[int, ...] | None = None
    expected: Any = None
    actual: Any = None
    tolerance: float | None = None
    message: str = ""
    fault: Fault | None = None
    note: str = ""

    @property
    def differs(self) -> bool:
        return not self.ratio <= 1.0  # a NaN differs

    @property
    def where(self) -> str:
        return f"{self.quantity}{list(self.index)}" if self.index else self.quantity


def base_name(quantity: str) -> str:
    """The name of a result without its place in a list: `dweights` of `dweights[0]`."""
    return quantity.split("[")[0]


def compare(actual: np.ndarray, due: Expected) -> Finding:
    """`actual` against what is due: dtype, shape, then every number."""
    if actual.dtype != due.dtype:
        return refuse(
            due.name, f"{due.name} has dtype {actual.dtype}, {due.dtype} is due", due.dtype, actual.dtype
        )
    if actual.shape != due.value.shape:
        message = f"{due.name} has shape {actual.shape}, {due.value.shape} is due"
        return refuse(due.name, message, due.value.shape, actual.shape)
    if actual.size == 0:
        return Finding(quantity=due.name, ratio=0.0, compared=0)
    given = actual.astype(np.float64) if due.dtype.kind not in "iub" else actual
    errors = ratios(given, due.value, due.tolerance)
    worst = np.unravel_index(int(np.argmax(np.where(np.isnan(errors), np.inf, errors))), errors.shape)
    index = tuple(int(i) for i in worst)
    ratio = float(errors[index])
    return Finding(
        quantity=due.name,
        ratio=math.inf if math.isnan(ratio) else ratio,
        compared=actual.size,
        index=index,
        expected=due.value[index].item(),
        actual=given[index].item(),
        tolerance=float(due.tolerance[index]),
    )


def ratios(actual: np.ndarray, value: np.ndarray, tolerance: np.ndarray) -> np.ndarray:
    """The error of each number in units of its tolerance; a NaN or an infinity must meet the same."""
    actual, value = np.asarray(actual, float), np.asarray(value, float)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        error = np.abs(actual - value)
        ratio = np.where(error == 0, 0.0, error / tolerance)
    same = (actual == value) | (np.isnan(actual) & np.isnan(value))
    ratio = np.where(same, 0.0, ratio)
    unmatched = ~(np.isfinite(actual) & np.isfinite(value)) & ~same
    return np.where(unmatched | np.isnan(ratio), np.inf, ratio)


def refuse(
    quantity: str, message: str, expected: Any = None, actual: Any = None, fault: Fault = "wrong"
) -> Finding:
    """A difference that no number measures."""
    return Finding(
        quantity=quantity,
        ratio=math.inf,
        compared=1,
        expected=_plain(expected),
        actual=_plain(actual),
        message=message,
        fault=fault,
    )


def accept(quantity: str, compared: int = 1, note: str = "") -> Finding:
    """A rule that was held against and kept."""
    return Finding(quantity=quantity, ratio=0.0, compared=compared, note=note)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, (bool, int, float, str, list)) else str(value)
