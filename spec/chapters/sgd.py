"""Stochastic gradient descent: all that counts is the sum of the gradients, times the learning rate."""

from ..kernel import Σ, Definition, System
from ._chapter import Chapter, Induction, Law
from ._optimizer import CONSTANT, gradients, i, k, learning_rate, p, parameter, parameters, steady, t

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
    hypotheses=(CONSTANT,),
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
