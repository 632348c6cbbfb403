"""One layer of perceptrons, y = g(bias + x @ weight) (Rosenblatt 1958)."""

from ._declare import Array, Attribute, Operator
from ._dims import D, H, N

ACTIVATION = Attribute(
    name="activation",
    choices=("identity", "sigmoid", "tanh", "relu"),
    about="the function g of every pre-activation",
)

OPERATOR = Operator(
    name="perceptron",
    summary="one dense layer with its activation",
    inputs=(Array("x", (N, D)), Array("weight", (D, H), "weight"), Array("bias", (H,))),
    outputs=(Array("y", (N, H)),),
    attributes=(ACTIVATION,),
    equations={
        "a": "a = x @ weight + bias",
        "y": "y = g(a)",
        "da": "da = dy ⊙ g′(a)",
        "dx": "dx = da @ weightᵀ",
        "dweight": "dweight = xᵀ @ da",
        "dbias": "dbias = Σ_n da[n]",
    },
    may_be_empty=(N,),
    not_smooth="activation relu: where a pre-activation is 0",
    pitfalls=(
        "The weight is (in, out); PyTorch, Equinox, MLX and tinygrad keep (out, in).",
        "The bias is one row added to all N: its gradient is summed over the batch, not averaged.",
    ),
    references=("Rosenblatt, The Perceptron, Psychological Review 65(6), 1958",),
)
