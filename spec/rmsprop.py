"""RMSProp, steps divided by the root of a running mean of squared gradients (Tieleman & Hinton 2012)."""

from ._declare import Attribute, Convention, Operator
from ._optimizer import INPUTS, OUTPUTS

OPERATOR = Operator(
    name="rmsprop",
    summary="RMSProp, the parameter after each step",
    inputs=INPUTS,
    outputs=OUTPUTS,
    attributes=(
        Attribute(name="learning_rate", low=0, examples=(0.001, 0.5, 0.25, 0.1)),
        Attribute(name="decay", low=0, high=1, examples=(0.9, 0.5, 0.99, 0.75), about="ρ, in [0, 1)"),
        Attribute(name="epsilon", low=0, examples=(1e-8, 0.05, 0.25, 1e-3), about="ε, above 0"),
    ),
    equations={
        "s": "s_t = decay s_(t−1) + (1 − decay) g_t², s_0 = 0, (g_1 … g_P) = gradients",
        "p": "p_t = p_(t−1) − learning_rate g_t / (√s_t + epsilon), p_0 = parameter",
        "parameters": "parameters = (p_1 … p_P)",
    },
    differentiable=False,
    conventions=(
        Convention(
            key="rmsprop.epsilon",
            keyword="epsilon_convention",
            values=("outside", "inside"),
            used_by={
                "outside": "PyTorch, MLX, Chainer, numpy-ml, HIPS autograd",
                "inside": "Optax, Keras, Paddle, MXNet, TensorFlow, TensorFlow.js",
            },
        ),
        Convention(
            key="rmsprop.initial",
            keyword="initial_convention",
            values=(0.0,),
            number=True,
            used_by={
                "0.0": "PyTorch, Optax, Keras, MLX, Paddle, Chainer, MXNet, numpy-ml, TensorFlow.js",
                "1.0": "HIPS autograd, TensorFlow 1",
            },
        ),
    ),
    pitfalls=(
        "ε is added to the root; under it, it would weigh as √ε against small gradients.",
        "The mean is neither centred nor corrected for its start, and already holds this step's gradient.",
        "The usual decay is 0.9 in some libraries and 0.99 in others: it is always given here.",
    ),
    references=(
        "Tieleman & Hinton, Lecture 6.5: RMSProp, COURSERA Neural Networks for Machine Learning, 2012",
    ),
)
