"""A complete self-attention block with its loss: every weight's gradient, for all shapes."""

from sympy import Rational, exp, log

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

N, L, E, W, F, K = dims("N L E W F K")
n, e, w, f = index("n", N), index("e", E), index("w", W), index("f", F)
l_, i, j = index("l i j", L)
b, c = index("b c", K)

x, visible, labels = tensor("x", N, L, E), tensor("visible", N, L, L), tensor("labels", N, L, below=K)
weight_q, weight_k = tensor("weight_q", E, W), tensor("weight_k", E, W)
weight_v, weight_o = tensor("weight_v", E, F), tensor("weight_o", F, E)
weight_c, bias = tensor("weight_c", E, K), tensor("bias", K)
q, k, v, o = tensor("q", N, L, W), tensor("k", N, L, W), tensor("v", N, L, F), tensor("o", N, L, F)
dq, dk, dv, do = tensor("dq", N, L, W), tensor("dk", N, L, W), tensor("dv", N, L, F), tensor("do", N, L, F)
s, ds, p, dp = (tensor(name, N, L, L) for name in ("s", "ds", "p", "dp"))
r, dr, dx = tensor("r", N, L, E), tensor("dr", N, L, E), tensor("dx", N, L, E)
logits, dlogits, z = tensor("logits", N, L, K), tensor("dlogits", N, L, K), tensor("z", N, L, K)
cost, dcost, loss = tensor("cost", N, L), tensor("dcost", N, L), tensor("loss")
dweight_q, dweight_k = tensor("dweight_q", E, W), tensor("dweight_k", E, W)
dweight_v, dweight_o = tensor("dweight_v", E, F), tensor("dweight_o", F, E)
dweight_c, dbias, dloss = tensor("dweight_c", E, K), tensor("dbias", K), tensor("dloss")[()]
scale = W ** Rational(-1, 2)
weights = Σ(visible[n, l_, i] * exp(s[n, l_, i]), i)

CHAPTER = Chapter(
    title="A self-attention block with its loss",
    about="From the sequence x to the mean cross-entropy of a class for every position: projections,"
    " attention under a mask, output projection, the residual connection, logits, loss. For language models"
    " the class at position l is the token at l + 1, and the mask is causal: visible[n, l, j] = [j ≤ l].",
    system=System(
        name="self_attention_block",
        given=(x, weight_q, weight_k, weight_v, weight_o, weight_c, bias, visible, labels),
        fixed=(visible, labels),
        definitions=(
            Definition(q[n, l_, w], Σ(x[n, l_, e] * weight_q[e, w], e)),
            Definition(k[n, j, w], Σ(x[n, j, e] * weight_k[e, w], e)),
            Definition(v[n, j, f], Σ(x[n, j, e] * weight_v[e, f], e)),
            Definition(s[n, l_, j], Σ(q[n, l_, w] * k[n, j, w], w) * scale),
            Definition(p[n, l_, j], visible[n, l_, j] * exp(s[n, l_, j]) / weights),
            Definition(o[n, l_, f], Σ(p[n, l_, j] * v[n, j, f], j)),
            Definition(r[n, l_, e], x[n, l_, e] + Σ(o[n, l_, f] * weight_o[f, e], f)),
            Definition(logits[n, l_, c], Σ(r[n, l_, e] * weight_c[e, c], e) + bias[c]),
            Definition(z[n, l_, c], exp(logits[n, l_, c]) / Σ(exp(logits[n, l_, b]), b)),
            Definition(cost[n, l_], log(Σ(exp(logits[n, l_, c]), c)) - logits[n, l_, labels[n, l_]]),
            Definition(loss[()], Σ(cost[n, l_], n, l_) / (N * L)),
        ),
        outputs=(loss,),
    ),
    gradients=(
        Definition(dcost[n, l_], dloss / (N * L)),
        Definition(dlogits[n, l_, c], dloss * (z[n, l_, c] - delta(c, labels[n, l_])) / (N * L)),
        Definition(dr[n, l_, e], Σ(dlogits[n, l_, c] * weight_c[e, c], c)),
        Definition(do[n, l_, f], Σ(dr[n, l_, e] * weight_o[f, e], e)),
        Definition(dp[n, l_, j], Σ(do[n, l_, f] * v[n, j, f], f)),
        Definition(ds[n, l_, j], p[n, l_, j] * (dp[n, l_, j] - Σ(p[n, l_, i] * dp[n, l_, i], i))),
        Definition(dv[n, j, f], Σ(p[n, l_, j] * do[n, l_, f], l_)),
        Definition(dk[n, j, w], Σ(ds[n, l_, j] * q[n, l_, w], l_) * scale),
        Definition(dq[n, l_, w], Σ(ds[n, l_, j] * k[n, j, w], j) * scale),
        Definition(
            dx[n, l_, e],
            dr[n, l_, e]
            + Σ(dq[n, l_, w] * weight_q[e, w], w)
            + Σ(dk[n, l_, w] * weight_k[e, w], w)
            + Σ(dv[n, l_, f] * weight_v[e, f], f),
        ),
        Definition(dweight_q[e, w], Σ(x[n, l_, e] * dq[n, l_, w], n, l_)),
        Definition(dweight_k[e, w], Σ(x[n, l_, e] * dk[n, l_, w], n, l_)),
        Definition(dweight_v[e, f], Σ(x[n, l_, e] * dv[n, l_, f], n, l_)),
        Definition(dweight_o[f, e], Σ(o[n, l_, f] * dr[n, l_, e], n, l_)),
        Definition(dweight_c[e, c], Σ(r[n, l_, e] * dlogits[n, l_, c], n, l_)),
        Definition(dbias[c], Σ(dlogits[n, l_, c], n, l_)),
    ),
    by={"dlogits": ("dcost", "z"), "ds": ("p",)},
    hypotheses=(
        Hypothesis(name="blank", lhs=logits[n, l_, c], rhs=0, about="all logits are 0, as with weight_c = 0"),
        Hypothesis(name="mask", lhs=visible[n, l_, j] ** 2, rhs=visible[n, l_, j], about="visible is 0 or 1"),
    ),
    laws=(
        Law(
            name="law.start",
            lhs=loss[()],
            rhs=log(K),
            by=("loss", "cost", "blank"),
            about="a model that knows nothing has the loss log K: the first number to check in training",
        ),
        Law(
            name="law.logit_rows",
            lhs=Σ(dlogits[n, l_, c], c),
            rhs=0,
            by=("dlogits", "z"),
            about="the gradient of the logits sums to 0 at every position",
        ),
        Law(
            name="law.bias",
            lhs=Σ(dbias[c], c),
            rhs=0,
            by=("dbias",),
            using=(Using(of="law.logit_rows", over=(n, l_)),),
            about="so that of the bias does too: training never moves its mean",
        ),
        Law(
            name="law.hidden",
            lhs=(1 - visible[n, l_, j]) * ds[n, l_, j],
            rhs=0,
            by=("ds", "p"),
            using=(
                Using(
                    of="mask",
                    times=-exp(s[n, l_, j]) * (dp[n, l_, j] - Σ(p[n, l_, i] * dp[n, l_, i], i)) / weights,
                ),
            ),
            about="what a position may not see gets no gradient from it",
        ),
        Law(
            name="law.row_product",
            lhs=Σ(p[n, l_, j] * dp[n, l_, j], j),
            rhs=Σ(do[n, l_, f] * o[n, l_, f], f),
            by=("dp", "o"),
            about="the mean of dp in ds is the product of o with its gradient",
        ),
        Law(
            name="law.scores_balance",
            lhs=Σ(weight_q[e, w] * dweight_q[e, w], e, w),
            rhs=Σ(weight_k[e, w] * dweight_k[e, w], e, w),
            by=("dweight_q", "dweight_k", "dq", "dk", "q", "k"),
            about="the loss knows weight_q and weight_k by their product alone",
        ),
        Law(
            name="law.values_balance",
            lhs=Σ(weight_v[e, f] * dweight_v[e, f], e, f),
            rhs=Σ(weight_o[f, e] * dweight_o[f, e], f, e),
            by=("dweight_v", "dweight_o", "dv", "do", "o", "v"),
            about="and weight_v and weight_o by theirs",
        ),
    ),
    notes={
        "z": "what the model believes: softmax of the logits",
        "r": "the residual connection: attention adds to x",
        "dx": "the residual hands dr on whole; q, k and v add their shares",
    },
    pitfalls=(
        "x is used four times; its gradient is the sum of four terms.",
        "The mean is over positions and sequences; with padding it is over the positions that count.",
    ),
    references=(
        "Vaswani et al., Attention Is All You Need, NeurIPS 2017",
        "He, Zhang, Ren & Sun, Deep Residual Learning for Image Recognition, CVPR 2016",
        "Elhage et al., A Mathematical Framework for Transformer Circuits, 2021",
    ),
)
