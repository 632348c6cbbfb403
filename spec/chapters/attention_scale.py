"""Why attention divides its scores by √E: the variance of a product of random query and key."""

from sympy import Rational

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

W, E = dims("W E")
w = index("w", W)
d, e = index("d e", E)

chance, query, key = tensor("chance", W), tensor("query", W, E), tensor("key", W, E)
product, s = tensor("product", W), tensor("s", W)
pair = chance[w] * query[w, d] * key[w, d] * query[w, e] * key[w, e]
query_pair, key_pair = Σ(chance[w] * query[w, d] * query[w, e], w), Σ(chance[w] * key[w, d] * key[w, e], w)

CHAPTER = Chapter(
    title="Why attention scores are divided by √E",
    about="Queries and keys drawn at random: w is an outcome, chance[w] its probability, so Σ_w chance[w]"
    " X[w] is the mean of X. What is assumed of the entries is stated by their second moments.",
    system=System(
        name="attention_scale",
        given=(chance, query, key),
        definitions=(
            Definition(product[w], Σ(query[w, e] * key[w, e], e)),
            Definition(s[w], product[w] * E ** Rational(-1, 2)),
        ),
    ),
    hypotheses=(
        Hypothesis(
            name="query_mean",
            lhs=Σ(chance[w] * query[w, e], w),
            rhs=0,
            about="every entry of a query has the mean 0",
        ),
        Hypothesis(
            name="query_moments",
            lhs=query_pair,
            rhs=delta(d, e),
            about="the variance 1, and is uncorrelated with the others",
        ),
        Hypothesis(name="key_moments", lhs=key_pair, rhs=delta(d, e), about="so is every entry of a key"),
        Hypothesis(
            name="independent",
            lhs=Σ(chance[w] * query[w, e] * key[w, e], w),
            rhs=Σ(chance[w] * query[w, e], w) * Σ(chance[w] * key[w, e], w),
            about="query and key are independent: the mean of their product is the product of their means",
        ),
        Hypothesis(
            name="independent_pairs",
            lhs=Σ(pair, w),
            rhs=query_pair * key_pair,
            about="and for products of two entries likewise",
        ),
    ),
    laws=(
        Law(
            name="law.mean",
            lhs=Σ(chance[w] * product[w], w),
            rhs=0,
            by=("product",),
            using=(
                Using(of="independent", over=(e,)),
                Using(of="query_mean", times=Σ(chance[w] * key[w, e], w), over=(e,)),
            ),
            about="the product of a query and a key has the mean 0",
        ),
        Law(
            name="law.variance",
            lhs=Σ(chance[w] * product[w] ** 2, w),
            rhs=E,
            by=("product",),
            using=(
                Using(of="independent_pairs", over=(d, e)),
                Using(of="query_moments", times=key_pair, over=(d, e)),
                Using(of="key_moments", times=delta(d, e), over=(d, e)),
            ),
            about="and the variance E: each of the E terms adds 1, so wide keys make large scores",
        ),
        Law(
            name="law.unit_variance",
            lhs=Σ(chance[w] * s[w] ** 2, w),
            rhs=1,
            by=("s",),
            using=(Using(of="law.variance", times=1 / E),),
            about="divided by √E the variance is 1 for every width, and the softmax neither flat nor"
            " saturated",
        ),
    ),
    notes={"product": "query · key", "s": "the score"},
    pitfalls=(
        "The width is that of the keys, in a model of several heads that of one head.",
        "This holds at the start of training, with weights that keep the variance; it is no law of trained"
        " models.",
    ),
    references=("Vaswani et al., Attention Is All You Need, NeurIPS 2017, footnote 4",),
)
