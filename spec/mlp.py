"""Layers of perceptrons, the last one linear (Rumelhart, Hinton & Williams 1986)."""

from ._declare import Array, Operator
from ._dims import D, N
from .perceptron import ACTIVATION

OPERATOR = Operator(
    name="mlp",
    summary="dense layers, with the activation after every one but the last",
    inputs=(
        Array("x", (N, D.first)),
        Array("weights", (D.each, D.next), "weight", many=True),
        Array("biases", (D.next,), many=True),
    ),
    outputs=(Array("y", (N, D.last)),),
    attributes=(ACTIVATION,),
    equations={
        "a": "a_i = h_i @ weights_i + biases_i, for the layers i = 0 … n−1",
        "h": "h_0 = x; h_(i+1) = g(a_i)",
        "y": "y = a_(n−1)",
        "da": "da_(n−1) = dy; da_i = (da_(i+1) @ weights_(i+1)ᵀ) ⊙ g′(a_i)",
        "dx": "dx = da_0 @ weights_0ᵀ",
        "dweights": "dweights_i = h_iᵀ @ da_i",
        "dbiases": "dbiases_i = Σ_b da_i[b], over the batch",
    },
    not_smooth="activation relu: where a pre-activation is 0",
    pitfalls=(
        "The last layer has no activation; a classifier's softmax belongs to its loss.",
        "Weights are (in, out); PyTorch, Equinox, MLX and tinygrad keep (out, in).",
        "g′ is taken at the pre-activation of its own layer, with the weights of the layer after it.",
    ),
    references=(
        "Rumelhart, Hinton & Williams, Learning Representations by Back-propagating Errors, Nature 323, 1986",
    ),
)
