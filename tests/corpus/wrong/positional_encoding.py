"""Wrong positional encodings."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._rounding import rounded

ANGLE = "np.arange(length)[:, None] / base_convention ** (even / width)"


def sines_before_cosines() -> Functions:
    def positional_encoding(*, length: int, width: int) -> np.ndarray:
        y = of_reference("positional_encoding")(length=length, width=width)
        return np.concatenate([y[:, 0::2], y[:, 1::2]], axis=1)

    return {"positional_encoding": positional_encoding}


def odd_width_unfinished() -> Functions:
    def positional_encoding(*, length: int, width: int) -> np.ndarray:
        y = of_reference("positional_encoding")(length=length, width=width)
        y[:, width // 2 * 2 :] = 0  # the loop fills pairs
        return y

    return {"positional_encoding": positional_encoding}


def positions_end() -> Functions:
    def positional_encoding(*, length: int, width: int) -> np.ndarray:
        y = of_reference("positional_encoding")(length=length, width=width)
        return y[np.minimum(np.arange(length), 15)]

    return {"positional_encoding": positional_encoding}


def one_position_squeezed() -> Functions:
    def positional_encoding(*, length: int, width: int) -> np.ndarray:
        y = of_reference("positional_encoding")(length=length, width=width)
        return y[0] if length == 1 else y

    return {"positional_encoding": positional_encoding}


def angles_in_float32() -> Functions:
    def positional_encoding(*, length: int, width: int) -> np.ndarray:
        of_reference("positional_encoding")(length=length, width=width)  # refuses what does not fit
        column = np.arange(width)
        even = column - column % 2
        angle = rounded(np.arange(length)[:, None] / 10000.0 ** (even / width), "float32")
        return np.where(column == even, np.sin(angle), np.cos(angle))

    return {"positional_encoding": positional_encoding}


def result_in_float32() -> Functions:
    right = of_reference("positional_encoding")
    return {
        "positional_encoding": lambda *, length, width: right(length=length, width=width).astype(np.float32)
    }


def frequencies_kept_by_their_number() -> Functions:
    kept: dict[int, np.ndarray] = {}

    def positional_encoding(*, length: int, width: int) -> np.ndarray:
        of_reference("positional_encoding")(length=length, width=width)  # refuses what does not fit
        pairs = (width + 1) // 2
        divisors = kept.setdefault(pairs, 10000.0 ** (2 * np.arange(pairs) / width))
        angle = np.arange(length)[:, None] / np.repeat(divisors, 2)[:width]
        return np.where(np.arange(width) % 2 == 0, np.sin(angle), np.cos(angle))

    return {"positional_encoding": positional_encoding}


def table_handed_out() -> Functions:
    tables: dict[tuple[int, int], np.ndarray] = {}

    def positional_encoding(*, length: int, width: int) -> np.ndarray:
        right = of_reference("positional_encoding")
        if (length, width) not in tables:
            tables[length, width] = right(length=length, width=width)
        return tables[length, width]

    return {"positional_encoding": positional_encoding}


FAULTS = (
    Fault(
        "positional_encoding",
        "all sines before all cosines",
        "forward",
        "halves",
        sines_before_cosines,
        seen="mlx nn.SinusoidalPositionalEncoding",
    ),
    Fault(
        "positional_encoding",
        "the cosine in the even columns, the sine in the odd",
        "forward",
        "exchanged(sin,cos)",
        edited(
            "positional_encoding",
            (
                "np.where(column == even, np.sin(angle), np.cos(angle))",
                "np.where(column == even, np.cos(angle), np.sin(angle))",
            ),
        ),
    ),
    Fault(
        "positional_encoding",
        "every column has an exponent of its own",
        "forward",
        "exponent(column)",
        edited("positional_encoding", ("(even / width)", "(column / width)")),
    ),
    Fault(
        "positional_encoding",
        "the exponent i/width for 2i/width",
        "forward",
        "exponent(i)",
        edited("positional_encoding", ("(even / width)", "(0.5 * even / width)")),
    ),
    Fault(
        "positional_encoding",
        "the exponent i / (width/2 − 1), which ends at 1",
        "forward",
        "exponent(width-2)",
        edited("positional_encoding", ("(even / width)", "(0.5 * even / np.maximum(0.5 * width - 1, 1))")),
        seen="mlx nn.SinusoidalPositionalEncoding",
    ),
    Fault(
        "positional_encoding",
        "positions counted from 1",
        "forward",
        "off_by_one(pos)",
        edited("positional_encoding", ("np.arange(length)[", "np.arange(1, length + 1)[")),
    ),
    Fault(
        "positional_encoding",
        "the base 1000000",
        "forward",
        "base(1000000) or convention(positional_encoding.base=1000000.0)",
        edited(
            "positional_encoding", ("base_convention: float = 10000.0", "base_convention: float = 1000000.0")
        ),
    ),
    Fault(
        "positional_encoding",
        "the length in place of the base",
        "forward",
        "base(length)",
        edited(
            "positional_encoding", (ANGLE, "np.arange(length)[:, None] / (1.0 * length) ** (even / width)")
        ),
    ),
    Fault(
        "positional_encoding",
        "the last column of an odd width stays 0",
        "shape",
        "odd_width",
        odd_width_unfinished,
    ),
    Fault(
        "positional_encoding",
        "from position 16 on all are like position 15",
        "shape",
        "size(length)",
        positions_end,
    ),
    Fault(
        "positional_encoding",
        "a single position comes back without its axis",
        "shape",
        "size(length)",
        one_position_squeezed,
    ),
    Fault(
        "positional_encoding",
        "the angles rounded to float32",
        "precision",
        "coarse(float32)",
        angles_in_float32,
    ),
    Fault(
        "positional_encoding",
        "the result in float32",
        "precision",
        "dtype(float32) or coarse(float32)",
        result_in_float32,
    ),
    Fault(
        "positional_encoding",
        "frequencies kept by their number, which widths 2k − 1 and 2k share",
        "state",
        "state",
        frequencies_kept_by_their_number,
    ),
    Fault(
        "positional_encoding",
        "one table for each size, handed out again and again",
        "state",
        "aliasing",
        table_handed_out,
    ),
)
