"""What implementations of `multi_head_attention` get wrong: which columns a head owns, and the scale it
has."""

from __future__ import annotations

from typing import Any

from ._edited import as_if

_SPLIT = "np.swapaxes(x.reshape(N, L, heads, E // heads), 1, 2).reshape(N * heads, L, E // heads)"
_JOIN = "np.swapaxes(x.reshape(M // heads, heads, L, width), 1, 2).reshape(M // heads, L, heads * width)"
_ATTEND = "attend(q, k, v, causal"
_BACK = "attend_vjp(do, q, k, v, causal"

_ROWS: tuple[Any, ...] = (
    (
        "interleaved_heads",
        "head a owns every heads-th column from a on; it has to own a block of columns",
        (
            _SPLIT,
            "np.transpose(x.reshape(N, L, E // heads, heads), (0, 3, 1, 2)).reshape(N * heads, L, E "
            "// heads)",
        ),
        (
            _JOIN,
            "np.transpose(x.reshape(M // heads, heads, L, width), (0, 2, 3, 1)).reshape(M // heads, "
            "L, heads * width)",
        ),
    ),
    (
        "interleaved_heads",
        "heads are joined column by column; they have to stand side by side",
        (
            _JOIN,
            "np.transpose(x.reshape(M // heads, heads, L, width), (0, 2, 3, 1)).reshape(M // heads, "
            "L, heads * width)",
        ),
    ),
    (
        "missing(swapaxes)",
        "heads are split by a reshape alone: they cut through the sequence",
        (_SPLIT, "x.reshape(N * heads, L, E // heads)"),
        (_JOIN, "x.reshape(M // heads, L, heads * width)"),
    ),
    (
        "missing(swapaxes)",
        "heads are joined by a reshape alone: they cut through the sequence",
        (_JOIN, "x.reshape(M // heads, L, heads * width)"),
    ),
    (
        "attention_scale(1/√E)",
        "the scores are divided by the root of the whole width; each head has E/heads columns",
        (_ATTEND, "attend(q / heads**0.5, k, v, causal"),
    ),
    (
        "attention_scale(1/√E)",
        "the scores are divided by the root of the whole width; each head has E/heads columns",
        (_ATTEND, "attend(q / heads**0.5, k, v, causal"),
        (_BACK, "attend_vjp(do, q / heads**0.5, k, v, causal"),
        ("for d in dheads)", "for d in (dheads[0] / heads**0.5, *dheads[1:]))"),
    ),
    (
        "attention_scale(1)",
        "the scores are not divided by √(E/heads)",
        (_ATTEND, "attend(q * q.shape[-1] ** 0.5, k, v, causal"),
    ),
    (
        "attention_scale(1)",
        "the scores are not divided by √(E/heads)",
        (_ATTEND, "attend(q * q.shape[-1] ** 0.5, k, v, causal"),
        (_BACK, "attend_vjp(do, q * q.shape[-1] ** 0.5, k, v, causal"),
        ("for d in dheads)", "for d in (dheads[0] * q.shape[-1] ** 0.5, *dheads[1:]))"),
    ),
    (
        "last_sequence_only",
        "the gradients of the weights are those of the last sequence: they are overwritten, not added up",
        ("return x.reshape(-1, E).T @ dy.reshape(-1, E)", "return x[-1].T @ dy[-1]"),
    ),
    (
        "ignored(causal)",
        "the gradients are those without the causal mask",
        (_BACK + "=causal", "attend_vjp(do, q, k, v, causal=False"),
    ),
    *(
        (
            f"transposed({weight})",
            f"{d} is taken back by {weight}; it has to be {weight}ᵀ",
            (f"{d} @ {weight}.T", f"{d} @ {weight}"),
        )
        for d, weight in (("dq", "weight_q"), ("dk", "weight_k"), ("dv", "weight_v"))
    ),
    (
        "scaled(√(E/heads))",
        "dq lacks the factor 1/√(E/heads)",
        ("for d in dheads)", "for d in (dheads[0] * q.shape[-1] ** 0.5, *dheads[1:]))"),
    ),
    ("ignored(weight_o)", "the output projection is missing", ("return o @ weight_o", "return o")),
    (
        "transposed(weight_o)",
        "do is made by weight_o; it has to be weight_oᵀ",
        ("dy @ weight_o.T", "dy @ weight_o"),
    ),
    (
        "exchanged(key,value)",
        "values are projected from the keys",
        ("_split(value @ weight_v", "_split(key @ weight_v"),
    ),
)
"""Cause, sentence, and what is changed."""

EXPLANATIONS = tuple(as_if("multi_head_attention", *row) for row in _ROWS)
