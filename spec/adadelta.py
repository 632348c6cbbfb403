"""AdaDelta, steps in the units of the parameter, from two running means (Zeiler 2012)."""

from ._declare import Attribute, Operator
from ._optimizer import INPUTS, OUTPUTS

OPERATOR = Operator(
    name="adadelta",
    summary="AdaDelta, the parameter after each step",
    inputs=INPUTS,
    outputs=OUTPUTS,
    attributes=(
        Attribute(name="learning_rate", low=0, examples=(1.0, 0.5, 0.25, 0.001)),
        Attribute(name="decay", low=0, high=1, examples=(0.95, 0.5, 0.9, 0.75), about="ρ, in [0, 1)"),
        Attribute(name="epsilon", low=0, examples=(1e-6, 0.05, 0.25, 1e-3), about="ε, above 0"),
    ),
    equations={
        "s": "s_t = decay s_(t−1) + (1 − decay) g_t², s_0 = 0, (g_1 … g_P) = gradients",
        "u": "u_t = √(d_(t−1) + epsilon) / √(s_t + epsilon) ⊙ g_t",
        "d": "d_t = decay d_(t−1) + (1 − decay) u_t², d_0 = 0",
        "p": "p_t = p_(t−1) − learning_rate u_t, p_0 = parameter",
        "parameters": "parameters = (p_1 … p_P)",
    },
    differentiable=False,
    pitfalls=(
        "s is updated before the step, d after it: dividing by the old s makes the first step far too long.",
        "d gathers u, without the learning rate.",
        "ε is under both roots; without it the first step would be 0, and so would all others.",
        "The paper, Chainer, DeZero and MXNet have no learning rate: theirs is 1.",
    ),
    references=("Zeiler, ADADELTA: An Adaptive Learning Rate Method, arXiv:1212.5701, 2012",),
)
