"""Wrong layers of perceptrons."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._changed import Values, changed, computed_in, only, quiet, whole_blocks
from wrong._memory import in_one_buffer, misread

fault = partial(Fault, "perceptron")
RIGHT, RIGHT_VJP = of_reference("perceptron"), of_reference("perceptron_vjp")


def square_one_transposed(x: Any, weight: Any, bias: Any) -> Values:
    return x, weight.T.copy() if weight.shape[0] == weight.shape[1] else weight, bias


def bias_after_the_activation() -> Functions:
    def perceptron(x: Any, weight: Any, bias: Any, *, activation: str) -> Any:
        return RIGHT(x, weight, np.zeros_like(bias), activation=activation) + bias

    def perceptron_vjp(dy: Any, x: Any, weight: Any, bias: Any, *, activation: str) -> Values:
        dx, dweight, _ = RIGHT_VJP(dy, x, weight, np.zeros_like(bias), activation=activation)
        return dx, dweight, np.sum(dy, axis=0)

    return {"perceptron": perceptron, "perceptron_vjp": perceptron_vjp}


def inputs_in_eights(x: Any, weight: Any, bias: Any) -> Values:
    reached = np.arange(len(weight)) < whole_blocks(len(weight), 8)
    return x, np.where(reached[:, None], weight, 0), bias


def batch_in_thirty_twos() -> Functions:
    def perceptron_vjp(dy: Any, x: Any, *rest: Any, activation: str) -> Values:
        dx, _, dbias = RIGHT_VJP(dy, x, *rest, activation=activation)
        done = whole_blocks(len(x), 32)
        _, dweight, _ = RIGHT_VJP(dy[:done], x[:done], *rest, activation=activation)
        return dx, dweight, dbias

    return {"perceptron_vjp": perceptron_vjp}


def no_empty_batch() -> Functions:
    def refuse(x: Any) -> None:
        if not len(x):
            raise ValueError("perceptron: x is empty")

    def perceptron(x: Any, *rest: Any, activation: str) -> Any:
        refuse(x)
        return RIGHT(x, *rest, activation=activation)

    def perceptron_vjp(dy: Any, x: Any, *rest: Any, activation: str) -> Values:
        refuse(x)
        return RIGHT_VJP(dy, x, *rest, activation=activation)

    return {"perceptron": perceptron, "perceptron_vjp": perceptron_vjp}


def cotangent_overwritten() -> Functions:
    def perceptron_vjp(dy: Any, *inputs: Any, activation: str) -> Values:
        gradients = RIGHT_VJP(dy, *inputs, activation=activation)
        if dy.flags.writeable and activation == "relu":
            dy[RIGHT(*inputs, activation=activation) <= 0] = 0
        return gradients

    return {"perceptron_vjp": perceptron_vjp}


def accumulated() -> Functions:
    sums: dict[Any, Any] = {}

    def perceptron_vjp(*given: Any, **attributes: Any) -> Values:
        dx, dweight, dbias = RIGHT_VJP(*given, **attributes)
        key = dweight.shape, dweight.dtype
        sums[key] = sums[key] + dweight if key in sums else dweight
        return dx, sums[key].copy(), dbias

    return {"perceptron_vjp": perceptron_vjp}


RETURNED = "return da @ weight.T, x.T @ da, np.sum(da, axis=0)"

FAULTS = (
    fault(
        "a square weight as (out, in)",
        "forward",
        "transposed(weight)",
        changed("perceptron", inputs=square_one_transposed, gradients=square_one_transposed),
        "torch 2.13.0",
    ),
    fault(
        "no bias",
        "forward",
        "ignored(bias)",
        changed("perceptron", inputs=lambda x, weight, bias: (x, weight, np.zeros_like(bias))),
    ),
    fault(
        "the bias after the activation",
        "forward",
        "bias_after",
        bias_after_the_activation,
    ),
    fault(
        "no activation",
        "forward",
        "activation(identity)",
        edited(
            "perceptron",
            ("return _ACTIVATIONS[activation]", 'return _ACTIVATIONS["identity"]'),
            module="_activations",
        ),
    ),
    fault(
        "the sigmoid as exp(a) / (1 + exp(a)), which overflows",
        "stability",
        "not_finite",
        quiet(
            edited(
                "perceptron",
                ("return np.where(x >= 0, 1, e) / (1 + e)", "return np.exp(x) / (1 + np.exp(x))"),
                module="sigmoid",
            )
        ),
    ),
    fault(
        "relu of NaN is 0",
        "stability",
        "nan_lost or convention(relu.nan=zero)",
        edited("perceptron", ("np.maximum(x, 0)", "np.where(x > 0, x, 0)"), module="relu"),
        "paddle 3.3.1",
    ),
    fault(
        "the bias along the batch where N = H",
        "shape",
        "equal(N,H)",
        only(
            "perceptron",
            edited(
                "perceptron",
                (
                    "return bias + x @ weight",
                    "return (bias[:, None] if len(x) == len(bias) else bias) + x @ weight",
                ),
            ),
        ),
    ),
    fault(
        "x @ weight unrolled by 8, the remainder forgotten",
        "shape",
        "size(D)",
        only("perceptron", changed("perceptron", inputs=inputs_in_eights)),
    ),
    fault(
        "dweight of whole tiles of 32 examples",
        "shape",
        "size(N)",
        batch_in_thirty_twos,
        "https://github.com/flagos-ai/FlagGems/pull/898",
    ),
    fault(
        "an empty batch refused",
        "shape",
        None,
        no_empty_batch,
        "https://github.com/pytorch/pytorch/issues/12013",
    ),
    fault(
        "a batch of 1 squeezed",
        "shape",
        "size(N)",
        changed("perceptron", outputs=lambda y: (y[0] if len(y) == 1 else y,)),
    ),
    fault(
        "dbias with the axis that was summed",
        "shape",
        "unsqueezed",
        edited("perceptron", ("np.sum(da, axis=0)", "np.sum(da, axis=0, keepdims=True)")),
    ),
    fault("weight read as if it were contiguous", "shape", "strides", misread("perceptron", 1)),
    fault(
        "dy read as if it were contiguous",
        "shape",
        "strides",
        misread("perceptron_vjp", 0),
        "https://github.com/ROCm/TransformerEngine/pull/623",
    ),
    fault(
        "dbias averaged over the batch",
        "backward",
        "scaled(1/N)",
        edited("perceptron", ("np.sum(da, axis=0)", "np.sum(da, axis=0) / max(1, da.shape[0])")),
    ),
    fault(
        "dbias of dy, without g′",
        "backward",
        "activation(identity,bias) or activation(identity)",
        edited("perceptron", ("np.sum(da, axis=0)", "np.sum(dy, axis=0)")),
    ),
    fault(
        "g′ at the output",
        "backward",
        "twice(derivative)",
        edited(
            "perceptron",
            ("g_vjp(dy, a)", "g_vjp(dy, perceptron(x, weight, bias, activation=activation))"),
        ),
    ),
    fault(
        "a square dweight comes back transposed",
        "backward",
        "transposed(dweight)",
        edited(
            "perceptron",
            (RETURNED, RETURNED.replace("x.T @ da", "(da.T @ x if x.shape == da.shape else x.T @ da)")),
        ),
    ),
    fault(
        "dy taken for ones",
        "backward",
        "cotangent_ignored",
        changed("perceptron", cotangents=lambda dy: (np.ones_like(dy),)),
    ),
    fault(
        "dy overwritten by relu's gradient",
        "state",
        "in_place",
        cotangent_overwritten,
        "https://github.com/NVIDIA/apex/issues/1587",
    ),
    fault(
        "dbias of a single example is a view of dy",
        "state",
        "aliasing",
        edited("perceptron", ("np.sum(da, axis=0)", "(da[0] if len(da) == 1 else np.sum(da, axis=0))")),
    ),
    fault(
        "y comes in a buffer that the next call uses again", "state", "aliasing", in_one_buffer("perceptron")
    ),
    fault("dweight added to that of the calls before", "state", "state", accumulated),
    fault(
        "float64 through float32",
        "precision",
        "coarse(float32)",
        computed_in("perceptron", "float32"),
        "keras 3.15.1",
    ),
)
