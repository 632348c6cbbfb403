"""The logistic sigmoid: its slope is y (1 − y), never above 1/4."""

from sympy import Rational, exp

from ..kernel import Definition, System, dims, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law

I = dims("I")  # noqa: E741
i = index("i", I)

x, y, dx, dy = tensor("x", I), tensor("y", I), tensor("dx", I), tensor("dy", I)
tanh_half = tensor("tanh_half", I)
half = Rational(1, 2)

CHAPTER = Chapter(
    title="The logistic sigmoid",
    about="σ(x) = 1 / (1 + e^−x) turns any number into one between 0 and 1.",
    system=System(
        name="sigmoid",
        given=(x,),
        definitions=(
            Definition(y[i], 1 / (1 + exp(-x[i]))),
            Definition(tanh_half[i], (exp(x[i] / 2) - exp(-x[i] / 2)) / (exp(x[i] / 2) + exp(-x[i] / 2))),
        ),
        outputs=(y,),
    ),
    gradients=(Definition(dx[i], dy[i] * y[i] * (1 - y[i])),),
    by={"dx": ("y",)},
    notes={
        "y": "σ(x)",
        "tanh_half": "tanh(x/2)",
        "dx": "the slope needs nothing but the output: y (1 − y)",
    },
    hypotheses=(Hypothesis(name="at_zero", lhs=x[i], rhs=0, about="the input is 0"),),
    laws=(
        Law(
            name="law.right_tail",
            lhs=1 / (1 + exp(x[i])),
            rhs=1 - y[i],
            about="σ(−x) = 1 − σ(x): the left side keeps its digits where 1 − y cancels",
        ),
        Law(
            name="law.left_tail",
            lhs=y[i],
            rhs=exp(x[i]) / (1 + exp(x[i])),
            about="the same number by e^x, which cannot overflow where x is negative",
        ),
        Law(
            name="law.odds",
            lhs=y[i],
            rhs=exp(x[i]) * (1 - y[i]),
            about="the odds y : (1 − y) are e^x, so x is the log of the odds: a logit",
        ),
        Law(
            name="law.tanh",
            lhs=y[i],
            rhs=(1 + tanh_half[i]) / 2,
            about="σ(x) = (1 + tanh(x/2)) / 2: the two activations differ only in scale",
        ),
        Bound(
            name="law.positive",
            lhs=y[i],
            rhs=0,
            witness=1 / (1 + exp(-x[i])),
            about="y is never below 0",
        ),
        Bound(
            name="law.at_most_one",
            lhs=1,
            rhs=y[i],
            witness=exp(-x[i]) / (1 + exp(-x[i])),
            about="and never above 1",
        ),
        Bound(
            name="law.increasing",
            lhs=y[i] * (1 - y[i]),
            rhs=0,
            witness=exp(-x[i]) / (1 + exp(-x[i])) ** 2,
            about="the slope is never negative: a larger input never gives a smaller output",
        ),
        Bound(
            name="law.slope",
            lhs=Rational(1, 4),
            rhs=y[i] * (1 - y[i]),
            witness=(y[i] - half) ** 2,
            by=(),
            about="the slope is at most 1/4, so every sigmoid layer shrinks the gradient at least fourfold",
        ),
        Law(
            name="law.steepest",
            lhs=dx[i],
            rhs=dy[i] / 4,
            by=("dx", "y", "at_zero"),
            about="and it is 1/4 at 0",
        ),
    ),
)
