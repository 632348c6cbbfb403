"""Gradient descent on a parabola: the training loop, and which learning rates converge, crawl or diverge."""

from sympy import Add, Symbol

from ..kernel import Definition, System, dims, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Induction, Law, Using

T = dims("T")
t = index("t", T)
learning_rate, curvature = Symbol("learning_rate", positive=True), Symbol("curvature", positive=True)

start, target = tensor("start")[()], tensor("target")[()]
error, loss, grad, weight = (tensor(name, T) for name in ("error", "loss", "grad", "weight"))
factor, ratio = tensor("factor")[()], tensor("ratio")[()]
derror, dloss = tensor("derror", T), tensor("dloss", T)
reach = learning_rate * curvature
first = curvature * (start - target) ** 2 / 2

CHAPTER = Chapter(
    title="Gradient descent",
    about=(
        "The training loop has five steps: initialise the weight; then, over and over, run forward, compute "
        "the loss, run backward, update. Here the model is the simplest that there is: one weight, whose "
        "loss is a parabola of the given curvature around its target. Near a minimum every smooth loss "
        "looks like that along each axis of its curvature."
    ),
    system=System(
        name="gradient_descent",
        given=(start.base, target.base, grad),
        fixed=(start.base, target.base, grad, weight, factor.base),
        time=t,
        initial=(Definition(weight[0], start),),
        definitions=(
            Definition(error[t], weight[t - 1] - target),
            Definition(loss[t], curvature * error[t] ** 2 / 2),
            Definition(weight[t], weight[t - 1] - learning_rate * grad[t]),
            Definition(factor, 1 - reach),
            Definition(ratio, factor**2),
        ),
        outputs=(loss,),
    ),
    gradients=(Definition(derror[t], dloss[t] * curvature * error[t]),),
    hypotheses=(
        Hypothesis(
            name="seed", lhs=dloss[t], rhs=1, about="the gradient of each loss with respect to itself"
        ),
        Hypothesis(
            name="backward", lhs=grad[t], rhs=derror[t], about="the update takes what the backward pass gives"
        ),
        Hypothesis(
            name="small", lhs=1, rhs=reach, relation="≥", about="the learning rate is at most 1 / curvature"
        ),
        Hypothesis(
            name="within", lhs=2, rhs=reach, relation="≥", about="the learning rate is at most 2 / curvature"
        ),
        Hypothesis(name="perfect", lhs=reach, rhs=1, about="the learning rate is exactly 1 / curvature"),
        Hypothesis(name="edge", lhs=reach, rhs=2, about="the learning rate is exactly 2 / curvature"),
    ),
    laws=(
        Law(
            name="law.backward",
            lhs=grad[t],
            rhs=curvature * error[t],
            by=("backward", "derror", "seed"),
            about=(
                "the backward pass gives curvature times error: the slope of the parabola where the weight is"
            ),
        ),
        Law(
            name="law.contraction",
            lhs=error[t + 1],
            rhs=factor * error[t],
            by=(),
            using=(
                Using(of="error", at={t: t + 1}),
                Using(of="weight"),
                Using(of="error", times=-1),
                Using(of="law.backward", times=-learning_rate),
                Using(of="factor", times=-error[t]),
            ),
            about="every step multiplies the error by the same factor, 1 − lr · curvature",
        ),
        Induction(
            name="law.closed",
            time=t,
            lhs=weight[t],
            rhs=target + factor**t * (start - target),
            by=("weight", "law.backward", "error"),
            using=(Using(of="factor", times=-(factor ** (t - 1)) * (start - target)),),
            about="so after t steps the distance from the target is factor^t times what it was",
        ),
        Induction(
            name="law.powers",
            time=t,
            lhs=ratio**t,
            rhs=factor ** (2 * t),
            using=(Using(of="hypothesis", times=ratio), Using(of="ratio", times=factor ** (2 * t - 2))),
            about="ratio^t is factor^(2t)",
        ),
        Law(
            name="law.loss",
            lhs=loss[t + 1],
            rhs=ratio**t * first,
            by=("loss", "error", "law.closed"),
            using=(Using(of="law.powers", times=-first),),
            about="and the loss ratio^t times; at the start it is curvature (start − target)² / 2",
        ),
        Law(
            name="law.descent",
            lhs=loss[t] - loss[t + 1],
            rhs=learning_rate * (1 - reach / 2) * grad[t] ** 2,
            by=("loss", "law.contraction", "factor", "law.backward"),
            about="one step lowers the loss by lr (1 − lr · curvature / 2) times the squared gradient",
        ),
        Bound(
            name="law.no_rise",
            lhs=loss[t],
            rhs=loss[t + 1],
            witness=learning_rate * (2 - reach) / 2 * grad[t] ** 2,
            by=(),
            using=(Using(of="law.descent"),),
            given=("within",),
            about="so for no learning rate up to 2 / curvature does the loss ever rise",
        ),
        Law(
            name="law.rate",
            lhs=1 - ratio,
            rhs=reach * (2 - reach),
            by=("ratio", "factor"),
            about=(
                "ratio = factor² is below 1 exactly where lr · curvature (2 − lr · curvature) is above 0: "
                "for 0 < lr < 2 / curvature"
            ),
        ),
        Bound(
            name="law.ratio",
            lhs=ratio,
            rhs=0,
            witness=factor**2,
            by=("ratio",),
            about="a square is never below 0",
        ),
        Bound(
            name="law.ratio_within",
            lhs=1,
            rhs=ratio,
            witness=reach * (2 - reach),
            by=(),
            using=(Using(of="law.rate"),),
            given=("within",),
            about="and this one at most 1 within that range",
        ),
        Induction(
            name="law.fading",
            time=t,
            lhs=1,
            rhs=ratio**t * (1 + t * (1 - ratio)),
            base_witness=0,
            witness=Add(
                1 - ratio ** (t - 1) * (1 + (t - 1) * (1 - ratio)),
                t * ratio ** (t - 1) * (1 - ratio) ** 2,
                evaluate=False,
            ),
            given=("hypothesis", "law.ratio"),
            about="ratio^t is at most 1 / (1 + t (1 − ratio)), which goes to 0 as t grows",
        ),
        Bound(
            name="law.converges",
            lhs=first,
            rhs=loss[t + 1] * (1 + t * reach * (2 - reach)),
            witness=first * (1 - ratio**t * (1 + t * (1 - ratio))),
            by=("law.loss",),
            using=(Using(of="law.rate", times=t * ratio**t * first),),
            given=("law.fading",),
            about=(
                "for 0 < lr < 2 / curvature the loss goes to 0: after t steps it is at most the first one "
                "divided by 1 + t · lr · curvature (2 − lr · curvature)"
            ),
        ),
        Law(
            name="law.perfect",
            lhs=weight[1],
            rhs=target,
            by=("law.closed", "factor"),
            using=(Using(of="perfect", times=target - start),),
            about="lr = 1 / curvature reaches the target in one step: this is Newton's method",
        ),
        Induction(
            name="law.slow",
            time=t,
            lhs=factor ** (t + 1),
            rhs=1 - (t + 1) * reach,
            base_by=("factor",),
            using=(Using(of="factor", times=factor**t),),
            base_witness=0,
            witness=(1 - reach) * (factor**t - 1 + t * reach) + t * reach**2,
            given=("hypothesis", "small"),
            about=(
                "too small is slow: after t steps at least 1 − t · lr · curvature of the distance is left "
                "(Bernoulli; here for t + 1), so half the way takes at least 1 / (2 lr · curvature) steps"
            ),
        ),
        Law(
            name="law.edge",
            lhs=loss[t + 1],
            rhs=loss[t],
            by=(),
            using=(
                Using(of="law.descent", times=-1),
                Using(of="edge", times=learning_rate * grad[t] ** 2 / 2),
            ),
            about="at lr = 2 / curvature the weight jumps to and fro and the loss never changes",
        ),
        Induction(
            name="law.bernoulli",
            time=t,
            lhs=ratio ** (t + 1),
            rhs=1 + (t + 1) * (ratio - 1),
            base_witness=0,
            witness=ratio * (ratio**t - 1 - t * (ratio - 1)) + t * (ratio - 1) ** 2,
            given=("hypothesis", "law.ratio"),
            about="Bernoulli's inequality, for the factor of the loss",
        ),
        Bound(
            name="law.diverges",
            lhs=loss[t + 2],
            rhs=first * (1 + (t + 1) * reach * (reach - 2)),
            witness=first * (ratio ** (t + 1) - 1 - (t + 1) * (ratio - 1)),
            by=(),
            using=(Using(of="law.loss", at={t: t + 1}), Using(of="law.rate", times=-(t + 1) * first)),
            given=("law.bernoulli",),
            about="too large diverges: beyond lr = 2 / curvature the loss grows beyond every limit",
        ),
    ),
    notes={
        "weight.0": "1. initialise",
        "error": "2. run forward: how far the weight of the step before is from the target",
        "loss": "3. compute the loss",
        "derror": "4. run backward",
        "weight": "5. update: go against the gradient",
        "factor": "what every step multiplies the error by",
        "ratio": "and the loss",
    },
    pitfalls=(
        "The loss of step t is that of the weight before the update of step t.",
        "With several weights the largest curvature limits the learning rate, and the smallest sets the "
        "speed.",
    ),
    references=(
        "Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, "
        "Comptes Rendus 25, 1847",
        "Nesterov, Introductory Lectures on Convex Optimization, Kluwer, 2004, section 1.2.3",
    ),
)
