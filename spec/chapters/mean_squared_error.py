"""The mean squared error: a parabola in every output, least where the prediction is the mean."""

from sympy import Symbol, exp, log

from ..kernel import Σ, Definition, System, dims, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law

N, K = dims("N K")
n, k = index("n", N), index("k", K)

prediction, target = tensor("prediction", N, K), tensor("target", N, K)
r, loss = tensor("r", N, K), tensor("loss")
dr, dprediction, dtarget = tensor("dr", N, K), tensor("dprediction", N, K), tensor("dtarget", N, K)
dloss = tensor("dloss")[()]
average, c, v = tensor("average", K), tensor("c", K), tensor("v", N, K)
scale = Symbol("scale", positive=True)

CHAPTER = Chapter(
    title="The mean squared error",
    about="The squared difference, averaged over all N K entries.",
    system=System(
        name="mean_squared_error",
        given=(prediction, target),
        definitions=(
            Definition(r[n, k], prediction[n, k] - target[n, k]),
            Definition(loss[()], Σ(r[n, k] ** 2, n, k) / (N * K)),
            Definition(average[k], Σ(target[n, k], n) / N),
        ),
        outputs=(loss,),
    ),
    gradients=(
        Definition(dr[n, k], 2 * dloss * r[n, k] / (N * K)),
        Definition(dprediction[n, k], 2 * dloss * r[n, k] / (N * K)),
        Definition(dtarget[n, k], -2 * dloss * r[n, k] / (N * K)),
    ),
    by={"dprediction": ("dr",), "dtarget": ("dr",)},
    notes={
        "r": "the residual",
        "average": "the mean target, which no prediction has a say in",
        "dprediction": "the pull is in proportion to the miss: 0 where the prediction is right",
        "dtarget": "and the opposite on the target",
    },
    hypotheses=(
        Hypothesis(
            name="constant", lhs=prediction[n, k], rhs=c[k], about="all examples get one prediction c"
        ),
    ),
    laws=(
        Bound(
            name="law.nonnegative",
            lhs=loss[()],
            rhs=0,
            witness=Σ(r[n, k] ** 2, n, k) / (N * K),
            by=("loss",),
            about="the loss is never negative",
        ),
        Law(
            name="law.opposite",
            lhs=dprediction[n, k] + dtarget[n, k],
            rhs=0,
            by=("dprediction", "dtarget"),
            about="only the difference counts: moving both alike changes nothing",
        ),
        Law(
            name="law.euler",
            lhs=Σ(dprediction[n, k] * r[n, k], n, k),
            rhs=2 * dloss * loss[()],
            by=("dprediction", "loss"),
            about="the loss is quadratic in the residuals, so they and their gradients give it twice (Euler)",
        ),
        Bound(
            name="law.convex",
            lhs=Σ((prediction[n, k] + v[n, k] - target[n, k]) ** 2, n, k) / (N * K),
            rhs=loss[()] + Σ(2 * r[n, k] / (N * K) * v[n, k], n, k),
            witness=Σ(v[n, k] ** 2, n, k) / (N * K),
            by=("loss", "r"),
            about="moved by any v, the loss lies above its tangent by the mean of v²: it is convex",
        ),
        Law(
            name="law.mean",
            lhs=loss[()],
            rhs=(Σ((target[n, k] - average[k]) ** 2, n, k) / N + Σ((c[k] - average[k]) ** 2, k)) / K,
            by=("loss", "r", "constant", "average"),
            about="a constant's loss is the variance of the targets and its squared distance from their mean",
        ),
        Law(
            name="law.likelihood",
            lhs=-Σ(log(scale * exp(-(r[n, k] ** 2) / 2)), n, k),
            rhs=N * K * (loss[()] / 2 - log(scale)),
            by=("loss",),
            about="−log of the probability of Gaussian errors: the least squares are the most likely ones",
        ),
    ),
)
