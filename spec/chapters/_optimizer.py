"""What the chapters of the optimizers share: time counts the steps, i the entries of the parameter."""

from sympy import Idx, Rational, Symbol

from ..kernel import dims, index, tensor
from ._chapter import Hypothesis, Induction, Law

P, I = dims("P I")  # noqa: E741
t, i = index("t", P), index("i", I)
k = Idx("k", (1, t))
half = Rational(1, 2)
learning_rate, epsilon, c = (Symbol(name, positive=True) for name in ("learning_rate", "epsilon", "c"))
decay = Symbol("decay", nonnegative=True)

parameter, gradients = tensor("parameter", I), tensor("gradients", P, I)
p, parameters, s = tensor("p", P, I), tensor("parameters", P, I), tensor("s", P, I)
latest, scaled = tensor("latest", P, I), tensor("scaled", P, I)
steady = tensor("steady", I)

CONSTANT = Hypothesis(
    name="constant",
    lhs=gradients[t, i],
    rhs=steady[i],
    about="every step has the same gradient, `steady`",
)
DECAY = Hypothesis(name="decay", lhs=1, rhs=decay, relation="≥", about="decay is at most 1")
SCALED = Induction(
    name="law.scaled",
    time=t,
    lhs=scaled[t, i],
    rhs=c**2 * s[t, i],
    by=("scaled", "s"),
    about="gradients c times as large make s c² times as large",
)
INVARIANT = Law(
    name="law.invariant",
    lhs=learning_rate * (c * gradients[t, i]) / scaled[t, i] ** half,
    rhs=learning_rate * gradients[t, i] / s[t, i] ** half,
    by=("law.scaled",),
    about="without ε, a step does not change when all gradients of an entry are multiplied by c > 0",
)
