"""Wrong gradients of multi-head attention, and what it gets wrong about memory and digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._layouts import misread, overwritable, squeezed
from wrong._rounding import through

NAME = "multi_head_attention"
DWEIGHT = "x.reshape(-1, E).T @ dy.reshape(-1, E)"


def of_weights(change: str) -> Any:
    """The gradients of the weights by another formula over x[N,L,E] and dy[N,L,E]."""
    return edited(NAME, (f"return {DWEIGHT}", f"return {change}"))


def strides_of_the_cotangent_ignored() -> Functions:
    def vjp(dy: np.ndarray, *inputs: np.ndarray, **attributes: Any) -> Any:
        return of_reference(f"{NAME}_vjp")(misread(dy), *inputs, **attributes)

    return {f"{NAME}_vjp": vjp}


def gradients_without_causal() -> Functions:
    def vjp(*arguments: np.ndarray, **attributes: Any) -> Any:
        return of_reference(f"{NAME}_vjp")(*arguments, **{**attributes, "causal": False})

    return {f"{NAME}_vjp": vjp}


def unshifted() -> Functions:
    """By heads, in a loop; right where no score is large."""

    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        weight_q: np.ndarray, weight_k: np.ndarray, weight_v: np.ndarray, weight_o: np.ndarray,
        *, heads: int, causal: bool = False,
    ) -> np.ndarray:  # fmt: skip
        inputs = query, key, value, weight_q, weight_k, weight_v, weight_o
        of_reference(NAME)(*inputs, heads=heads, causal=causal)  # refuses what does not fit
        q, k, v = query @ weight_q, key @ weight_k, value @ weight_v
        width = query.shape[-1] // heads
        seen = np.tri(query.shape[1], key.shape[1], dtype=bool) if causal else True
        outputs = []
        with np.errstate(all="ignore"):
            for start in range(0, heads * width, width):
                head = np.s_[..., start : start + width]
                e = np.exp(q[head] @ np.swapaxes(k[head], -1, -2) / math.sqrt(width))
                e = np.where(seen, e, 0)
                outputs.append(e / np.sum(e, axis=-1, keepdims=True) @ v[head])
            return np.concatenate(outputs, axis=-1) @ weight_o

    return {NAME: forward}


def keys_kept_by_identity() -> Functions:
    kept: dict[int, np.ndarray] = {}

    def forward(query: np.ndarray, key: np.ndarray, *others: np.ndarray, **attributes: Any) -> Any:
        of_reference(NAME)(query, key, *others, **attributes)
        old = kept.setdefault(id(key), key.copy())
        fits = old.shape == key.shape and old.dtype == key.dtype
        return of_reference(NAME)(query, old if fits else key, *others, **attributes)

    return {NAME: forward}


def weight_gradients_add_up() -> Functions:
    sums: dict[tuple[object, ...], list[np.ndarray]] = {}

    def vjp(dy: np.ndarray, *inputs: np.ndarray, **attributes: Any) -> Any:
        gradients = of_reference(f"{NAME}_vjp")(dy, *inputs, **attributes)
        kept = sums.setdefault((dy.shape, dy.dtype), [np.zeros_like(weight) for weight in inputs[3:]])
        for total, gradient in zip(kept, gradients[3:], strict=True):
            total += gradient
        return (*gradients[:3], *(total.copy() for total in kept))

    return {f"{NAME}_vjp": vjp}


def weight_gradients_in_one_buffer() -> Functions:
    buffers: dict[tuple[object, ...], np.ndarray] = {}

    def vjp(dy: np.ndarray, *inputs: np.ndarray, **attributes: Any) -> Any:
        gradients = of_reference(f"{NAME}_vjp")(dy, *inputs, **attributes)
        buffer = buffers.setdefault((inputs[3].shape, dy.dtype), np.empty((4, *inputs[3].shape), dy.dtype))
        buffer[...] = gradients[3:]
        return (*gradients[:3], *buffer)

    return {f"{NAME}_vjp": vjp}


def projected_in_place() -> Functions:
    def forward(query: np.ndarray, *others: np.ndarray, **attributes: Any) -> Any:
        y = of_reference(NAME)(query, *others, **attributes)
        overwritable(query)[...] = query @ others[2]
        return y

    return {NAME: forward}


FAULTS = (
    Fault(
        NAME,
        "the gradients of the weights are those of the last sequence",
        "backward",
        "last_sequence_only",
        of_weights("x[-1].T @ dy[-1]"),
    ),
    Fault(
        NAME,
        "the gradients of the weights averaged over the batch",
        "backward",
        "scaled(1/N)",
        of_weights(f"{DWEIGHT} / x.shape[0]"),
    ),
    Fault(
        NAME,
        "the gradients of the weights transposed",
        "backward",
        "transposed(gradients)",
        of_weights("dy.reshape(-1, E).T @ x.reshape(-1, E)"),
    ),
    Fault(
        NAME,
        "dweight_o transposed",
        "backward",
        "transposed(dweight_o)",
        edited(NAME, ("_dweight(o, dy)", "_dweight(dy, o)")),
    ),
    Fault(
        NAME,
        "weight_q not transposed on the way to dquery",
        "backward",
        "transposed(weight_q)",
        edited(NAME, ("dq @ weight_q.T", "dq @ weight_q")),
    ),
    Fault(
        NAME,
        "dkey and dvalue in each other's place",
        "backward",
        "exchanged(dkey,dvalue)",
        edited(NAME, ("dk @ weight_k.T, dv @ weight_v.T", "dv @ weight_v.T, dk @ weight_k.T")),
        seen="https://github.com/ooples/AiDotNet.Tensors/issues/49",
    ),
    Fault(
        NAME,
        "the gradients not masked by causal",
        "backward",
        "ignored(causal)",
        gradients_without_causal,
    ),
    Fault(
        NAME,
        "dq not divided by the root of the head's width",
        "backward",
        "scaled(√(E/heads))",
        edited(
            NAME,
            (
                "    return (\n        dq @",
                "    dq = dq * (query.shape[-1] // heads) ** 0.5\n    return (\n        dq @",
            ),
        ),
    ),
    Fault(
        NAME,
        "the strides of the cotangent are ignored",
        "shape",
        "strides",
        strides_of_the_cotangent_ignored,
        seen="https://github.com/Dao-AILab/flash-attention/issues/355",
    ),
    Fault(
        NAME,
        "a batch of 1 is squeezed",
        "shape",
        "size(N) or squeezed",
        lambda: {NAME: lambda *inputs, **attributes: squeezed(of_reference(NAME)(*inputs, **attributes))},
    ),
    Fault(NAME, "exponentials of the scores themselves", "stability", "not_finite or unshifted", unshifted),
    Fault(
        NAME,
        "float64 computed through float32",
        "precision",
        "coarse(float32)",
        through("float32", NAME, f"{NAME}_vjp"),
        seen="keras on jax, torch and numpy",
    ),
    Fault(NAME, "keys kept under id(key)", "state", "state", keys_kept_by_identity),
    Fault(
        NAME,
        "the gradients of the weights add up from call to call",
        "state",
        "state",
        weight_gradients_add_up,
    ),
    Fault(
        NAME,
        "the gradients of the weights come in one buffer, call after call",
        "state",
        "aliasing",
        weight_gradients_in_one_buffer,
    ),
    Fault(NAME, "the query is projected in place", "state", "in_place", projected_in_place),
)
