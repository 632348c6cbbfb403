"""Inverted dropout with a given mask (Hinton et al. 2012; Srivastava et al. 2014)."""

from ._declare import Array, Attribute, Operator
from ._dims import ANY

RATE = Attribute(
    name="rate",
    low=0,
    high=1,
    examples=(0.5, 0.0, 0.25, 0.1, 0.75),
    about="the fraction that is dropped, in [0, 1)",
)

OPERATOR = Operator(
    name="dropout",
    summary="x / (1 − rate) where the mask keeps it, else 0",
    inputs=(Array("x", (ANY,)), Array("keep", (ANY,), "mask")),
    outputs=(Array("y", (ANY,)),),
    attributes=(RATE,),
    equations={
        "y": "y = x / (1 − rate) where keep, else 0",
        "dx": "dx = dy / (1 − rate) where keep, else 0",
    },
    pitfalls=(
        "`rate` is the fraction dropped; the papers and some libraries name the fraction kept.",
        "What is kept is scaled while training; the 2014 paper scales at test time instead.",
        "A dropped entry is 0 whatever it was: keep ⊙ x would make NaN of a NaN or an infinity.",
    ),
    references=(
        "Hinton et al., Improving Neural Networks by Preventing Co-adaptation of Feature Detectors, 2012",
        "Srivastava et al., Dropout, Journal of Machine Learning Research 15, 2014",
    ),
)
