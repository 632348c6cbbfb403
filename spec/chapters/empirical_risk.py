"""The empirical risk J(W): the gradient of the mean loss is the mean of the examples' gradients."""

from sympy import Symbol

from ..kernel import Σ, Definition, System, dims, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law, Using

N, M, D = dims("N M D")
n, m, d = index("n", N), index("m", M), index("d", D)

weight = tensor("weight", D)
slope, slope_more = tensor("slope", N, D), tensor("slope_more", M, D)
loss = tensor("loss", N, depends={"weight": slope})
loss_more = tensor("loss_more", M, depends={"weight": slope_more})
risk, risk_more, risk_all = tensor("risk")[()], tensor("risk_more")[()], tensor("risk_all")[()]
drisk, drisk_more, drisk_all = tensor("drisk")[()], tensor("drisk_more")[()], tensor("drisk_all")[()]
dloss, dloss_more, dweight = tensor("dloss", N), tensor("dloss_more", M), tensor("dweight", D)
limit = Symbol("limit", nonnegative=True)

CHAPTER = Chapter(
    title="The empirical risk",
    about=(
        "J(W) is the mean loss of the weights W over a data set. Nothing is known of the network but that the"
        " loss of example n has the slope[n, d] in weight d. A second data set of M examples joins the first."
    ),
    system=System(
        name="empirical_risk",
        given=(weight, loss, loss_more),
        definitions=(
            Definition(risk, Σ(loss[n], n) / N),
            Definition(risk_more, Σ(loss_more[m], m) / M),
            Definition(risk_all, (N * risk + M * risk_more) / (N + M)),
        ),
        outputs=(risk_all.base,),
    ),
    gradients=(
        Definition(drisk_more, drisk_all * M / (N + M)),
        Definition(drisk, drisk_all * N / (N + M)),
        Definition(dweight[d], drisk * Σ(slope[n, d], n) / N + drisk_more * Σ(slope_more[m, d], m) / M),
        Definition(dloss[n], drisk / N),
        Definition(dloss_more[m], drisk_more / M),
    ),
    notes={
        "risk": "J(W) over the first data set",
        "risk_more": "J(W) over the second",
        "risk_all": "each data set counts by its size",
        "dweight": "the gradient of each J is the mean of its examples' gradients",
        "dloss": "all examples of a data set have the same say",
    },
    hypotheses=(
        Hypothesis(
            name="optimal", lhs=Σ(slope[n, d], n), rhs=0, about="the weights are stationary for the first set"
        ),
        Hypothesis(
            name="limited",
            lhs=limit,
            rhs=slope[n, d],
            relation="≥",
            about="no example's slope is above the limit",
        ),
    ),
    laws=(
        Law(
            name="law.union",
            lhs=risk_all,
            rhs=(Σ(loss[n], n) + Σ(loss_more[m], m)) / (N + M),
            about="the mean of the two risks, weighted by size, is the mean loss over the union",
        ),
        Law(
            name="law.union_gradient",
            lhs=dweight[d],
            rhs=drisk_all * (Σ(slope[n, d], n) + Σ(slope_more[m, d], m)) / (N + M),
            by=("dweight", "drisk", "drisk_more"),
            about="so its gradient is the mean over the N + M examples: the data may be split in any way",
        ),
        Law(
            name="law.running",
            lhs=risk_all - risk,
            rhs=(risk_more - risk) * M / (N + M),
            by=("risk_all",),
            about="new examples move the mean by their share of the difference",
        ),
        Law(
            name="law.tension",
            lhs=dweight[d],
            rhs=drisk_all * Σ(slope_more[m, d], m) / (N + M),
            by=("dweight", "drisk", "drisk_more"),
            using=(Using(of="optimal", times=drisk_all / (N + M)),),
            about="optimal weights are optimal for one data set: a second one pulls them on alone",
        ),
        Bound(
            name="law.limited",
            lhs=limit,
            rhs=Σ(slope[n, d], n) / N,
            witness=Σ(limit - slope[n, d], n) / N,
            by=(),
            given=("limited",),
            about="the mean gradient is no steeper than the steepest example",
        ),
    ),
    pitfalls=(
        "The mean of the means of unequal batches is not the mean over the data: short ones count too much.",
        "With the sum instead of the mean the best learning rate depends on the size of the data set.",
    ),
    references=("Vapnik, Principles of Risk Minimization for Learning Theory, NIPS 1991",),
)
