"""Binary cross-entropy: the gradient is σ(z) − t, the loss convex in the logit, and its form stable."""

from sympy import exp, log

from ..kernel import Σ, Definition, System, dims, index, relu, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law, Using

N = dims("N")
n = index("n", N)

logits, target = tensor("logits", N), tensor("target", N)
z, t = logits[n], target[n]
p, q, size = tensor("p", N), tensor("q", N), tensor("size", N)
l, l_stable, loss = tensor("l", N), tensor("l_stable", N), tensor("loss")  # noqa: E741
dl, dp, dq, dlogits = tensor("dl", N), tensor("dp", N), tensor("dq", N), tensor("dlogits", N)
dloss = tensor("dloss")[()]

CHAPTER = Chapter(
    title="Binary cross-entropy",
    about="What a yes-or-no answer costs that was given the probability σ(z), where t is the right one.",
    system=System(
        name="binary_cross_entropy",
        given=(logits, target),
        fixed=(target,),
        definitions=(
            Definition(p[n], 1 / (1 + exp(-z))),
            Definition(q[n], 1 / (1 + exp(z))),
            Definition(l[n], -t * log(p[n]) - (1 - t) * log(q[n])),
            Definition(size[n], relu(z) + relu(-z)),
            Definition(l_stable[n], relu(z) - z * t + log(1 + exp(-size[n]))),
            Definition(loss[()], Σ(l[n], n) / N),
        ),
        outputs=(loss,),
    ),
    gradients=(
        Definition(dl[n], dloss / N),
        Definition(dq[n], -dl[n] * (1 - t) / q[n]),
        Definition(dp[n], -dl[n] * t / p[n]),
        Definition(dlogits[n], dloss * (p[n] - t) / N),
    ),
    by={"dlogits": ("dp", "dq", "dl", "p", "q")},
    notes={
        "p": "σ(z)",
        "q": "σ(−z)",
        "size": "|z|",
        "l_stable": "max(z, 0) − z t + log(1 + e^−|z|)",
        "dlogits": "p − t: the slope of the logarithm undoes that of σ, so a wrong answer always teaches",
    },
    hypotheses=(
        Hypothesis(
            name="target.low", lhs=t, rhs=0, relation="≥", about="a target is a probability: not below 0"
        ),
        Hypothesis(name="target.high", lhs=1, rhs=t, relation="≥", about="and not above 1"),
        Hypothesis(name="positive.max", lhs=relu(z), rhs=z, about="z ≥ 0, so max(z, 0) = z"),
        Hypothesis(name="positive.min", lhs=relu(-z), rhs=0, about="and max(−z, 0) = 0"),
        Hypothesis(name="negative.max", lhs=relu(z), rhs=0, about="z < 0, so max(z, 0) = 0"),
        Hypothesis(name="negative.min", lhs=relu(-z), rhs=-z, about="and max(−z, 0) = −z"),
    ),
    laws=(
        Law(name="law.complement", lhs=q[n], rhs=1 - p[n], about="σ(−z) = 1 − σ(z)"),
        Law(
            name="law.likelihood",
            lhs=l[n],
            rhs=-t * log(p[n]) - (1 - t) * log(1 - p[n]),
            by=("l", "law.complement"),
            about="the loss in terms of p alone",
        ),
        Law(
            name="law.log",
            lhs=log(1 + exp(-z)),
            rhs=log(1 + exp(z)) - z,
            exponentially=True,
            about="−log σ(z) = −log σ(−z) − z",
        ),
        Law(
            name="law.logit",
            lhs=l[n],
            rhs=log(1 + exp(z)) - z * t,
            by=("l", "p", "q"),
            using=(Using(of="law.log", times=t),),
            about="the loss in the logit: right for every z, though e^z overflows",
        ),
        Law(
            name="law.mean",
            lhs=loss[()],
            rhs=Σ(log(1 + exp(z)) - z * t, n) / N,
            by=("loss", "law.logit"),
            about="and so in the mean",
        ),
        Law(
            name="law.stable_positive",
            lhs=l[n],
            rhs=l_stable[n],
            by=("l_stable", "size", "positive.max", "positive.min", "law.logit"),
            using=(Using(of="law.log", times=-1),),
            about="the stable form is the same number where z ≥ 0",
        ),
        Law(
            name="law.stable_negative",
            lhs=l[n],
            rhs=l_stable[n],
            by=("l_stable", "size", "negative.max", "negative.min", "law.logit"),
            about="and where z < 0, and in neither does e^−|z| overflow",
        ),
        Law(
            name="law.confident_and_wrong",
            lhs=dlogits[n],
            rhs=-dloss / N * t * q[n] + dloss / N * (1 - t) * p[n],
            about="the gradient is the probability of the wrong answer, weighted by how right the other was",
        ),
        Bound(
            name="law.pull_down",
            lhs=1,
            rhs=p[n] - t,
            witness=1 / (1 + exp(z)) + t,
            given=("target.low",),
            about="p − t is at most 1: no example pulls its logit down harder than by 1 / N",
        ),
        Bound(
            name="law.pull_up",
            lhs=p[n] - t,
            rhs=-1,
            witness=(1 + (1 - t) * (1 + exp(-z))) / (1 + exp(-z)),
            given=("target.high",),
            about="and none pulls it up harder",
        ),
        Bound(
            name="law.convex",
            lhs=p[n] * (1 - p[n]),
            rhs=0,
            witness=exp(-z) / (1 + exp(-z)) ** 2,
            about="the slope of σ(z) − t in z is never negative, so the loss is convex in the logit",
        ),
    ),
)
