"""The rectifier: the gradient passes where the input is positive, and nowhere else."""

from sympy import Integer, Symbol

from ..kernel import Definition, System, dims, index, relu, step, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

I = dims("I")  # noqa: E741
i = index("i", I)

x, y, dx, dy = tensor("x", I), tensor("y", I), tensor("dx", I), tensor("dy", I)
h = Symbol("h", positive=True)
zero = relu(Integer(0))

CHAPTER = Chapter(
    title="The rectifier",
    about=(
        "max(x, 0) has the slope 1 above 0 and 0 below. At 0 it has none: the derivative holds for almost"
        " every x, and an implementation may give any number of [0, 1] there. Here it is step(0) = 0."
    ),
    system=System(name="relu", given=(x,), definitions=(Definition(y[i], relu(x[i])),), outputs=(y,)),
    gradients=(Definition(dx[i], dy[i] * step(x[i])),),
    notes={
        "y": "max(x, 0)",
        "dx": "step(x) is 1 where x > 0, else 0",
    },
    hypotheses=(
        Hypothesis(name="positive", lhs=step(x[i]), rhs=1, about="x > 0"),
        Hypothesis(name="negative", lhs=step(x[i]), rhs=0, about="x ≤ 0"),
        Hypothesis(name="axiom.above", lhs=relu(h), rhs=h, about="max(h, 0) = h for every h > 0"),
        Hypothesis(name="axiom.below", lhs=relu(-h), rhs=0, about="max(−h, 0) = 0 for every h > 0"),
    ),
    laws=(
        Law(
            name="law.positive",
            lhs=y[i],
            rhs=x[i],
            by=("y",),
            using=(Using(of="positive", times=x[i]),),
            about="above 0 the unit is linear",
        ),
        Law(
            name="law.positive_gradient",
            lhs=dx[i],
            rhs=dy[i],
            by=("dx", "positive"),
            about="and passes the gradient undiminished, through however many layers",
        ),
        Law(
            name="law.negative",
            lhs=y[i],
            rhs=0,
            by=("y",),
            using=(Using(of="negative", times=x[i]),),
            about="from 0 down the unit is silent",
        ),
        Law(
            name="law.negative_gradient",
            lhs=dx[i],
            rhs=0,
            by=("dx", "negative"),
            about="and passes no gradient: one that is silent for every example learns nothing any more",
        ),
        Law(
            name="law.homogeneous",
            lhs=x[i] * dx[i],
            rhs=y[i] * dy[i],
            by=("dx", "y"),
            about="x dx = y dy on both sides of 0, as for every function that scales with its input (Euler)",
        ),
        Law(
            name="law.gate",
            lhs=step(x[i]) * dx[i],
            rhs=dx[i],
            by=("dx",),
            about="the gate of the forward pass is that of the gradient: closing it twice changes nothing",
        ),
        Law(
            name="law.from_the_right",
            lhs=(relu(h) - zero) / h,
            rhs=1,
            by=("axiom.above",),
            about="from above, the difference quotient at 0 is 1 however small h is",
        ),
        Law(
            name="law.from_the_left",
            lhs=(relu(-h) - zero) / -h,
            rhs=0,
            by=("axiom.below",),
            about="from below it is 0: the two slopes differ, so there is no derivative at 0",
        ),
    ),
)
