"""Inverted dropout that draws its own mask (Hinton et al. 2012; Srivastava et al. 2014)."""

from ._declare import Array, Operator
from ._dims import ANY
from .dropout import RATE

OPERATOR = Operator(
    name="random_dropout",
    summary="dropout with a mask of the library's own drawing",
    inputs=(Array("x", (ANY,)),),
    outputs=(Array("y", (ANY,)),),
    attributes=(RATE,),
    equations={
        "keep": "keep = True with probability 1 − rate, independently for every entry of x",
        "y": "y = x / (1 − rate) where keep, else 0",
        "dx": "dx = dy / (1 − rate) where that same keep, else 0",
    },
    random=True,
    pitfalls=(
        "The gradient takes the mask of its own forward run: a second draw is another function.",
        "Every entry is drawn by itself; dropping whole channels or steps is another operator.",
        "`rate` is the fraction dropped; the papers and some libraries name the fraction kept.",
    ),
    references=(
        "Hinton et al., Improving Neural Networks by Preventing Co-adaptation of Feature Detectors, 2012",
        "Srivastava et al., Dropout, Journal of Machine Learning Research 15, 2014",
    ),
)
