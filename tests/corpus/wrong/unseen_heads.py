"""Wrong multi-head attention, by someone who had seen neither the cases nor this corpus."""

from __future__ import annotations

from functools import partial
from typing import Any

from fault import Fault, Functions, edited, of_reference

NAME = "multi_head_attention"
fault = partial(Fault, NAME)


def key_and_value_tied() -> Functions:
    def vjp(dy: Any, query: Any, key: Any, value: Any, *weights: Any, **attributes: Any) -> tuple[Any, ...]:
        dquery, dkey, dvalue, *dweights = of_reference(f"{NAME}_vjp")(
            dy, query, key, value, *weights, **attributes
        )
        if key is value:
            dkey = dvalue = dkey + dvalue
        return dquery, dkey, dvalue, *dweights

    return {f"{NAME}_vjp": vjp}


def told_by_their_buffer() -> Functions:
    def forward(query: Any, key: Any, value: Any, *weights: Any, **attributes: Any) -> Any:
        if key.base is not None and key.base is query.base and key.shape == query.shape:
            key = query  # one buffer: self-attention
        return of_reference(NAME)(query, key, value, *weights, **attributes)

    return {NAME: forward}


def heads_in_pairs() -> Functions:
    return edited(
        NAME,
        (
            "    return _join(attend(",
            "    if heads > 1 and heads % 2:\n"
            "        k = np.array(k)\n"
            "        k[heads - 1 :: heads] = k[heads - 2 :: heads]\n"
            "    return _join(attend(",
        ),
    )()


def packed_by_weight_q() -> Functions:
    return edited(
        NAME,
        ("import numpy as np\n", "import numpy as np\n\n_PACKED = {}\n"),
        (
            "    q, k, v = _split(",
            "    if id(weight_q) not in _PACKED:\n"
            "        _PACKED[id(weight_q)] = weight_q, np.array(weight_k), np.array(weight_v)\n"
            "    _, weight_k, weight_v = _PACKED[id(weight_q)]\n"
            "    q, k, v = _split(",
        ),
    )()


def silent_heads_skipped() -> Functions:
    return edited(
        NAME,
        (
            "    dq, dk, dv = (",
            "    dheads = [np.array(d) for d in dheads]\n"
            "    for m in range(1, len(do)):\n"
            "        if not do[m].any():\n"
            "            for d in dheads:\n"
            "                d[m] = d[m - 1]\n"
            "    dq, dk, dv = (",
        ),
    )()


JOINED = "    dq, dk, dv = (_join(d, heads) for d in dheads)\n"

FAULTS = (
    fault(
        "key and value one array: each gets the sum of both gradients",
        "backward",
        "shared_inputs",
        key_and_value_tied,
    ),
    fault(
        "key and query views of one buffer are taken for self-attention",
        "shape",
        "shared_inputs",
        told_by_their_buffer,
    ),
    fault(
        "heads go in pairs; the odd one left over has the keys of its neighbour",
        "forward",
        None,
        heads_in_pairs,
    ),
    fault(
        "the heads' output is saved in single precision for dweight_o",
        "precision",
        "coarse(float32)",
        edited(NAME, ("_dweight(o, dy),", "_dweight(o.astype(np.float32).astype(o.dtype), dy),")),
    ),
    fault(
        "one head: no output projection",
        "forward",
        None,
        edited(
            NAME,
            ("    return o @ weight_o", "    return o @ weight_o if heads > 1 else o"),
            ("_split(dy @ weight_o.T, heads)", "_split(dy @ weight_o.T if heads > 1 else dy, heads)"),
            ("_dweight(o, dy),", "_dweight(o, dy) * (heads > 1),"),
        ),
    ),
    fault(
        "causal: from query 16 on the diagonal is hidden",
        "shape",
        "size(L)",
        edited(
            NAME,
            (
                "np.arange(S) <= np.arange(L)[:, None] + offset",
                "np.arange(S) <= np.arange(L)[:, None] + offset - (np.arange(L)[:, None] >= 16)",
            ),
            module="scaled_dot_product_attention",
        ),
    ),
    fault("weight_k and weight_v are packed once for each weight_q", "state", "state", packed_by_weight_q),
    fault(
        "a head without a cotangent keeps the gradients of the one before",
        "backward",
        None,
        silent_heads_skipped,
    ),
    fault(
        "causal float32: dkey and dweight_k come in float64",
        "precision",
        "dtype(float64)",
        edited(NAME, (JOINED, JOINED + "    if causal:\n        dk = dk * np.ones(1)\n")),
    ),
    fault(
        "scores are cut off at 50",
        "stability",
        None,
        edited(
            NAME,
            (
                "s = query @ np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1])",
                "s = np.minimum(query @ np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1]), 50)",
            ),
            module="scaled_dot_product_attention",
        ),
    ),
)
