"""Adam, running means of the gradient and of its square, corrected for their start (Kingma & Ba 2015)."""

from ._declare import Attribute, Convention, Operator
from ._optimizer import INPUTS, OUTPUTS

OPERATOR = Operator(
    name="adam",
    summary="Adam with both bias corrections, the parameter after each step",
    inputs=INPUTS,
    outputs=OUTPUTS,
    attributes=(
        Attribute(name="learning_rate", low=0, examples=(0.001, 0.5, 0.25, 0.1)),
        Attribute(name="beta1", low=0, high=1, examples=(0.9, 0.5, 0.0, 0.75), about="β₁, in [0, 1)"),
        Attribute(name="beta2", low=0, high=1, examples=(0.999, 0.5, 0.75, 0.99), about="β₂, in [0, 1)"),
        Attribute(name="epsilon", low=0, examples=(1e-8, 0.05, 0.25, 1e-3), about="ε, above 0"),
    ),
    equations={
        "m": "m_t = beta1 m_(t−1) + (1 − beta1) g_t, m_0 = 0, (g_1 … g_P) = gradients",
        "v": "v_t = beta2 v_(t−1) + (1 − beta2) g_t², v_0 = 0",
        "m_hat": "m̂_t = m_t / (1 − beta1^t)",
        "v_hat": "v̂_t = v_t / (1 − beta2^t)",
        "p": "p_t = p_(t−1) − learning_rate m̂_t / (√v̂_t + epsilon), p_0 = parameter",
        "parameters": "parameters = (p_1 … p_P)",
    },
    differentiable=False,
    conventions=(
        Convention(
            key="adam.epsilon",
            keyword="epsilon_convention",
            values=("after_correction", "before_correction"),
            used_by={
                "after_correction": "PyTorch, Optax, Paddle, tinygrad, TensorFlow.js, numpy-ml, ggml, "
                "HIPS autograd",
                "before_correction": "TensorFlow, Keras, MXNet, Chainer, DeZero, scikit-learn, ONNX",
            },
        ),
        Convention(
            key="adam.bias_correction",
            keyword="bias_correction_convention",
            values=(True, False),
            used_by={"True": "all others", "False": "MLX by default, ONNX at T = 0"},
        ),
    ),
    pitfalls=(
        "ε is added to √v̂, after the correction; added to √v before it (ε-hat) it counts for more at first.",
        "Steps count from 1: with t = 0 both corrections divide by 0.",
        "The usual ε is 1e-8 in some libraries and 1e-7 in others: it is always given here.",
    ),
    references=("Kingma & Ba, Adam: A Method for Stochastic Optimization, ICLR 2015",),
)
