"""Why cross-entropy is convex in the logits: its Hessians, derived as the gradient of the gradient."""

from sympy import exp

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law, Using

N, K = dims("N K")
n = index("n", N)
k, j = index("k j", K)

logits, labels, logit, target = (
    tensor("logits", N, K),
    tensor("labels", N, below=K),
    tensor("logit", N),
    tensor("target", N),
)
p, q = tensor("p", N, K), tensor("q", N)
slope, slope_binary = tensor("slope", N, K), tensor("slope_binary", N)
v, v_binary = tensor("dslope", N, K), tensor("dslope_binary", N)
dp, dq = tensor("dp", N, K), tensor("dq", N)
dlogits, dlogit = tensor("dlogits", N, K), tensor("dlogit", N)
share = exp(logits[n, k]) / Σ(exp(logits[n, j]), j)

CHAPTER = Chapter(
    title="The curvature of cross-entropy",
    about=(
        "The outputs of this system are the gradients of two losses. Their own gradients are the Hessians,"
        " each applied to a direction v: the cotangent, here dslope."
    ),
    system=System(
        name="cross_entropy_curvature",
        given=(logits, labels, logit, target),
        fixed=(labels, target),
        definitions=(
            Definition(p[n, k], exp(logits[n, k]) / Σ(exp(logits[n, j]), j)),
            Definition(slope[n, k], (p[n, k] - delta(k, labels[n])) / N),
            Definition(q[n], 1 / (1 + exp(-logit[n]))),
            Definition(slope_binary[n], (q[n] - target[n]) / N),
        ),
        outputs=(slope, slope_binary),
    ),
    gradients=(
        Definition(dp[n, k], v[n, k] / N),
        Definition(dlogits[n, k], p[n, k] * (v[n, k] - Σ(p[n, j] * v[n, j], j)) / N),
        Definition(dq[n], v_binary[n] / N),
        Definition(dlogit[n], q[n] * (1 - q[n]) * v_binary[n] / N),
    ),
    by={"dlogits": ("dp", "p"), "dlogit": ("dq", "q")},
    notes={
        "slope": "the gradient of softmax cross-entropy",
        "slope_binary": "the gradient of binary cross-entropy",
        "dlogits": "the Hessian (diag p − p pᵀ) / N applied to v: the labels have dropped out",
        "dlogit": "the Hessian σ (1 − σ) / N applied to v",
    },
    hypotheses=(
        Hypothesis(name="level", lhs=v[n, k], rhs=1, about="a step along (1, …, 1): all logits move alike"),
    ),
    laws=(
        Law(name="law.sum", lhs=Σ(p[n, k], k), rhs=1, about="each row of p sums to 1"),
        Law(
            name="law.row_sum",
            lhs=Σ(slope[n, k], k),
            rhs=0,
            by=("slope",),
            using=(Using(of="law.sum", times=1 / N),),
            about="the gradient of each row sums to 0",
        ),
        Law(
            name="law.answers",
            lhs=slope_binary[n],
            rhs=((1 - target[n]) * q[n] - target[n] * (1 - q[n])) / N,
            by=("slope_binary",),
            about="the probability of the wrong answer, with its sign",
        ),
        Bound(
            name="law.softmax",
            lhs=Σ(v[n, k] * dlogits[n, k], k),
            rhs=0,
            witness=Σ(share * (v[n, k] - Σ(p[n, j] * v[n, j], j)) ** 2, k) / N,
            about="vᵀ H v is a variance of v: the Hessian is positive semidefinite, the loss convex",
        ),
        Law(
            name="law.flat",
            lhs=dlogits[n, k],
            rhs=0,
            by=("dlogits", "level"),
            using=(Using(of="law.sum", times=-p[n, k] / N),),
            about="along a common shift of the logits there is no curvature, so the minimum is not unique",
        ),
        Bound(
            name="law.binary",
            lhs=v_binary[n] * dlogit[n],
            rhs=0,
            witness=exp(-logit[n]) / (1 + exp(-logit[n])) ** 2 * v_binary[n] ** 2 / N,
            about="binary cross-entropy is convex in its logit",
        ),
    ),
    pitfalls=("Convex in the logits only: through a hidden layer the loss is not convex in the weights.",),
    references=("Boyd & Vandenberghe, Convex Optimization, Cambridge University Press, 2004",),
)
