"""Softmax cross-entropy with soft targets: the gradient is p Σ y − y, and p − y where y sums to 1."""

from sympy import Symbol, exp, log

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law, Using

N, K = dims("N K")
n = index("n", N)
k, j = index("k j", K)

logits, y = tensor("logits", N, K), tensor("y", N, K)
p, l, loss = tensor("p", N, K), tensor("l", N), tensor("loss")  # noqa: E741
dp, dl, dlogits, dy = tensor("dp", N, K), tensor("dl", N), tensor("dlogits", N, K), tensor("dy", N, K)
dloss = tensor("dloss")[()]
labels, smoothed = tensor("labels", N, below=K), tensor("smoothed", N, K)
smoothing = Symbol("smoothing", nonnegative=True)

CHAPTER = Chapter(
    title="Softmax cross-entropy with soft targets",
    about=(
        "The target of an example is a weight y for every class instead of one label: a smoothed label, or"
        " what another network answers (distillation)."
    ),
    system=System(
        name="soft_cross_entropy",
        given=(logits, y, labels),
        fixed=(labels,),
        definitions=(
            Definition(p[n, k], exp(logits[n, k]) / Σ(exp(logits[n, j]), j)),
            Definition(l[n], -Σ(y[n, k] * log(p[n, k]), k)),
            Definition(loss[()], Σ(l[n], n) / N),
            Definition(smoothed[n, k], (1 - smoothing) * delta(k, labels[n]) + smoothing / K),
        ),
        outputs=(loss,),
    ),
    gradients=(
        Definition(dl[n], dloss / N),
        Definition(dp[n, k], -dl[n] * y[n, k] / p[n, k]),
        Definition(dlogits[n, k], dloss * (p[n, k] * Σ(y[n, j], j) - y[n, k]) / N),
        Definition(dy[n, k], -dloss * log(p[n, k]) / N),
    ),
    by={"dlogits": ("dp", "dl", "p"), "dy": ("dl",)},
    notes={
        "p": "the softmax of the logits",
        "smoothed": "a label that leaves a little for every class",
        "dlogits": "nothing is assumed of y here",
        "dy": "a target, too, may be learned",
    },
    hypotheses=(
        Hypothesis(name="distribution", lhs=Σ(y[n, k], k), rhs=1, about="the targets of an example sum to 1"),
        Hypothesis(
            name="one_hot", lhs=y[n, k], rhs=delta(k, labels[n]), about="all of the weight is on one label"
        ),
        Hypothesis(
            name="axiom.log",
            lhs=p[n, k] - y[n, k],
            rhs=y[n, k] * (log(p[n, k]) - log(y[n, k])),
            relation="≥",
            about="log u ≤ u − 1 for u = p / y, times y",
        ),
    ),
    laws=(
        Law(name="law.sum", lhs=Σ(p[n, k], k), rhs=1, about="each row of p sums to 1"),
        Law(
            name="law.targets",
            lhs=dlogits[n, k],
            rhs=dloss * (p[n, k] - y[n, k]) / N,
            by=("dlogits",),
            using=(Using(of="distribution", times=dloss * p[n, k] / N),),
            about="where y is a distribution the gradient is p − y: it vanishes where the two agree",
        ),
        Law(
            name="law.row_sum",
            lhs=Σ(dlogits[n, k], k),
            rhs=0,
            by=("dlogits",),
            using=(Using(of="law.sum", times=dloss * Σ(y[n, j], j) / N),),
            about="the gradient of each row sums to 0, whatever y is",
        ),
        Law(
            name="law.logits",
            lhs=l[n],
            rhs=log(Σ(exp(logits[n, j]), j)) - Σ(y[n, k] * logits[n, k], k),
            by=("l", "p"),
            using=(Using(of="distribution", times=log(Σ(exp(logits[n, j]), j))),),
            about="for a distribution the loss is the log of the sum less the mean logit under y",
        ),
        Law(
            name="law.one_hot",
            lhs=loss[()],
            rhs=-Σ(log(p[n, labels[n]]), n) / N,
            by=("loss", "l", "one_hot"),
            about="one-hot targets give the loss of softmax_cross_entropy",
        ),
        Law(
            name="law.smoothing",
            lhs=Σ(smoothed[n, k], k),
            rhs=1,
            by=("smoothed",),
            about="smoothed labels are a distribution",
        ),
        Bound(
            name="law.gibbs",
            lhs=l[n],
            rhs=-Σ(y[n, k] * log(y[n, k]), k),
            witness=Σ(p[n, k] - y[n, k] - y[n, k] * (log(p[n, k]) - log(y[n, k])), k),
            by=("l",),
            using=(Using(of="distribution"), Using(of="law.sum", times=-1)),
            given=("axiom.log",),
            about="no p has a smaller loss than p = y, whose loss is the entropy of the targets (Gibbs)",
        ),
    ),
    pitfalls=(
        "p − y is the gradient only for targets that sum to 1; with weights y that do not it is p Σ y − y.",
        "0 · log 0 counts as 0: a target of 0 on a class with p = 0 costs nothing, but 0 · ∞ is NaN.",
        "The least loss is not 0 but the entropy of the targets, which the divergence KL(y ‖ p) leaves out.",
    ),
    references=(
        "Hinton, Vinyals & Dean, Distilling the Knowledge in a Neural Network, 2015",
        "Szegedy et al., Rethinking the Inception Architecture for Computer Vision, CVPR 2016",
    ),
)
