"""AdaGrad, steps divided by the root of all squared gradients so far (Duchi, Hazan & Singer 2011)."""

from ._declare import Attribute, Convention, Operator
from ._optimizer import INPUTS, OUTPUTS

OPERATOR = Operator(
    name="adagrad",
    summary="AdaGrad, the parameter after each step",
    inputs=INPUTS,
    outputs=OUTPUTS,
    attributes=(
        Attribute(name="learning_rate", low=0, examples=(0.01, 0.5, 0.25, 0.1)),
        Attribute(name="epsilon", low=0, examples=(1e-8, 0.05, 0.25, 1e-3), about="ε, above 0"),
    ),
    equations={
        "s": "s_t = s_(t−1) + g_t², s_0 = 0, (g_1 … g_P) = gradients",
        "p": "p_t = p_(t−1) − learning_rate g_t / (√s_t + epsilon), p_0 = parameter",
        "parameters": "parameters = (p_1 … p_P)",
    },
    differentiable=False,
    conventions=(
        Convention(
            key="adagrad.epsilon",
            keyword="epsilon_convention",
            values=("outside", "inside"),
            used_by={
                "outside": "PyTorch, MLX, Paddle, Chainer, DeZero, numpy-ml, ONNX, TensorFlow.js",
                "inside": "Optax, Keras, MXNet",
            },
        ),
        Convention(
            key="adagrad.initial",
            keyword="initial_convention",
            values=(0.0,),
            number=True,
            used_by={
                "0.0": "PyTorch, MLX, Paddle, Chainer, DeZero, numpy-ml, ONNX, MXNet",
                "0.1": "Optax, Keras, TensorFlow 1, TensorFlow.js",
            },
        ),
    ),
    pitfalls=(
        "ε is added to the root; under it, it would weigh as √ε against small gradients.",
        "The accumulator already holds the gradient of its own step.",
        "The accumulator starts at 0; at 0.1 the first steps are shorter.",
    ),
    references=(
        "Duchi, Hazan & Singer, Adaptive Subgradient Methods for Online Learning and Stochastic "
        "Optimization, Journal of Machine Learning Research 12, 2011",
    ),
)
