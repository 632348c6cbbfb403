"""The softmax over the last axis, y = e^x / Σ e^x (Bridle 1990)."""

from ._declare import Array, Operator
from ._dims import ANY, K

OPERATOR = Operator(
    name="softmax",
    summary="e^x, normalised to sum to 1 over the last axis",
    inputs=(Array("x", (ANY, K), "logit"),),
    outputs=(Array("y", (ANY, K)),),
    equations={
        "e": "e[k] = exp(x[k] − max_j x[j])",
        "y": "y[k] = e[k] / Σ_j e[j]",
        "dx": "dx[k] = y[k] (dy[k] − Σ_j dy[j] y[j])",
    },
    may_be_empty=(ANY,),
    pitfalls=(
        "Without the shift by the maximum e^x overflows; with it no logit does.",
        "As exp(x − log Σ e^x) it loses digits as the logits grow: the difference of two large numbers.",
        "The sum has to carry the precision of the result: in bfloat16 a row of 1024 can sum to 4.",
        "The Jacobian is diag(y) − y yᵀ: keeping only its diagonal, y (1 − y), forgets the other classes.",
    ),
    references=(
        "Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990",
        "Blanchard, Higham & Higham, Accurately Computing the Log-Sum-Exp and Softmax Functions, "
        "IMA Journal of Numerical Analysis 41(4), 2021",
    ),
)
