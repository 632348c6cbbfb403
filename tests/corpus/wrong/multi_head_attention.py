"""Wrong multi-head attention; the gradient goes with it unless the name says otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference

NAME = "multi_head_attention"
INPUTS = ("query", "key", "value", "weight_q", "weight_k", "weight_v", "weight_o")
SPLIT = "np.swapaxes(x.reshape(N, L, heads, E // heads), 1, 2).reshape(N * heads, L, E // heads)"
JOIN = "np.swapaxes(x.reshape(M // heads, heads, L, width), 1, 2).reshape(M // heads, L, heads * width)"

Given = dict[str, Any]


def arranged(
    arrange: Callable[[Given], Given], back: Callable[[list[Any]], Any] = tuple
) -> Callable[[], Functions]:
    """The reference with other inputs; `back` makes of its gradients those of what was given."""

    def forward(*inputs: np.ndarray, **attributes: Any) -> Any:
        of_reference(NAME)(*inputs, **attributes)  # refuses what does not fit
        return of_reference(NAME)(**arrange({**dict(zip(INPUTS, inputs, strict=True)), **attributes}))

    def vjp(dy: np.ndarray, *inputs: np.ndarray, **attributes: Any) -> Any:
        of_reference(f"{NAME}_vjp")(dy, *inputs, **attributes)
        given = arrange({**dict(zip(INPUTS, inputs, strict=True)), **attributes})
        return back(list(of_reference(f"{NAME}_vjp")(dy, **given)))

    return lambda: {NAME: forward, f"{NAME}_vjp": vjp}


def scaled_by_the_whole_width() -> Functions:
    def rescaled(given: Given) -> tuple[Given, float]:
        factor = 1 / math.sqrt(given["heads"])
        return {**given, "weight_q": given["weight_q"] * factor}, factor

    def forward(*inputs: np.ndarray, **attributes: Any) -> Any:
        of_reference(NAME)(*inputs, **attributes)
        given, _ = rescaled({**dict(zip(INPUTS, inputs, strict=True)), **attributes})
        return of_reference(NAME)(**given)

    def vjp(dy: np.ndarray, *inputs: np.ndarray, **attributes: Any) -> Any:
        of_reference(f"{NAME}_vjp")(dy, *inputs, **attributes)
        given, factor = rescaled({**dict(zip(INPUTS, inputs, strict=True)), **attributes})
        gradients = list(of_reference(f"{NAME}_vjp")(dy, **given))
        gradients[3] = gradients[3] * factor
        return tuple(gradients)

    return {NAME: forward, f"{NAME}_vjp": vjp}


def key_and_query_weights(gradients: list[Any]) -> Any:
    gradients[3], gradients[4] = gradients[4], gradients[3]
    return tuple(gradients)


def last_turned(gradients: list[Any], *arguments: np.ndarray) -> Any:
    return (*gradients[:6], gradients[6].T.copy())


def query_turned(gradients: list[Any], *arguments: np.ndarray) -> Any:
    return (*gradients[:3], gradients[3].T.copy(), *gradients[4:])


def values_from_the_keys(gradients: list[Any]) -> Any:
    gradients[1], gradients[2] = gradients[1] + gradients[2], np.zeros_like(gradients[2])
    return tuple(gradients)


def single_head_has_no_output_weight() -> Functions:
    def forward(*inputs: np.ndarray, heads: int, **attributes: Any) -> Any:
        of_reference(NAME)(*inputs, heads=heads, **attributes)
        *others, weight_o = inputs
        if heads == 1:
            weight_o = np.eye(len(weight_o), dtype=weight_o.dtype)
        return of_reference(NAME)(*others, weight_o, heads=heads, **attributes)

    def vjp(dy: np.ndarray, *inputs: np.ndarray, heads: int, **attributes: Any) -> Any:
        right = of_reference(f"{NAME}_vjp")(dy, *inputs, heads=heads, **attributes)
        if heads > 1:
            return right
        *others, weight_o = inputs
        identity = np.eye(len(weight_o), dtype=weight_o.dtype)
        gradients = of_reference(f"{NAME}_vjp")(dy, *others, identity, heads=heads, **attributes)
        return (*gradients[:6], np.zeros_like(weight_o))

    return {NAME: forward, f"{NAME}_vjp": vjp}


def batch_and_positions() -> Functions:
    def turned(array: np.ndarray) -> np.ndarray:
        return np.swapaxes(array, 0, 1)

    def forward(*inputs: np.ndarray, **attributes: Any) -> Any:
        of_reference(NAME)(*inputs, **attributes)
        return turned(of_reference(NAME)(*map(turned, inputs[:3]), *inputs[3:], **attributes))

    def vjp(dy: np.ndarray, *inputs: np.ndarray, **attributes: Any) -> Any:
        of_reference(f"{NAME}_vjp")(dy, *inputs, **attributes)
        gradients = of_reference(f"{NAME}_vjp")(
            turned(dy), *map(turned, inputs[:3]), *inputs[3:], **attributes
        )
        return (*map(turned, gradients[:3]), *gradients[3:])

    return {NAME: forward, f"{NAME}_vjp": vjp}


def from_the_last_key(given: Given) -> Given:
    if not given.get("causal"):
        return given
    if given["query"].shape[1] > given["key"].shape[1]:
        raise NotImplementedError("more queries than keys")
    return {**given, "causal_convention": "bottom_right"}


FAULTS = (
    Fault(
        NAME,
        "scores divided by √E, the width of all heads",
        "forward",
        "attention_scale(1/√E)",
        scaled_by_the_whole_width,
    ),
    Fault(
        NAME,
        "head a owns the columns a, a + heads, …",
        "forward",
        "interleaved_heads",
        edited(
            NAME,
            (
                SPLIT,
                "np.swapaxes(np.swapaxes(x.reshape(N, L, E // heads, heads), 2, 3), 1, 2)"
                ".reshape(N * heads, L, E // heads)",
            ),
            (
                JOIN,
                "np.swapaxes(np.swapaxes(x.reshape(M // heads, heads, L, width), 1, 2), 2, 3)"
                ".reshape(M // heads, L, heads * width)",
            ),
        ),
    ),
    Fault(
        NAME,
        "heads split off by a reshape alone, positions mixed with them",
        "forward",
        "missing(swapaxes)",
        edited(
            NAME,
            (SPLIT, "x.reshape(N * heads, L, E // heads)"),
            (JOIN, "x.reshape(M // heads, L, heads * width)"),
        ),
    ),
    Fault(
        NAME,
        "heads joined by a reshape alone, the gradient right",
        "forward",
        "missing(swapaxes)",
        lambda: {NAME: edited(NAME, (JOIN, "x.reshape(M // heads, L, heads * width)"))()[NAME]},
    ),
    Fault(
        NAME,
        "where heads = L they are not transposed back, the gradient right",
        "shape",
        None,
        lambda: {
            NAME: edited(
                NAME, (JOIN, f"x.reshape(M // heads, L, heads * width) if L == heads else {JOIN}")
            )()[NAME]
        },
        seen="https://github.com/huggingface/diffusers/pull/14341",
    ),
    Fault(
        NAME,
        "weight_o kept as (out, in)",
        "forward",
        "transposed(weight_o)",
        arranged(lambda given: {**given, "weight_o": given["weight_o"].T}, last_turned),
        seen="torch 2.13.0, nn.MultiheadAttention",
    ),
    Fault(
        NAME,
        "weight_q kept as (out, in)",
        "forward",
        "transposed(weight_q)",
        arranged(lambda given: {**given, "weight_q": given["weight_q"].T}, query_turned),
        seen="torch 2.13.0, nn.MultiheadAttention",
    ),
    Fault(
        NAME,
        "the query projected by weight_k and the key by weight_q",
        "forward",
        "exchanged(weight_q,weight_k)",
        arranged(
            lambda given: {**given, "weight_q": given["weight_k"], "weight_k": given["weight_q"]},
            key_and_query_weights,
        ),
    ),
    Fault(
        NAME,
        "the values are projected from the key",
        "forward",
        "exchanged(key,value)",
        arranged(lambda given: {**given, "value": given["key"]}, values_from_the_keys),
    ),
    Fault(
        NAME,
        "causal not heeded",
        "forward",
        "ignored(causal)",
        arranged(lambda given: {**given, "causal": False}),
    ),
    Fault(
        NAME,
        "the causal triangle ends at the last key",
        "forward",
        "convention(scaled_dot_product_attention.causal=bottom_right)",
        arranged(from_the_last_key),
        seen="https://github.com/ml-explore/mlx/issues/2835",
    ),
    Fault(
        NAME,
        "positions first and the batch second, so that sequences attend to each other",
        "forward",
        None,
        batch_and_positions,
        seen="torch 2.13.0, nn.MultiheadAttention without batch_first",
    ),
    Fault(
        NAME,
        "a single head has no output projection",
        "shape",
        None,
        single_head_has_no_output_weight,
    ),
)
