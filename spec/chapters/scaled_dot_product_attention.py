"""Scaled dot-product attention with a mask: its gradient, and why the scores are divided by √E."""

from sympy import Rational, exp

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

N, L, S, E, F = dims("N L S E F")
n, l_, e, f = index("n", N), index("l", L), index("e", E), index("f", F)
i, j = index("i j", S)

query, key, value = tensor("query", N, L, E), tensor("key", N, S, E), tensor("value", N, S, F)
visible = tensor("visible", N, L, S)
s, p, y = tensor("s", N, L, S), tensor("p", N, L, S), tensor("y", N, L, F)
ds, dp, dy = tensor("ds", N, L, S), tensor("dp", N, L, S), tensor("dy", N, L, F)
dquery, dkey, dvalue = tensor("dquery", N, L, E), tensor("dkey", N, S, E), tensor("dvalue", N, S, F)
shift, order = tensor("shift", N, L), tensor("order", S, below=S)
scale = E ** Rational(-1, 2)
weight = visible[n, l_, i] * exp(s[n, l_, i])
weights = Σ(weight, i)
turned = visible[n, l_, order[j]] * exp(s[n, l_, order[j]])
turned_weights = Σ(visible[n, l_, order[j]] * exp(s[n, l_, order[j]]), j)

CHAPTER = Chapter(
    title="Scaled dot-product attention",
    about="visible[n, l, j] is 1 where query l may see key j, else 0: it multiplies exp(s), which is the"
    " same as a score of −∞. A causal mask is visible[n, l, j] = [j ≤ l].",
    system=System(
        name="scaled_dot_product_attention",
        given=(query, key, value, visible),
        fixed=(visible,),
        definitions=(
            Definition(s[n, l_, j], Σ(query[n, l_, e] * key[n, j, e], e) * scale),
            Definition(p[n, l_, j], visible[n, l_, j] * exp(s[n, l_, j]) / weights),
            Definition(y[n, l_, f], Σ(p[n, l_, j] * value[n, j, f], j)),
        ),
        outputs=(y,),
    ),
    gradients=(
        Definition(dp[n, l_, j], Σ(dy[n, l_, f] * value[n, j, f], f)),
        Definition(ds[n, l_, j], p[n, l_, j] * (dp[n, l_, j] - Σ(p[n, l_, i] * dp[n, l_, i], i))),
        Definition(dquery[n, l_, e], Σ(ds[n, l_, j] * key[n, j, e], j) * scale),
        Definition(dkey[n, j, e], Σ(ds[n, l_, j] * query[n, l_, e], l_) * scale),
        Definition(dvalue[n, j, f], Σ(p[n, l_, j] * dy[n, l_, f], l_)),
    ),
    by={"ds": ("p",)},
    hypotheses=(
        Hypothesis(name="mask", lhs=visible[n, l_, j] ** 2, rhs=visible[n, l_, j], about="visible is 0 or 1"),
        Hypothesis(
            name="permutation",
            lhs=Σ(delta(i, order[j]), j),
            rhs=1,
            about="order names every key exactly once",
        ),
    ),
    laws=(
        Law(
            name="law.rows",
            lhs=Σ(p[n, l_, j], j),
            rhs=1,
            by=("p",),
            about="every query divides a weight of 1 among the keys that it sees",
        ),
        Law(
            name="law.hidden",
            lhs=(1 - visible[n, l_, j]) * p[n, l_, j],
            rhs=0,
            by=("p",),
            using=(Using(of="mask", times=-exp(s[n, l_, j]) / weights),),
            about="a hidden key gets none",
        ),
        Law(
            name="law.hidden_gradient",
            lhs=(1 - visible[n, l_, j]) * ds[n, l_, j],
            rhs=0,
            by=("ds",),
            using=(Using(of="law.hidden", times=dp[n, l_, j] - Σ(p[n, l_, i] * dp[n, l_, i], i)),),
            about="and its score no gradient",
        ),
        Law(
            name="law.score_rows",
            lhs=Σ(ds[n, l_, j], j),
            rhs=0,
            by=("ds",),
            using=(Using(of="law.rows", times=-Σ(p[n, l_, i] * dp[n, l_, i], i)),),
            about="the gradient of each row of scores sums to 0",
        ),
        Law(
            name="law.row_product",
            lhs=Σ(p[n, l_, j] * dp[n, l_, j], j),
            rhs=Σ(dy[n, l_, f] * y[n, l_, f], f),
            by=("dp", "y"),
            about="the sum over keys is one over the width of y: fused kernels need no row of p for it",
        ),
        Law(
            name="law.shift",
            lhs=visible[n, l_, j]
            * exp(s[n, l_, j] - shift[n, l_])
            / Σ(visible[n, l_, i] * exp(s[n, l_, i] - shift[n, l_]), i),
            rhs=p[n, l_, j],
            by=("p",),
            about="no shift of a row changes its weights, so the largest score may be taken off: no overflow",
        ),
        Law(
            name="law.homogeneous",
            lhs=Σ(query[n, l_, e] * dquery[n, l_, e], l_, e),
            rhs=Σ(key[n, j, e] * dkey[n, j, e], j, e),
            by=("dquery", "dkey"),
            about="query and key enter by their product alone: twice the one is twice the other",
        ),
        Law(
            name="law.permuted_weights",
            lhs=turned_weights,
            rhs=weights,
            by=(),
            using=(Using(of="permutation", times=weight, over=(i,)),),
            about="a sum over the keys does not depend on their order",
        ),
        Law(
            name="law.permuted",
            lhs=Σ(turned * value[n, order[j], f], j) / turned_weights,
            rhs=y[n, l_, f],
            by=("y", "p"),
            using=(
                Using(of="permutation", times=weight * value[n, i, f] / turned_weights, over=(i,)),
                Using(
                    of="law.permuted_weights",
                    times=-Σ(weight * value[n, i, f], i) / (turned_weights * weights),
                ),
            ),
            about="nor does attention: keys and values are a set, and only an encoding can tell it of"
            " positions",
        ),
    ),
    notes={
        "s": "how well key j fits query l",
        "p": "softmax over the keys that the query sees",
        "y": "the mean of the values by these weights",
        "ds": "through the softmax: what exceeds the row's own mean of dp",
    },
    references=(
        "Dao et al., FlashAttention: Fast and Memory-Efficient Exact Attention, NeurIPS 2022",
        "Milakov & Gimelshein, Online Normalizer Calculation for Softmax, 2018",
    ),
)
