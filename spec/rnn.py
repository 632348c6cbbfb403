"""The simple recurrent network over a sequence (Elman 1990; its gradient through time Werbos 1990)."""

from ._declare import Array, Attribute, Operator
from ._dims import D, H, N, T

OPERATOR = Operator(
    name="rnn",
    summary="simple recurrent network, every hidden state",
    inputs=(
        Array("x", (T, N, D)),
        Array("h0", (N, H)),
        Array("weight_x", (D, H), "weight"),
        Array("weight_h", (H, H), "weight"),
        Array("bias", (H,)),
    ),
    outputs=(Array("h", (T, N, H)),),
    attributes=(
        Attribute(
            name="activation",
            default="tanh",
            choices=("tanh", "relu", "sigmoid", "identity"),
            about="the function g of every pre-activation",
        ),
        Attribute(
            name="lengths",
            default=None,
            array=Array("lengths", (N,), "lengths", below=T),
            about="valid steps of each sequence; from there on its state is carried unchanged",
        ),
    ),
    equations={
        "a": "a_t = x_t @ weight_x + h_(t−1) @ weight_h + bias, for the steps t = 1 … T",
        "h": "h_t = g(a_t), h_0 = h0; for t > lengths[n]: h_t = h_(t−1)",
        "e": "e_t = dh_t + da_(t+1) @ weight_hᵀ; for t ≥ lengths[n]: e_t = dh_t + e_(t+1); both 0 beyond T",
        "da": "da_t = e_t ⊙ g′(a_t); for t > lengths[n]: da_t = 0",
        "dx": "dx_t = da_t @ weight_xᵀ",
        "dh0": "dh0 = da_1 @ weight_hᵀ",
        "dweight_x": "dweight_x = Σ_t x_tᵀ @ da_t",
        "dweight_h": "dweight_h = Σ_t h_(t−1)ᵀ @ da_t",
        "dbias": "dbias = Σ_t Σ_n da_t[n]",
    },
    not_smooth="activation relu: where a pre-activation is 0",
    pitfalls=(
        "Time comes first; many libraries put the batch first.",
        "One bias; PyTorch, Paddle and ONNX have two and add them.",
        "The activation is tanh; Haiku's VanillaRNN has relu.",
        "h_t has two cotangents: its own output and, through weight_h, the next step.",
    ),
    references=(
        "Elman, Finding Structure in Time, Cognitive Science 14(2), 1990",
        "Werbos, Backpropagation Through Time, Proceedings of the IEEE 78(10), 1990",
    ),
)
