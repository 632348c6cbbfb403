"""The logistic sigmoid, y = 1 / (1 + e^−x) (Verhulst 1845; Rumelhart, Hinton & Williams 1986)."""

from ._declare import Array, Operator
from ._dims import ANY

OPERATOR = Operator(
    name="sigmoid",
    summary="the logistic function, entry by entry",
    inputs=(Array("x", (ANY,)),),
    outputs=(Array("y", (ANY,)),),
    equations={
        "y": "y = σ(x) = 1 / (1 + e^−x)",
        "dx": "dx = dy ⊙ y ⊙ (1 − y)",
    },
    may_be_empty=(ANY,),
    pitfalls=(
        "e^−x overflows far below 0; e^x / (1 + e^x) is the same number there.",
        "1 − y cancels to 0 far above 0, where σ(−x) still has every digit.",
        "Computed as (1 + tanh(x/2)) / 2 the lower tail is lost: σ(−40) becomes 0.",
    ),
    references=(
        "Verhulst, Recherches mathématiques sur la loi d'accroissement de la population, 1845",
        "Rumelhart, Hinton & Williams, Learning Representations by Back-propagating Errors, Nature 323, 1986",
    ),
)
