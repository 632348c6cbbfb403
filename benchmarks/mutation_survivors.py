"""Why each mutant that nothing kills is right as well: kept by hand, with the file and function it is in."""

from __future__ import annotations

SHIFT = "softmax_cross_entropy.softmax_cross_entropy"
SPLIT, JOIN, DWEIGHT = (f"multi_head_attention.{name}" for name in ("_split", "_join", "_dweight"))
ATTEND, ATTEND_VJP = (
    f"scaled_dot_product_attention.{name}" for name in ("_forward", "scaled_dot_product_attention_vjp")
)
SCORES = "scaled_dot_product_attention._scores"
BCE, MSE = "binary_cross_entropy.binary_cross_entropy", "mean_squared_error.mean_squared_error"
HEADS = "multi_head_attention.multi_head_attention"
BY_HEAD = "np.swapaxes(x.reshape(N, L, heads, E // heads), 1, 2)"
SIDE_BY_SIDE = "np.swapaxes(x.reshape(M // heads, heads, L, width), 1, 2)"
LARGEST, LARGEST_LOGIT = "np.max(x, axis=-1, keepdims=True)", "np.max(logits, axis=-1, keepdims=True)"
WEIGHTS = "(weight_q, weight_k, weight_v, weight_o)"

EQUIVALENT: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Any shift of a row leaves its softmax, and its log-sum less a logit, as they are (`softmax.law.shift`,"
    " `softmax_cross_entropy.law.shift`, `scaled_dot_product_attention.law.shift`). Only overflow tells which"
    " one was taken, and there is none among exact numbers; the suite has logits that overflow.": (
        ("softmax.softmax", f"x - {LARGEST}", f"x + {LARGEST}"),
        ("softmax.softmax", f"x - {LARGEST}", "x"),
        ("softmax.softmax", LARGEST, "np.sum(x, axis=-1, keepdims=True)"),
        ("softmax.softmax", LARGEST, "np.max(x, keepdims=True)"),
        (SHIFT, f"logits - {LARGEST_LOGIT}", f"logits + {LARGEST_LOGIT}"),
        (SHIFT, f"logits - {LARGEST_LOGIT}", "logits"),
        (SHIFT, LARGEST_LOGIT, "np.sum(logits, axis=-1, keepdims=True)"),
        (SHIFT, LARGEST_LOGIT, "np.max(logits, keepdims=True)"),
        (SHIFT, LARGEST_LOGIT, "np.max(K, axis=-1, keepdims=True)"),
        (SHIFT, LARGEST_LOGIT, "np.max(labels, axis=-1, keepdims=True)"),
        (ATTEND, "np.max(s, axis=-1, keepdims=True)", "np.max(s, keepdims=True)"),
        (ATTEND, "np.max(s, axis=-1, keepdims=True)", "np.max(query, axis=-1, keepdims=True)"),
    ),
    "For arrays of two axes, axis 1 is axis −1.": (
        (SHIFT, LARGEST_LOGIT, "np.max(logits, axis=1, keepdims=True)"),
        (SHIFT, "np.sum(np.exp(s), axis=-1)", "np.sum(np.exp(s), axis=1)"),
        (
            "lstm.lstm_vjp",
            "np.concatenate([dc_t, dc_t, dc_t, dh_t], axis=-1)",
            "np.concatenate([dc_t, dc_t, dc_t, dh_t], axis=1)",
        ),
        (
            "lstm._forward",
            "np.split(a_x[t] + h_t @ weight_h, 4, axis=-1)",
            "np.split(a_x[t] + h_t @ weight_h, 4, axis=1)",
        ),
    ),
    "Two axes are exchanged, whichever is named first.": (
        (SPLIT, BY_HEAD, BY_HEAD.replace("1, 2", "2, 1")),
        (JOIN, SIDE_BY_SIDE, SIDE_BY_SIDE.replace("1, 2", "2, 1")),
        (ATTEND_VJP, "np.swapaxes(value, -1, -2)", "np.swapaxes(value, -2, -1)"),
        (ATTEND_VJP, "np.swapaxes(ds, -1, -2) @ query", "np.swapaxes(ds, -2, -1) @ query"),
        (ATTEND_VJP, "np.swapaxes(p, -1, -2) @ dy", "np.swapaxes(p, -2, -1) @ dy"),
        (SCORES, "np.swapaxes(key, -1, -2)", "np.swapaxes(key, -2, -1)"),
    ),
    "NumPy takes any negative size of a reshape for the one that it has to infer, which is the same.": (
        ("_recurrent.project", "x.reshape(T * N, D) @ weight_x", "x.reshape(-(T * N), D) @ weight_x"),
        ("_recurrent.gradients", "x.reshape(T * N, D).T @ da_all", "x.reshape(-(T * N), D).T @ da_all"),
        ("_recurrent.gradients", "h_previous.reshape(T * N, H)", "h_previous.reshape(-(T * N), H)"),
        (SPLIT, "x.reshape(N, L, heads, E // heads)", "x.reshape(N, L, heads, -(E // heads))"),
        (
            SPLIT,
            f"{BY_HEAD}.reshape(N * heads, L, E // heads)",
            f"{BY_HEAD}.reshape(-(N * heads), L, E // heads)",
        ),
        (
            SPLIT,
            f"{BY_HEAD}.reshape(N * heads, L, E // heads)",
            f"{BY_HEAD}.reshape(N * heads, L, -(E // heads))",
        ),
        (JOIN, "x.reshape(M // heads, heads, L, width)", "x.reshape(-(M // heads), heads, L, width)"),
        (
            JOIN,
            f"{SIDE_BY_SIDE}.reshape(M // heads, L, heads * width)",
            f"{SIDE_BY_SIDE}.reshape(-(M // heads), L, heads * width)",
        ),
        (
            JOIN,
            f"{SIDE_BY_SIDE}.reshape(M // heads, L, heads * width)",
            f"{SIDE_BY_SIDE}.reshape(M // heads, L, -(heads * width))",
        ),
        (DWEIGHT, "x.reshape(-1, E).T @ dy.reshape(-1, E)", "x.reshape(-2, E).T @ dy.reshape(-1, E)"),
        (DWEIGHT, "x.reshape(-1, E).T @ dy.reshape(-1, E)", "x.reshape(-1, E).T @ dy.reshape(-2, E)"),
    ),
    "The two arrays have the same size there: `fit` or `agree` has held them to it.": (
        (BCE, "N, = logits.shape", "N, = target.shape"),
        (f"{BCE}_vjp", "N, = logits.shape", "N, = target.shape"),
        (MSE, "N, K = prediction.shape", "N, K = target.shape"),
        (f"{MSE}_vjp", "N, K = prediction.shape", "N, K = target.shape"),
        ("lstm.lstm_vjp", "(np.zeros_like(h0), dc_last)", "(np.zeros_like(c0), dc_last)"),
        ("mlp.mlp_vjp", "reversed(range(len(weights)))", "reversed(range(len(biases)))"),
        ("rnn.rnn_vjp", "reversed(range(x.shape[0]))", "reversed(range(dh.shape[0]))"),
        (DWEIGHT, "E = x.shape[-1]", "E = dy.shape[-1]"),
        (ATTEND_VJP, "math.sqrt(query.shape[-1])", "math.sqrt(key.shape[-1])"),
        (SCORES, "math.sqrt(query.shape[-1])", "math.sqrt(key.shape[-1])"),
    ),
    "Lists of the same length are paired the same way whether or not it is asked for.": (
        ("lstm._forward", "zip(*steps, strict=True)", "zip(*steps, strict=False)"),
        (
            "mlp._forward",
            "zip(weights[1:], biases[1:], strict=True)",
            "zip(weights[1:], biases[1:], strict=False)",
        ),
    ),
    "The fourth of these weights is only held to its shape there, and used under its own name.": (
        (HEADS, WEIGHTS, WEIGHTS.replace("weight_o", "weight_v")),
        (f"{HEADS}_vjp", WEIGHTS, WEIGHTS.replace("weight_o", "weight_v")),
    ),
    "The larger, or the smaller, of two numbers does not depend on their order.": (
        (
            BCE,
            "np.maximum(logits, 0) - logits * target",
            "np.maximum(0, logits) - logits * target",
        ),
        (
            "clip_by_global_norm.clip_by_global_norm",
            "np.maximum(unit, np.max(np.abs(gradient)))",
            "np.maximum(np.max(np.abs(gradient)), unit)",
        ),
        (
            "clip_by_global_norm.clip_by_global_norm",
            "np.maximum(norm + epsilon_convention, max_norm)",
            "np.maximum(max_norm, norm + epsilon_convention)",
        ),
        (
            "clip_by_value.clip_by_value",
            "np.minimum(np.maximum(gradient, -limit), limit)",
            "np.minimum(limit, np.maximum(gradient, -limit))",
        ),
        ("clip_by_value.clip_by_value", "np.maximum(gradient, -limit)", "np.maximum(-limit, gradient)"),
        ("relu.relu", "return np.maximum(x, 0)", "return np.maximum(0, x)"),
    ),
    "At 0 both choices give the same number: e^−|0| is 1, and x is 0.": (
        ("sigmoid.sigmoid", "np.where(x >= 0, 1, e) / (1 + e)", "np.where(x > 0, 1, e) / (1 + e)"),
        ("relu.relu", "return np.where(x > 0, x, 0)", "return np.where(x >= 0, x, 0)"),
    ),
    "The two forms of the rectifier differ for NaN alone, which is no number; the suite tests both.": (
        ("relu.relu", "nan_convention == 'zero'", "nan_convention != 'zero'"),
    ),
    "What stands in the padding is multiplied by a gradient of 0 (`rnn.law.padded_weight`), so that no number"
    " there matters; only NaN would, which is none.": (
        (
            "_recurrent.without_padding",
            "(np.where(valid, x, 0), list(valid))",
            "(np.where(T, x, 0), list(valid))",
        ),
        (
            "_recurrent.without_padding",
            "(np.where(valid, x, 0), list(valid))",
            "(np.where(x, x, 0), list(valid))",
        ),
        (
            "_recurrent.without_padding",
            "(np.where(valid, x, 0), list(valid))",
            "(np.where(valid, x, 1), list(valid))",
        ),
    ),
    "0 is 0; which kind of number it is matters only where a plain 0 has no root.": (
        ("adadelta.adadelta", "d: Array = 0 * gradients[0]", "d: Array = 0"),
        ("adadelta.adadelta", "d: Array = 0 * gradients[0]", "d: Array = -(0 * gradients[0])"),
    ),
    "The residual is squared, so its sign does not matter.": (
        (MSE, "r = prediction - target", "r = -(prediction - target)"),
    ),
    "Where everything is chosen, truth values are: true is 1.0 and false is 0.0, in float64 as well.": (
        (
            "one_hot.one_hot",
            "np.where(indices[..., None] == np.arange(depth), 1.0, 0.0)",
            "np.where(1.0, indices[..., None] == np.arange(depth), 0.0)",
        ),
    ),
    "A draw meets the rate exactly once in 2⁵³.": (
        (
            "random_dropout.random_dropout",
            "np.random.default_rng().random(x.shape) >= rate",
            "np.random.default_rng().random(x.shape) > rate",
        ),
    ),
}
"""Explanation → (file and function, before, after)."""
