"""The softmax: every class competes with every other, so its Jacobian is a full, symmetric matrix."""

from sympy import Rational, exp

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law, Using

M, K = dims("M K")
m = index("m", M)
k, j = index("k j", K)
c = tensor("c", below=K)[()]

x, shift = tensor("x", M, K), tensor("shift", M)
e, y = tensor("e", M, K), tensor("y", M, K)
de, dx, dshift, dy = tensor("de", M, K), tensor("dx", M, K), tensor("dshift", M), tensor("dy", M, K)
u, v = tensor("u", M, K), tensor("v", M, K)

p = exp(x[m, k]) / Σ(exp(x[m, j]), j)
"""y[m, k] spelled out: its form alone says that it is positive."""

CHAPTER = Chapter(
    title="The softmax",
    about=(
        "The shift stands for the largest entry of a row, which keeps e^x from overflowing. No value of it"
        " changes the result, so none of the gradient flows through the maximum."
    ),
    system=System(
        name="softmax",
        given=(x, shift),
        definitions=(
            Definition(e[m, k], exp(x[m, k] - shift[m])),
            Definition(y[m, k], e[m, k] / Σ(e[m, j], j)),
        ),
        outputs=(y,),
    ),
    gradients=(
        Definition(de[m, k], (dy[m, k] - Σ(dy[m, j] * y[m, j], j)) / Σ(e[m, j], j)),
        Definition(dx[m, k], y[m, k] * (dy[m, k] - Σ(dy[m, j] * y[m, j], j))),
        Definition(dshift[m], 0),
    ),
    by={"de": ("y",), "dx": ("de", "y", "e"), "dshift": ("de", "y", "e")},
    notes={
        "e": "exp(x − max x)",
        "dx": "what a class is told is its own cotangent less the average one under y",
        "dshift": "the shift has no say, so subtracting the maximum needs no gradient of its own",
    },
    hypotheses=(
        Hypothesis(
            name="one_class", lhs=dy[m, k], rhs=delta(k, c), about="only the output of class c is looked at"
        ),
    ),
    laws=(
        Law(
            name="law.exponential",
            lhs=e[m, k] * exp(shift[m]),
            rhs=exp(x[m, k]),
            about="e is e^x in units of e^shift: with the maximum for a shift, the largest e is 1",
        ),
        Law(name="law.sum", lhs=Σ(y[m, k], k), rhs=1, about="each row sums to 1"),
        Bound(
            name="law.positive",
            lhs=y[m, k],
            rhs=0,
            witness=p,
            about="no entry is negative, so each row is a distribution over the classes",
        ),
        Law(
            name="law.shift",
            lhs=y[m, k],
            rhs=p,
            about="the shift drops out: adding one number to a whole row changes nothing",
        ),
        Law(
            name="law.pair",
            lhs=y[m, k],
            rhs=(y[m, k] + y[m, j]) / (1 + exp(x[m, j] - x[m, k])),
            about="between two classes alone, class k has the share σ(x_k − x_j), so σ is a softmax of two",
        ),
        Law(
            name="law.gradient_sum",
            lhs=Σ(dx[m, k], k),
            rhs=0,
            by=("dx",),
            using=(Using(of="law.sum", times=-Σ(dy[m, j] * y[m, j], j)),),
            about="the gradient of each row sums to 0: what one class gains, the others lose",
        ),
        Law(
            name="law.jacobian",
            lhs=dx[m, k],
            rhs=y[m, k] * (delta(k, c) - y[m, c]),
            by=("dx", "one_class"),
            about="∂y_c/∂x_k = y_k ([k = c] − y_c), so the Jacobian is diag(y) − y yᵀ",
        ),
        Law(
            name="law.symmetric",
            lhs=Σ(u[m, k] * y[m, k] * (v[m, k] - Σ(v[m, j] * y[m, j], j)), k),
            rhs=Σ(v[m, k] * y[m, k] * (u[m, k] - Σ(u[m, j] * y[m, j], j)), k),
            by=(),
            about="uᵀ J v = vᵀ J u: the Jacobian is symmetric, so the vjp is the jvp",
        ),
        Bound(
            name="law.semidefinite",
            lhs=Σ(v[m, k] * y[m, k] * (v[m, k] - Σ(v[m, j] * y[m, j], j)), k),
            rhs=0,
            witness=Σ(p * (v[m, k] - Σ(v[m, j] * y[m, j], j)) ** 2, k),
            about="vᵀ J v is the variance of v under y, so it is never negative",
        ),
        Bound(
            name="law.slope",
            lhs=Rational(1, 4),
            rhs=y[m, k] * (1 - y[m, k]),
            witness=(y[m, k] - Rational(1, 2)) ** 2,
            by=(),
            about="no class answers to its own logit with a slope above 1/4",
        ),
    ),
)
