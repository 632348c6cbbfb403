"""Multi-head attention: one attention for every head, between four projections."""

from sympy import Rational, exp

from ..kernel import Σ, Definition, System, dims, index, tensor
from ._chapter import Chapter, Law, Using

N, L, S, E, A, W = dims("N L S E A W")
n, l_, a, w = index("n", N), index("l", L), index("a", A), index("w", W)
i, j = index("i j", S)
d, e = index("d e", E)

query, key, value = tensor("query", N, L, E), tensor("key", N, S, E), tensor("value", N, S, E)
weight_q, weight_k, weight_v = (tensor(f"weight_{name}", E, A, W) for name in "qkv")
weight_o, visible = tensor("weight_o", A, W, E), tensor("visible", N, L, S)
q, dq, o, do = (tensor(name, N, L, A, W) for name in ("q", "dq", "o", "do"))
k, dk, v, dv = (tensor(name, N, S, A, W) for name in ("k", "dk", "v", "dv"))
s, ds, p, dp = (tensor(name, N, L, S, A) for name in ("s", "ds", "p", "dp"))
y, dy = tensor("y", N, L, E), tensor("dy", N, L, E)
dquery, dkey, dvalue = tensor("dquery", N, L, E), tensor("dkey", N, S, E), tensor("dvalue", N, S, E)
dweight_q, dweight_k, dweight_v = (tensor(f"dweight_{name}", E, A, W) for name in "qkv")
dweight_o = tensor("dweight_o", A, W, E)
scale = W ** Rational(-1, 2)
weights = Σ(visible[n, l_, i] * exp(s[n, l_, i, a]), i)

CHAPTER = Chapter(
    title="Multi-head attention",
    about="Head a owns W neighbouring columns of q, k, v and o, so E = A · W columns are written [a, w]."
    " visible[n, l, j] is 1 where query l may see key j, else 0; a causal mask is [j ≤ l].",
    system=System(
        name="multi_head_attention",
        given=(query, key, value, weight_q, weight_k, weight_v, weight_o, visible),
        fixed=(visible,),
        definitions=(
            Definition(q[n, l_, a, w], Σ(query[n, l_, e] * weight_q[e, a, w], e)),
            Definition(k[n, j, a, w], Σ(key[n, j, e] * weight_k[e, a, w], e)),
            Definition(v[n, j, a, w], Σ(value[n, j, e] * weight_v[e, a, w], e)),
            Definition(s[n, l_, j, a], Σ(q[n, l_, a, w] * k[n, j, a, w], w) * scale),
            Definition(p[n, l_, j, a], visible[n, l_, j] * exp(s[n, l_, j, a]) / weights),
            Definition(o[n, l_, a, w], Σ(p[n, l_, j, a] * v[n, j, a, w], j)),
            Definition(y[n, l_, e], Σ(o[n, l_, a, w] * weight_o[a, w, e], a, w)),
        ),
        outputs=(y,),
    ),
    gradients=(
        Definition(do[n, l_, a, w], Σ(dy[n, l_, e] * weight_o[a, w, e], e)),
        Definition(dp[n, l_, j, a], Σ(do[n, l_, a, w] * v[n, j, a, w], w)),
        Definition(
            ds[n, l_, j, a], p[n, l_, j, a] * (dp[n, l_, j, a] - Σ(p[n, l_, i, a] * dp[n, l_, i, a], i))
        ),
        Definition(dv[n, j, a, w], Σ(p[n, l_, j, a] * do[n, l_, a, w], l_)),
        Definition(dk[n, j, a, w], Σ(ds[n, l_, j, a] * q[n, l_, a, w], l_) * scale),
        Definition(dq[n, l_, a, w], Σ(ds[n, l_, j, a] * k[n, j, a, w], j) * scale),
        Definition(dquery[n, l_, e], Σ(dq[n, l_, a, w] * weight_q[e, a, w], a, w)),
        Definition(dkey[n, j, e], Σ(dk[n, j, a, w] * weight_k[e, a, w], a, w)),
        Definition(dvalue[n, j, e], Σ(dv[n, j, a, w] * weight_v[e, a, w], a, w)),
        Definition(dweight_q[e, a, w], Σ(query[n, l_, e] * dq[n, l_, a, w], n, l_)),
        Definition(dweight_k[e, a, w], Σ(key[n, j, e] * dk[n, j, a, w], n, j)),
        Definition(dweight_v[e, a, w], Σ(value[n, j, e] * dv[n, j, a, w], n, j)),
        Definition(dweight_o[a, w, e], Σ(o[n, l_, a, w] * dy[n, l_, e], n, l_)),
    ),
    by={"ds": ("p",)},
    laws=(
        Law(
            name="law.rows",
            lhs=Σ(p[n, l_, j, a], j),
            rhs=1,
            by=("p",),
            about="every head divides a weight of 1 among the keys",
        ),
        Law(
            name="law.score_rows",
            lhs=Σ(ds[n, l_, j, a], j),
            rhs=0,
            by=("ds",),
            using=(Using(of="law.rows", times=-Σ(p[n, l_, i, a] * dp[n, l_, i, a], i)),),
            about="the gradient of each row of scores sums to 0",
        ),
        Law(
            name="law.row_product",
            lhs=Σ(p[n, l_, j, a] * dp[n, l_, j, a], j),
            rhs=Σ(do[n, l_, a, w] * o[n, l_, a, w], w),
            by=("dp", "o"),
            about="the sum over keys is one over the width of a head, as in FlashAttention",
        ),
        Law(
            name="law.heads_add",
            lhs=y[n, l_, e],
            rhs=Σ(
                Σ(p[n, l_, j, a] * Σ(value[n, j, d] * Σ(weight_v[d, a, w] * weight_o[a, w, e], w), d), j), a
            ),
            by=("y", "o", "v"),
            about="the output is the sum over heads, each with its own value map weight_v weight_o of rank W",
        ),
        Law(
            name="law.low_rank",
            lhs=s[n, l_, j, a],
            rhs=scale * Σ(query[n, l_, d] * key[n, j, e] * Σ(weight_q[d, a, w] * weight_k[e, a, w], w), d, e),
            by=("s", "q", "k"),
            about="scores depend on weight_q weight_kᵀ alone: a form of rank W for every head",
        ),
        Law(
            name="law.weights_balance",
            lhs=Σ(weight_q[e, a, w] * dweight_q[e, a, w], e, w),
            rhs=Σ(weight_k[e, a, w] * dweight_k[e, a, w], e, w),
            by=("dweight_q", "dweight_k", "dq", "dk", "q", "k"),
            about="so in every head weight_q · dweight_q = weight_k · dweight_k",
        ),
        Law(
            name="law.values_balance",
            lhs=Σ(weight_v[e, a, w] * dweight_v[e, a, w], e, w),
            rhs=Σ(weight_o[a, w, e] * dweight_o[a, w, e], w, e),
            by=("dweight_v", "dweight_o", "dv", "do", "o", "v"),
            about="and weight_v · dweight_v = weight_o · dweight_o: what a head reads and writes are one"
            " product",
        ),
    ),
    notes={
        "q": "the columns of head a of query @ weight_q",
        "s": "each head has scores of its own; the scale is the width of a head",
        "p": "softmax over the keys that the query sees",
        "y": "all heads side by side, projected once more",
    },
    references=(
        "Dao et al., FlashAttention: Fast and Memory-Efficient Exact Attention, NeurIPS 2022",
        "Elhage et al., A Mathematical Framework for Transformer Circuits, 2021",
    ),
)
