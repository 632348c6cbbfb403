"""Dropout: the expectation of the output is the input, and the gradient passes through the same mask."""

from sympy import Expr, Symbol

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

I = dims("I")  # noqa: E741
i, j = index("i j", I)
rate = Symbol("rate", nonnegative=True)

x, keep, weight = tensor("x", I), tensor("keep", I), tensor("weight", I)
y, y_kept, y_dropped, covariance = (
    tensor("y", I),
    tensor("y_kept", I),
    tensor("y_dropped", I),
    tensor("covariance", I, I),
)
dx, dy = tensor("dx", I), tensor("dy", I)


def expected(kept: Expr, dropped: Expr) -> Expr:
    """The expectation of what is `kept` with probability 1 − rate, else `dropped`."""
    return (1 - rate) * kept + rate * dropped


mean = expected(y_kept[i], y_dropped[i])
variance = expected((y_kept[i] - x[i]) ** 2, (y_dropped[i] - x[i]) ** 2)

CHAPTER = Chapter(
    title="Dropout",
    about=(
        "While training, every entry is dropped with probability `rate`; what is kept is scaled up by 1 / "
        "(1 − rate), so that nothing has to be done at test time. The mask is 1 where an entry is kept and "
        "0 where it is dropped. An expectation over it is (1 − rate) times the value for 1, plus rate times "
        "that for 0."
    ),
    covers=("random_dropout",),
    system=System(
        name="dropout",
        given=(x, keep),
        fixed=(keep,),
        definitions=(
            Definition(y[i], keep[i] * x[i] / (1 - rate)),
            Definition(y_kept[i], x[i] / (1 - rate)),
            Definition(y_dropped[i], 0),
            Definition(covariance[i, j], delta(i, j) * variance),
        ),
        outputs=(y,),
    ),
    gradients=(Definition(dx[i], keep[i] * dy[i] / (1 - rate)),),
    hypotheses=(
        Hypothesis(
            name="keep",
            lhs=keep[i] ** 2,
            rhs=keep[i],
            about=(
                "keep is 1 or 0: 1 with probability 1 − rate, independently for every entry of x, so that "
                "the covariance of two different entries is 0"
            ),
        ),
        Hypothesis(name="dropped", lhs=keep[i], rhs=0, about="the entry is dropped"),
    ),
    laws=(
        Law(
            name="law.outcomes",
            lhs=y[i],
            rhs=keep[i] * y_kept[i] + (1 - keep[i]) * y_dropped[i],
            by=("y", "y_kept", "y_dropped"),
            about="what is kept is scaled up by 1 / (1 − rate), what is dropped is 0",
        ),
        Law(
            name="law.mean",
            lhs=mean,
            rhs=x[i],
            by=("y_kept", "y_dropped"),
            about="the expectation of y is x, so at test time x itself is passed on",
        ),
        Law(
            name="law.variance",
            lhs=variance,
            rhs=x[i] ** 2 * rate / (1 - rate),
            by=("y_kept", "y_dropped"),
            about="the variance of y is x² rate / (1 − rate): the more is dropped, the noisier",
        ),
        Law(
            name="law.noise",
            lhs=Σ(weight[i] * weight[j] * covariance[i, j], i, j),
            rhs=rate / (1 - rate) * Σ(weight[i] ** 2 * x[i] ** 2, i),
            by=("covariance", "y_kept", "y_dropped"),
            about=(
                "a unit that reads Σ weight y therefore has a variance that grows with its squared weights: "
                "for a linear model under squared loss, dropout is a penalty on large weights"
            ),
        ),
        Law(
            name="law.square",
            lhs=y[i] ** 2,
            rhs=x[i] * y[i] / (1 - rate),
            by=("y",),
            using=(Using(of="keep", times=x[i] ** 2 / (1 - rate) ** 2),),
            about="y is either 0 or x / (1 − rate), and nothing in between",
        ),
        Law(
            name="law.same_mask",
            lhs=dx[i] * x[i],
            rhs=dy[i] * y[i],
            by=("dx", "y"),
            about=(
                "the gradient is dropout of dy, under the same mask: a second draw would be another function"
            ),
        ),
        Law(
            name="law.no_gradient",
            lhs=dx[i],
            rhs=0,
            by=("dx", "dropped"),
            about="through what is dropped, nothing flows back",
        ),
    ),
    notes={
        "y": "x / (1 − rate) where keep is 1, 0 where it is 0",
        "dx": "dy / (1 − rate) where that same keep is 1, 0 where it is 0",
        "y_kept": "what y is where the entry is kept",
        "y_dropped": "and where it is dropped",
        "covariance": "of two entries of y: for one and the same, its variance; independent ones have none",
    },
    references=("Wager, Wang & Liang, Dropout Training as Adaptive Regularization, NIPS 2013",),
)
