"""Gradient descent with momentum, v ← μ v + g, p ← p − lr v (Polyak 1964)."""

from ._declare import Attribute, Operator
from ._optimizer import INPUTS, OUTPUTS

OPERATOR = Operator(
    name="momentum",
    summary="gradient descent with momentum, the parameter after each step",
    inputs=INPUTS,
    outputs=OUTPUTS,
    attributes=(
        Attribute(name="learning_rate", low=0, examples=(0.01, 0.5, 0.25, 0.1)),
        Attribute(name="momentum", low=0, high=1, examples=(0.9, 0.5, 0.0, 0.75), about="μ, in [0, 1)"),
    ),
    equations={
        "v": "v_t = momentum v_(t−1) + g_t, v_0 = 0, (g_1 … g_P) = gradients",
        "p": "p_t = p_(t−1) − learning_rate v_t, p_0 = parameter",
        "parameters": "parameters = (p_1 … p_P)",
    },
    differentiable=False,
    pitfalls=(
        "The gradient enters with factor 1; HIPS autograd scales it by 1 − momentum.",
        "Keras, Chainer and scikit-learn fold the learning rate into v: the same until it changes.",
        "No look-ahead: Nesterov's variant takes another step.",
        "The first step is learning_rate g_1: v starts at 0, undamped.",
    ),
    references=(
        "Polyak, Some Methods of Speeding Up the Convergence of Iteration Methods, "
        "USSR Computational Mathematics and Mathematical Physics 4(5), 1964",
        "Sutskever, Martens, Dahl & Hinton, On the Importance of Initialization and Momentum in Deep "
        "Learning, ICML 2013",
    ),
)
