"""The hyperbolic tangent, y = tanh(x) (as an activation LeCun, Bottou, Orr & Müller 1998)."""

from ._declare import Array, Operator
from ._dims import ANY

OPERATOR = Operator(
    name="tanh",
    summary="the hyperbolic tangent, entry by entry",
    inputs=(Array("x", (ANY,)),),
    outputs=(Array("y", (ANY,)),),
    equations={
        "y": "y = tanh(x) = (e^x − e^−x) / (e^x + e^−x)",
        "dx": "dx = dy ⊙ (1 − y²)",
    },
    may_be_empty=(ANY,),
    pitfalls=(
        "2σ(2x) − 1 is the same function, but cancels next to 0: tanh(1e-8) becomes 0 in float32.",
        "A quotient of exponentials overflows to NaN from |x| ≈ 89 in float32.",
    ),
    references=(
        "LeCun, Bottou, Orr & Müller, Efficient BackProp, in Neural Networks: Tricks of the Trade, 1998",
    ),
)
