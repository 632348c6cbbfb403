"""The rectifier, y = max(x, 0) (Nair & Hinton 2010)."""

from ._declare import Array, Convention, Operator
from ._dims import ANY

OPERATOR = Operator(
    name="relu",
    summary="the positive part, entry by entry",
    inputs=(Array("x", (ANY,)),),
    outputs=(Array("y", (ANY,)),),
    equations={
        "y": "y = max(x, 0)",
        "dx": "dx = dy where x > 0, 0 where x < 0, r dy with any r in [0, 1] where x = 0",
    },
    may_be_empty=(ANY,),
    not_smooth="at 0",
    conventions=(
        Convention(
            key="relu.nan",
            keyword="nan_convention",
            values=("propagate", "zero"),
            used_by={"propagate": "PyTorch, JAX, TensorFlow, Keras, MLX", "zero": "Paddle, tinygrad"},
        ),
    ),
    pitfalls=(
        "The derivative at 0 is 0 in most libraries and 1/2 where relu is a maximum with ties shared.",
        "A comparison with NaN is false, so `where(x > 0, x, 0)` turns NaN into 0.",
    ),
    references=(
        "Nair & Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, ICML 2010",
        "Clarke, Optimization and Nonsmooth Analysis, 1983",
    ),
)
