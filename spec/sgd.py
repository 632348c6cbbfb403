"""Stochastic gradient descent, p ← p − lr g (Robbins & Monro 1951)."""

from ._declare import Attribute, Operator
from ._optimizer import INPUTS, OUTPUTS

OPERATOR = Operator(
    name="sgd",
    summary="stochastic gradient descent, the parameter after each step",
    inputs=INPUTS,
    outputs=OUTPUTS,
    attributes=(Attribute(name="learning_rate", low=0, examples=(0.01, 0.5, 0.25, 0.1)),),
    equations={
        "p": "p_t = p_(t−1) − learning_rate g_t, p_0 = parameter, (g_1 … g_P) = gradients",
        "parameters": "parameters = (p_1 … p_P)",
    },
    differentiable=False,
    pitfalls=("The gradient is subtracted as it comes: no weight decay, no division by the batch.",),
    references=(
        "Robbins & Monro, A Stochastic Approximation Method, Annals of Mathematical Statistics 22(3), 1951",
    ),
)
