"""Softmax cross-entropy: the gradient is p − y, and no shift of the logits changes anything."""

from sympy import exp, log

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law, Using

N, K = dims("N K")
n = index("n", N)
k, j = index("k j", K)

logits, labels, shift = tensor("logits", N, K), tensor("labels", N, below=K), tensor("shift", N)
s, l, p, loss = tensor("s", N, K), tensor("l", N), tensor("p", N, K), tensor("loss")  # noqa: E741
ds, dl, dlogits, dshift = tensor("ds", N, K), tensor("dl", N), tensor("dlogits", N, K), tensor("dshift", N)
dloss = tensor("dloss")[()]
v, level = tensor("v", N, K), tensor("level", N)
share = exp(logits[n, k]) / Σ(exp(logits[n, j]), j)
"""p[n, k] spelled out: its form alone says that it is positive."""

CHAPTER = Chapter(
    title="Softmax cross-entropy",
    about="The shift stands for a row's largest logit: that its gradient is 0 is a result, not a choice.",
    system=System(
        name="softmax_cross_entropy",
        given=(logits, labels, shift),
        fixed=(labels,),
        definitions=(
            Definition(p[n, k], exp(logits[n, k]) / Σ(exp(logits[n, j]), j)),
            Definition(s[n, k], logits[n, k] - shift[n]),
            Definition(l[n], log(Σ(exp(s[n, k]), k)) - s[n, labels[n]]),
            Definition(loss[()], Σ(l[n], n) / N),
        ),
        outputs=(loss,),
    ),
    gradients=(
        Definition(dl[n], dloss / N),
        Definition(ds[n, k], dl[n] * (p[n, k] - delta(k, labels[n]))),
        Definition(dlogits[n, k], dloss * (p[n, k] - delta(k, labels[n])) / N),
        Definition(dshift[n], 0),
    ),
    by={
        "ds": ("s", "p"),
        "dlogits": ("ds", "dl"),
        "dshift": ("ds", "p"),
    },
    hypotheses=(
        Hypothesis(name="uniform", lhs=logits[n, k], rhs=level[n], about="all logits of a row are equal"),
    ),
    laws=(
        Law(name="law.sum", lhs=Σ(p[n, k], k), rhs=1, about="each row of p sums to 1"),
        Law(
            name="law.row_sum",
            lhs=Σ(dlogits[n, k], k),
            rhs=0,
            by=("dlogits",),
            using=(Using(of="law.sum", times=dloss / N),),
            about="the gradient of each row sums to 0",
        ),
        Law(
            name="law.shift",
            lhs=loss[()],
            rhs=Σ(log(Σ(exp(logits[n, k]), k)) - logits[n, labels[n]], n) / N,
            about="the stable form: no shift of a row changes the loss, so its largest logit may come off",
        ),
        Law(
            name="law.likelihood",
            lhs=loss[()],
            rhs=-Σ(log(p[n, labels[n]]), n) / N,
            about="the loss is the mean of −log p at the labels",
        ),
        Law(
            name="law.uniform",
            lhs=l[n],
            rhs=log(K),
            by=("l", "s", "uniform"),
            about="equal logits cost log K: what an untrained network should start from",
        ),
        Bound(
            name="law.at_most_one",
            lhs=1,
            rhs=p[n, labels[n]],
            witness=Σ(share * (1 - delta(k, labels[n])) ** 2, k),
            about="the label's probability is at most 1, so its −log, the loss, is never negative",
        ),
        Bound(
            name="law.hessian",
            lhs=Σ(p[n, k] * v[n, k] ** 2, k) - Σ(p[n, k] * v[n, k], k) ** 2,
            rhs=0,
            witness=Σ(share * (v[n, k] - Σ(p[n, j] * v[n, j], j)) ** 2, k),
            about="vᵀ (diag p − p pᵀ) v is a variance, so a row's Hessian is positive semidefinite",
        ),
    ),
)
