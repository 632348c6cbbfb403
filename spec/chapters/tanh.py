"""The hyperbolic tangent: its slope is 1 − y², between 0 and 1."""

from sympy import exp

from ..kernel import Definition, System, dims, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law

I = dims("I")  # noqa: E741
i = index("i", I)

x, y, dx, dy = tensor("x", I), tensor("y", I), tensor("dx", I), tensor("dy", I)
both = exp(x[i]) + exp(-x[i])

CHAPTER = Chapter(
    title="The hyperbolic tangent",
    about="tanh turns any number into one between −1 and 1, and leaves small ones nearly as they are.",
    system=System(
        name="tanh",
        given=(x,),
        definitions=(Definition(y[i], (exp(x[i]) - exp(-x[i])) / both),),
        outputs=(y,),
    ),
    gradients=(Definition(dx[i], dy[i] * (1 - y[i] ** 2)),),
    by={"dx": ("y",)},
    notes={"y": "tanh(x)", "dx": "the slope needs nothing but the output: 1 − y²"},
    hypotheses=(Hypothesis(name="at_zero", lhs=x[i], rhs=0, about="the input is 0"),),
    laws=(
        Law(
            name="law.odd",
            lhs=(exp(-x[i]) - exp(x[i])) / (exp(-x[i]) + exp(x[i])),
            rhs=-y[i],
            about="tanh(−x) = −tanh(x): the outputs are centred at 0",
        ),
        Law(
            name="law.sigmoid",
            lhs=y[i],
            rhs=2 / (1 + exp(-2 * x[i])) - 1,
            about="tanh(x) = 2 σ(2x) − 1, a sigmoid stretched to twice its range",
        ),
        Bound(
            name="law.at_most_one",
            lhs=1,
            rhs=y[i],
            witness=2 * exp(-x[i]) / both,
            about="y is never above 1",
        ),
        Bound(
            name="law.at_least_minus_one",
            lhs=y[i],
            rhs=-1,
            witness=2 * exp(x[i]) / both,
            about="and never below −1",
        ),
        Bound(
            name="law.increasing",
            lhs=1 - y[i] ** 2,
            rhs=0,
            witness=4 / both**2,
            about="the slope is never negative: a larger input never gives a smaller output",
        ),
        Bound(
            name="law.slope",
            lhs=1,
            rhs=1 - y[i] ** 2,
            witness=y[i] ** 2,
            by=(),
            about="the slope is at most 1, so no tanh layer makes a gradient larger by itself",
        ),
        Law(
            name="law.steepest",
            lhs=dx[i],
            rhs=dy[i],
            by=("dx", "y", "at_zero"),
            about="and it is 1 at 0, where σ has 1/4",
        ),
    ),
)
