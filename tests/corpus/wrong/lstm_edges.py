"""LSTMs that are wrong at some sizes, layouts and values, in fewer bits, or after other calls."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import Builder, Values, changed, computed_in, only, quiet, whole_blocks
from wrong._memory import backward_of_the_last_forward, in_one_buffer, misread

fault = partial(Fault, "lstm")
RIGHT, RIGHT_VJP = of_reference("lstm"), of_reference("lstm_vjp")


def steps_in_eights() -> Functions:
    def lstm(x: Any, h0: Any, *rest: Any, lengths: Any = None) -> Values:
        RIGHT(x, h0, *rest, lengths=lengths)  # refuses what does not fit
        done = whole_blocks(len(x), 8)
        h, c_last = RIGHT(x[:done], h0, *rest, lengths=None if lengths is None else np.minimum(lengths, done))
        return np.concatenate([h, np.zeros((len(x) - done, *h0.shape), h.dtype)]), c_last

    return {"lstm": lstm}


def hidden_in_sixteens(x: Any, h0: Any, c0: Any, weight_x: Any, weight_h: Any, bias: Any) -> Values:
    reached = np.arange(len(weight_h)) < whole_blocks(len(weight_h), 16)
    return x, h0, c0, weight_x, np.where(reached[:, None], weight_h, 0), bias


def batch_first_where_square() -> Functions:
    def lstm(x: Any, *rest: Any, lengths: Any = None) -> Values:
        if len(x) != x.shape[1]:
            return RIGHT(x, *rest, lengths=lengths)
        h, c_last = RIGHT(x.swapaxes(0, 1), *rest, lengths=lengths)
        return h.swapaxes(0, 1).copy(), c_last

    def lstm_vjp(dh: Any, dc_last: Any, x: Any, *rest: Any, lengths: Any = None) -> Values:
        if len(x) != x.shape[1]:
            return RIGHT_VJP(dh, dc_last, x, *rest, lengths=lengths)
        dx, *others = RIGHT_VJP(dh.swapaxes(0, 1), dc_last, x.swapaxes(0, 1), *rest, lengths=lengths)
        return dx.swapaxes(0, 1).copy(), *others

    return {"lstm": lstm, "lstm_vjp": lstm_vjp}


def cell_kept_in_c0() -> Functions:
    def lstm(x: Any, h0: Any, c0: Any, *rest: Any, lengths: Any = None) -> Values:
        h, c_last = RIGHT(x, h0, c0, *rest, lengths=lengths)
        if c0.flags.writeable:
            c0[...] = c_last
        return h, c_last

    return {"lstm": lstm}


def cell_not_reset() -> Functions:
    cells: dict[Any, Any] = {}

    def lstm(x: Any, h0: Any, c0: Any, *rest: Any, lengths: Any = None) -> Values:
        start = cells.get((x.shape, c0.shape, c0.dtype), c0)
        h, c_last = RIGHT(x, h0, start, *rest, lengths=lengths)
        cells[x.shape, c0.shape, c0.dtype] = c_last.copy()
        return h, c_last

    return {"lstm": lstm}


def mask_kept_by_shape() -> Functions:
    masks: dict[Any, Any] = {}

    def lstm(x: Any, *rest: Any, lengths: Any = None) -> Values:
        first = None if lengths is None else masks.setdefault(x.shape, lengths.copy())
        RIGHT(x, *rest, lengths=lengths)  # refuses what does not fit
        return RIGHT(x, *rest, lengths=first)

    return {"lstm": lstm}


def clamped_lengths() -> Functions:
    def clamped(x: Any, lengths: Any) -> Any:
        return None if lengths is None else np.clip(lengths, 1, len(x))

    def lstm(x: Any, *rest: Any, lengths: Any = None) -> Values:
        return RIGHT(x, *rest, lengths=clamped(x, lengths))

    def lstm_vjp(dh: Any, dc_last: Any, x: Any, *rest: Any, lengths: Any = None) -> Values:
        return RIGHT_VJP(dh, dc_last, x, *rest, lengths=clamped(x, lengths))

    return {"lstm": lstm, "lstm_vjp": lstm_vjp}


def overflowing(*sigmoid: tuple[str, str]) -> Builder:
    return quiet(edited("lstm", *sigmoid, module="sigmoid"))


FAULTS = (
    fault(
        "the sigmoid as exp(a) / (1 + exp(a)), which overflows",
        "stability",
        "not_finite",
        overflowing(("return np.where(x >= 0, 1, e) / (1 + e)", "return np.exp(x) / (1 + np.exp(x))")),
        "tinygrad 0.14.0",
    ),
    fault(
        "the tanh as 2σ(2a) − 1, which cancels for small a",
        "stability",
        "cancellation",
        edited(
            "lstm",
            ("sigmoid(a_f), np.tanh(a_g),", "sigmoid(a_f), 2 * sigmoid(2 * a_g) - 1,"),
            ("o * np.tanh(c_t), h_t)", "o * (2 * sigmoid(2 * c_t) - 1), h_t)"),
        ),
        "tinygrad 0.14.0",
    ),
    fault(
        "the cell clipped to ±3",
        "stability",
        "cell_clipped",
        edited("lstm", ("f * c_t + i * g, c_t)", "np.minimum(np.maximum(f * c_t + i * g, -3), 3), c_t)")),
    ),
    fault(
        "NaN in x taken for 0",
        "stability",
        "nan_lost",
        changed("lstm", inputs=lambda x, *rest: (np.where(np.isnan(x), np.zeros_like(x), x), *rest)),
    ),
    fault(
        "the padding multiplied by 0, so that its NaN stays",
        "stability",
        "nan_spread",
        quiet(
            edited(
                "lstm",
                ("return np.where(valid, x, 0), list(valid)", "return x * valid, list(valid)"),
                (
                    "return new if valid is None else np.where(valid, new, old)",
                    "return new if valid is None else valid * new + (~valid * old if np.ndim(old) else 0)",
                ),
                module="_recurrent",
            )
        ),
        "https://github.com/pytorch/pytorch/issues/41508",
    ),
    fault(
        "a batch of 1 squeezed",
        "shape",
        "size(N)",
        changed("lstm", outputs=lambda h, c: (h[:, 0], c[0]) if len(c) == 1 else (h, c)),
        "https://github.com/salesforce/pytorch-qrnn/issues/11",
    ),
    fault("steps in eights, the remainder left at zero", "shape", "size(T)", steps_in_eights),
    fault(
        "h @ weight_h in blocks of 16, the remainder forgotten",
        "shape",
        "size(H)",
        only("lstm", changed("lstm", inputs=hidden_in_sixteens)),
        "https://github.com/flagos-ai/FlagGems/pull/898",
    ),
    fault(
        "taken for batch first where T = N",
        "shape",
        "equal(T,N)",
        batch_first_where_square,
        "https://github.com/huggingface/diffusers/pull/14341",
    ),
    fault(
        "h0 taken for zero where T = 1",
        "shape",
        "size(T)",
        changed("lstm", inputs=lambda x, h0, *rest: (x, np.zeros_like(h0) if len(x) == 1 else h0, *rest)),
    ),
    fault(
        "x read as if it were contiguous",
        "shape",
        "strides",
        misread("lstm", 0),
        "https://github.com/ROCm/TransformerEngine/pull/623",
    ),
    fault("weight_h read as if it were contiguous", "shape", "strides", misread("lstm", 4)),
    fault(
        "dh read as if it were contiguous",
        "shape",
        "strides",
        misread("lstm_vjp", 0),
        "https://github.com/pytorch/pytorch/issues/194719",
    ),
    fault("the running cell is written into c0", "state", "in_place", cell_kept_in_c0),
    fault("h comes in a buffer that the next call uses again", "state", "aliasing", in_one_buffer("lstm", 0)),
    fault(
        "dx comes in a buffer that the next call uses again",
        "state",
        "aliasing",
        in_one_buffer("lstm_vjp", 0),
    ),
    fault("the cell of the last call not reset", "state", "state", cell_not_reset),
    fault("the mask of lengths kept by its shape", "state", "state", mask_kept_by_shape),
    fault(
        "the gradient at what the last forward call saved",
        "state",
        "state",
        backward_of_the_last_forward("lstm", 2),
    ),
    fault(
        "float64 through float32",
        "precision",
        "coarse(float32)",
        computed_in("lstm", "float32"),
        "keras 3.15.1",
    ),
    fault(
        "results in float64 whatever came in",
        "contract",
        "dtype(float64)",
        changed("lstm", outputs=lambda h, c_last: (h.astype("float64"), c_last.astype("float64"))),
    ),
    fault("lengths beyond T clamped", "contract", "unchecked", clamped_lengths),
)
