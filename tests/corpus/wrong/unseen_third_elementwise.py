"""Wrong activations, softmaxes and dropouts, by someone who had seen neither the cases nor this corpus: the
third such round, after real issues."""

from __future__ import annotations

import numpy as np
from fault import Fault, Functions, edited
from wrong._changed import quiet
from wrong.dropout import DROP
from wrong.softmax_forward import SHIFT, TOTAL


def lanes_without_nan() -> Functions:
    def relu(x: np.ndarray) -> np.ndarray:
        y = np.maximum(x, 0)
        if x.size < 32:
            return y
        flat, whole = y.ravel(), x.size // 8 * 8
        flat[:whole] = np.fmax(x.ravel()[:whole], 0)
        return flat.reshape(x.shape)

    return {"relu": relu}


def packets_by_a_quotient() -> Functions:
    def tanh(x: np.ndarray) -> np.ndarray:
        y = np.tanh(x)
        if x.size < 16:
            return y
        flat, whole = y.ravel(), x.size // 16 * 16
        e = np.expm1(2 * x.ravel()[:whole])
        flat[:whole] = e / (e + 2)
        return flat.reshape(x.shape)

    return {"tanh": tanh}


FAULTS = (
    Fault(
        "relu",
        "NaN becomes 0 in the full lanes of arrays of 32 entries or more",
        "forward",
        "nan_lost",
        lanes_without_nan,
        seen="https://github.com/tracel-ai/burn/issues/5716",
    ),
    Fault(
        "tanh",
        "full packets of 16 are a quotient of exponentials that overflows",
        "stability",
        "not_finite",
        quiet(packets_by_a_quotient),
        seen="https://github.com/pytorch/pytorch/issues/48641",
    ),
    Fault(
        "softmax",
        "a transposed array is read in the order it is stored in",
        "shape",
        "strides",
        edited(
            "softmax",
            (
                "    e = np.exp(",
                "    if x.ndim > 1 and not x.flags.c_contiguous:\n"
                '        x = x.ravel(order="K").reshape(x.shape)\n'
                "    e = np.exp(",
            ),
        ),
        seen="https://github.com/tracel-ai/burn/issues/4815",
    ),
    Fault(
        "softmax",
        "rows over 16 wide are padded to a multiple of 4 with zeros that join the sum",
        "shape",
        "size(K)",
        quiet(
            edited(
                "softmax",
                (
                    f"    return e / {TOTAL}",
                    f"    K, total = x.shape[-1], {TOTAL}\n"
                    "    if K > 16 and K % 4:\n"
                    f"        total = total + -K % 4 * np.exp(-{SHIFT})\n"
                    "    return e / total",
                ),
            )
        ),
    ),
    Fault(
        "dropout",
        "1 - rate is float32 beside float64 data",
        "precision",
        None,
        edited("dropout", (DROP, DROP.replace("(1 - rate)", "np.float32(1 - rate)"))),
        seen="https://github.com/PaddlePaddle/Paddle/pull/10346",
    ),
    Fault(
        "random_dropout",
        "the mask is read off the values: where x is 0 the cotangent passes unscaled",
        "backward",
        "mask_from_output",
        edited(
            "random_dropout",
            (
                "return (random_dropout(dy, rate=rate),)",
                "return (np.where(x == 0, dy, random_dropout(dy, rate=rate)),)",
            ),
        ),
        seen="https://github.com/kaldi-asr/kaldi/issues/3890",
    ),
)
