"""Stochastic gradient descent: all that counts is the sum of the gradients, times the learning rate."""

from sympy import Idx, Symbol

from ..kernel import Σ, Definition, System, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Induction, Law

P, I = dims("P I")  # noqa: E741
t, i = index("t", P), index("i", I)
k = Idx("k", (1, t))
learning_rate = Symbol("learning_rate", positive=True)

parameter, gradients = tensor("parameter", I), tensor("gradients", P, I)
p, parameters = tensor("p", P, I), tensor("parameters", P, I)
steady = tensor("steady", I)

CHAPTER = Chapter(
    title="Stochastic gradient descent",
    about=(
        "Time t counts the steps, i the entries of the parameter. Each step goes against its gradient, by as "
        "much as the learning rate says, and remembers nothing of the steps before."
    ),
    system=System(
        name="sgd",
        given=(parameter, gradients),
        fixed=(parameter, gradients, p),
        time=t,
        initial=(Definition(p[0, i], parameter[i]),),
        definitions=(
            Definition(p[t, i], p[t - 1, i] - learning_rate * gradients[t, i]),
            Definition(parameters[t, i], p[t, i]),
        ),
        outputs=(parameters,),
    ),
    hypotheses=(
        Hypothesis(
            name="constant",
            lhs=gradients[t, i],
            rhs=steady[i],
            about="every step has the same gradient, `steady`",
        ),
    ),
    laws=(
        Induction(
            name="law.closed",
            time=t,
            lhs=p[t, i],
            rhs=parameter[i] - learning_rate * Σ(gradients[k, i], k),
            by=("p",),
            about=(
                "after t steps the parameter has moved by −lr times the sum of the gradients: given the "
                "gradients, their order makes no difference"
            ),
        ),
        Law(
            name="law.output",
            lhs=parameters[t, i],
            rhs=parameter[i] - learning_rate * Σ(gradients[k, i], k),
            by=("parameters", "law.closed"),
            about="which is what the operator gives out at step t",
        ),
        Induction(
            name="law.constant",
            time=t,
            lhs=p[t, i],
            rhs=parameter[i] - learning_rate * t * steady[i],
            by=("p", "constant"),
            about=(
                "under a gradient that does not change, the parameter moves at the same speed in every step"
            ),
        ),
    ),
    notes={
        "p.0": "training starts from the parameter as it is given",
        "p": "one step against the gradient",
        "parameters": "the parameter after each step is what comes out",
    },
)
