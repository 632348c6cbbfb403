"""The mean of the squared differences over all entries (least squares: Legendre 1805)."""

from ._declare import Array, Operator
from ._dims import K, N

OPERATOR = Operator(
    name="mean_squared_error",
    summary="squared difference, mean over all N·K entries",
    inputs=(Array("prediction", (N, K)), Array("target", (N, K))),
    outputs=(Array("loss", ()),),
    equations={
        "r": "r = prediction − target",
        "loss": "loss = Σ_n Σ_k r[n,k]² / (N K)",
        "dprediction": "dprediction = 2 dloss r / (N K)",
        "dtarget": "dtarget = −2 dloss r / (N K)",
    },
    pitfalls=(
        "The mean is over N·K entries; DeZero divides by N alone.",
        "No factor 1/2; Optax's l2_loss, MXNet, scikit-learn and numpy-ml have it.",
    ),
    references=(
        "Legendre, Nouvelles méthodes pour la détermination des orbites des comètes, 1805",
        "Bishop, Neural Networks for Pattern Recognition, 1995",
    ),
)
