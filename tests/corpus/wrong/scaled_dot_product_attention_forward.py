"""Wrong attention: scales, softmaxes, sizes. The gradient goes with it unless the name says otherwise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._attention import NAME, arranged, attending, scores, visible
from wrong._layouts import misread, squeezed
from wrong._rounding import rounded, through

SCORES = "s = query @ np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1])"
ROOT = "root = math.sqrt(query.shape[-1])"


def scaled_by(factor: str) -> Any:
    """Scores times the factor, a text over query and key, in both directions."""
    return edited(
        NAME,
        (SCORES, f"s = query @ np.swapaxes(key, -1, -2) * ({factor})"),
        (ROOT, f"root = 1 / ({factor})"),
    )


def by_the_width_of_the_values() -> Functions:
    def forward(query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> np.ndarray:
        factor = math.sqrt(query.shape[-1] / value.shape[-1])
        return of_reference(NAME)(query * factor, key, value, **attributes)

    def vjp(dy: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> Any:
        factor = math.sqrt(query.shape[-1] / value.shape[-1])
        dquery, *others = of_reference(f"{NAME}_vjp")(dy, query * factor, key, value, **attributes)
        return (dquery * factor, *others)

    return {NAME: forward, f"{NAME}_vjp": vjp}


def unshifted() -> Functions:
    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        of_reference(NAME)(query, key, value, causal=causal, mask=mask)  # refuses what does not fit
        seen = visible(query.shape[1], key.shape[1], causal, mask)
        with np.errstate(all="ignore"):
            e = np.exp(np.where(seen, scores(query, key), -math.inf))
            return e / np.sum(e, axis=-1, keepdims=True) @ value

    return {NAME: forward}


def sum_not_rescaled() -> Functions:
    """Over tiles of 16 keys: the total follows each new shift, what was added up of the values does not."""

    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        right = of_reference(NAME)(query, key, value, causal=causal, mask=mask)
        if key.shape[1] <= 16:
            return right
        seen = visible(query.shape[1], key.shape[1], causal, mask)
        s = np.where(seen, scores(query, key), -math.inf)
        shift = np.max(s[..., :16], axis=-1, keepdims=True)
        added = np.zeros_like(right)
        total = np.zeros_like(shift)
        for start in range(0, key.shape[1], 16):
            tile = slice(start, start + 16)
            new = np.maximum(shift, np.max(s[..., tile], axis=-1, keepdims=True))
            safe = np.where(np.isneginf(new), 0, new)
            e = np.exp(s[..., tile] - safe)
            added = added + e @ value[:, tile]
            total = total * np.exp(shift - safe) + np.sum(e, axis=-1, keepdims=True)
            shift = new
        return added / total

    return {NAME: forward}


def width_in_blocks_of_8() -> Functions:
    def forward(query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> np.ndarray:
        E = query.shape[-1]
        if E > 8 and E % 8:
            query = query.copy()
            query[..., E - E % 8 :] = 0
        return of_reference(NAME)(query, key, value, **attributes)

    return {NAME: forward}


def softmax_in_float32() -> Functions:
    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        right = of_reference(NAME)(query, key, value, causal=causal, mask=mask)
        if query.dtype == np.float32:
            return right
        s = np.where(visible(query.shape[1], key.shape[1], causal, mask), scores(query, key), -math.inf)
        return rounded(of_reference("softmax")(rounded(s, "float32")), "float32") @ value

    return {NAME: forward}


def one_key_is_the_answer() -> Functions:
    def forward(query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> np.ndarray:
        y = of_reference(NAME)(query, key, value, **attributes)
        return value if query.shape[1] == key.shape[1] == 1 else y

    return {NAME: forward}


def nan_weights_become_zero() -> Functions:
    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        right = of_reference(NAME)(query, key, value, causal=causal, mask=mask)
        s = np.where(visible(query.shape[1], key.shape[1], causal, mask), scores(query, key), -math.inf)
        return np.nan_to_num(of_reference("softmax")(s)) @ value if np.isnan(s).any() else right

    return {NAME: forward}


def kept_keys() -> Functions:
    kept: dict[tuple[object, ...], np.ndarray] = {}

    def forward(query: np.ndarray, key: np.ndarray, value: np.ndarray, **attributes: Any) -> np.ndarray:
        of_reference(NAME)(query, key, value, **attributes)  # refuses what does not fit
        key = kept.setdefault((key.shape, key.dtype), key.copy())
        return of_reference(NAME)(query, key, value, **attributes)

    return {NAME: forward}


FAULTS = (
    Fault(NAME, "scores not scaled", "forward", "attention_scale(1)", scaled_by("1")),
    Fault(NAME, "scores divided by E", "forward", "attention_scale(1/E)", scaled_by("1 / query.shape[-1]")),
    Fault(
        NAME,
        "scores divided by √S, the number of keys",
        "forward",
        "attention_scale(1/√S)",
        scaled_by("1 / math.sqrt(key.shape[1])"),
    ),
    Fault(
        NAME,
        "scores divided by √F, the width of the values",
        "forward",
        "attention_scale(1/√F)",
        by_the_width_of_the_values,
    ),
    Fault(NAME, "the softmax over the queries", "forward", "axis(-2)", attending(visible, axis=-2)),
    Fault(
        NAME,
        "no softmax: the visible keys weigh the same",
        "forward",
        "ignored(query)",
        arranged(lambda given: {**given, "query": 0 * given["query"]}, "forward"),
    ),
    Fault(
        NAME,
        "key and query change places where L = S",
        "forward",
        "exchanged(query,key)",
        arranged(
            lambda given: (
                {**given, "query": given["key"], "key": given["query"]}
                if given["query"].shape == given["key"].shape
                else given
            ),
            "forward",
        ),
    ),
    Fault(NAME, "exponentials of the scores themselves", "stability", "not_finite or unshifted", unshifted),
    Fault(
        NAME,
        "scores cut off at ±30, but not in the gradient's chain",
        "stability",
        None,
        edited(
            NAME,
            (
                "    visible = _visible(s, ",
                "    s = np.maximum(np.minimum(s, 30), -30)\n    visible = _visible(s, ",
            ),
        ),
    ),
    Fault(
        NAME,
        "past a tile of 16 keys what was added up is not rescaled",
        "shape",
        "size(S)",
        sum_not_rescaled,
        seen="https://github.com/flagos-ai/FlagGems/pull/898",
    ),
    Fault(
        NAME,
        "past a width of 8 the remainder is left out of the scores",
        "shape",
        "size(E)",
        width_in_blocks_of_8,
    ),
    Fault(
        NAME,
        "a batch of 1 is squeezed",
        "shape",
        "size(N) or squeezed",
        lambda: {NAME: lambda *inputs, **attributes: squeezed(of_reference(NAME)(*inputs, **attributes))},
    ),
    Fault(
        NAME,
        "the strides of the key are ignored",
        "shape",
        "strides",
        arranged(lambda given: {**given, "key": misread(given["key"])}, "forward"),
        seen="https://github.com/fla-org/flash-linear-attention/pull/871",
    ),
    Fault(
        NAME,
        "float64 with the softmax in float32",
        "precision",
        "coarse(float32)",
        softmax_in_float32,
        seen="jax 0.10.2, jax.nn.dot_product_attention",
    ),
    Fault(
        NAME,
        "computed in float16",
        "precision",
        "coarse(float16)",
        through("float16", NAME, f"{NAME}_vjp"),
    ),
    Fault(
        NAME,
        "for one query and one key the value itself comes back",
        "state",
        "aliasing",
        one_key_is_the_answer,
    ),
    Fault(NAME, "the keys of the first call of a shape are kept", "state", "state", kept_keys),
    Fault(
        NAME,
        "a weight that is NaN becomes 0",
        "contract",
        "nan_lost",
        nan_weights_become_zero,
    ),
)
