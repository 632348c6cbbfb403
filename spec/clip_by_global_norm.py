"""Gradients shortened together where their joint norm is too long (Pascanu, Mikolov & Bengio 2013)."""

from ._declare import Array, Attribute, Convention, Operator
from ._dims import ANY

OPERATOR = Operator(
    name="clip_by_global_norm",
    summary="all gradients scaled alike, to a joint norm of at most max_norm",
    inputs=(Array("gradients", (ANY,), many=True),),
    outputs=(Array("clipped", (ANY,), many=True),),
    attributes=(
        Attribute(name="max_norm", low=0, examples=(1.0, 0.5, 5.0, 0.25), about="the longest norm kept"),
    ),
    equations={
        "norm": "norm = √(Σ_i Σ gradients_i²), over all entries of all arrays",
        "clipped": "clipped_i = gradients_i · min(1, max_norm / (norm + ε)), ε = 0 unless declared",
    },
    differentiable=False,
    conventions=(
        Convention(
            key="clip_by_global_norm.epsilon",
            keyword="epsilon_convention",
            values=(0.0,),
            number=True,
            used_by={"0.0": "Optax, TensorFlow, Keras, Paddle, Chainer", "1e-06": "PyTorch, MLX, DeZero"},
        ),
    ),
    pitfalls=(
        "One norm over all arrays; clipping each by its own norm changes the direction of the step.",
        "A norm within max_norm is left alone, so max_norm / norm is never a factor above 1.",
        "The squares overflow from about 1e19 in float32, long before the gradients do.",
    ),
    references=(
        "Pascanu, Mikolov & Bengio, On the Difficulty of Training Recurrent Neural Networks, ICML 2013",
    ),
)
