"""Self-attention: query, key and value are one sequence, whose gradient is the sum of the three."""

from sympy import Rational, exp

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

N, L, E = dims("N L E")
n = index("n", N)
e, f = index("e f", E)
i, j, l_ = index("i j l", L)

x, visible = tensor("x", N, L, E), tensor("visible", N, L, L)
query, key, value = tensor("query", N, L, E), tensor("key", N, L, E), tensor("value", N, L, E)
dquery, dkey, dvalue = tensor("dquery", N, L, E), tensor("dkey", N, L, E), tensor("dvalue", N, L, E)
s, p, y = tensor("s", N, L, L), tensor("p", N, L, L), tensor("y", N, L, E)
ds, dp, dy, dx = tensor("ds", N, L, L), tensor("dp", N, L, L), tensor("dy", N, L, E), tensor("dx", N, L, E)
order = tensor("order", L, below=L)
scale = E ** Rational(-1, 2)
weights = Σ(visible[n, l_, i] * exp(s[n, l_, i]), i)
# The row of position order[l], and the same row for the sequence x[order], whose scores are s[order, order].
row = visible[n, order[l_], i] * exp(s[n, order[l_], i])
turned = visible[n, order[l_], order[j]] * exp(s[n, order[l_], order[j]])

CHAPTER = Chapter(
    title="Self-attention",
    about="Every position asks, answers and gives: the sequence x is query, key and value at once."
    " visible[n, l, j] is 1 where position l may see position j, else 0.",
    system=System(
        name="self_attention",
        given=(x, visible),
        fixed=(visible,),
        definitions=(
            Definition(query[n, l_, e], x[n, l_, e]),
            Definition(key[n, j, e], x[n, j, e]),
            Definition(value[n, j, e], x[n, j, e]),
            Definition(s[n, l_, j], Σ(query[n, l_, e] * key[n, j, e], e) * scale),
            Definition(p[n, l_, j], visible[n, l_, j] * exp(s[n, l_, j]) / weights),
            Definition(y[n, l_, f], Σ(p[n, l_, j] * value[n, j, f], j)),
        ),
        outputs=(y,),
    ),
    gradients=(
        Definition(dp[n, l_, j], Σ(dy[n, l_, f] * value[n, j, f], f)),
        Definition(ds[n, l_, j], p[n, l_, j] * (dp[n, l_, j] - Σ(p[n, l_, i] * dp[n, l_, i], i))),
        Definition(dvalue[n, j, f], Σ(p[n, l_, j] * dy[n, l_, f], l_)),
        Definition(dkey[n, j, e], Σ(ds[n, l_, j] * query[n, l_, e], l_) * scale),
        Definition(dquery[n, l_, e], Σ(ds[n, l_, j] * key[n, j, e], j) * scale),
        Definition(dx[n, i, e], dquery[n, i, e] + dkey[n, i, e] + dvalue[n, i, e]),
    ),
    by={"ds": ("p",)},
    hypotheses=(
        Hypothesis(
            name="permutation",
            lhs=Σ(delta(i, order[j]), j),
            rhs=1,
            about="order names every position exactly once",
        ),
    ),
    laws=(
        Law(
            name="law.written_out",
            lhs=dx[n, i, e],
            rhs=scale * Σ((ds[n, i, j] + ds[n, j, i]) * x[n, j, e], j) + Σ(p[n, j, i] * dy[n, j, e], j),
            by=("dx", "dquery", "dkey", "dvalue", "query", "key"),
            about="position i as query and as key, by row and by column of ds, and as value",
        ),
        Law(
            name="law.turned_weights",
            lhs=Σ(turned, j),
            rhs=Σ(row, i),
            by=(),
            using=(Using(of="permutation", times=row, over=(i,)),),
            about="the sum over the positions of a row does not depend on their order",
        ),
        Law(
            name="law.equivariant",
            lhs=Σ(turned * x[n, order[j], f], j) / Σ(turned, j),
            rhs=y[n, order[l_], f],
            by=("y", "p", "value"),
            using=(
                Using(of="permutation", times=row * x[n, i, f] / Σ(turned, j), over=(i,)),
                Using(of="law.turned_weights", times=-Σ(row * x[n, i, f], i) / (Σ(turned, j) * Σ(row, i))),
            ),
            about="a sequence in another order gives the same outputs in that order: of positions"
            " self-attention knows nothing but what the mask or an encoding says",
        ),
    ),
    notes={"dx": "the sum over the three parts that x plays"},
    pitfalls=(
        "One array in three arguments: code that keeps only one of the three gradients is wrong by the"
        " others.",
    ),
    references=(
        "Lin et al., A Structured Self-Attentive Sentence Embedding, ICLR 2017",
        "Vaswani et al., Attention Is All You Need, NeurIPS 2017",
        "Lee et al., Set Transformer, ICML 2019",
    ),
)
