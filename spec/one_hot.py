"""Indicator vectors, y[…, k] = 1 at the index and 0 elsewhere (dummy variables: Suits 1957)."""

from ._conventions import OUT_OF_RANGE
from ._declare import Array, Attribute, Dim, Operator
from ._dims import ANY

DEPTH = Dim("depth")

OPERATOR = Operator(
    name="one_hot",
    summary="each index as a row of zeros with a single 1",
    inputs=(Array("indices", (ANY,), "index", below=DEPTH),),
    outputs=(Array("y", (ANY, DEPTH), dtype="float64"),),
    attributes=(Attribute(name="depth", size=DEPTH, about="the number of classes"),),
    equations={"y": "y[…, k] = 1 where k = indices[…], else 0"},
    differentiable=False,
    conventions=(OUT_OF_RANGE,),
    pitfalls=(
        "The new axis is the last one; some libraries put it elsewhere.",
        "The result is float64 whatever the indices; others answer in int64 or float32.",
        "An index outside 0 … depth − 1 is an error here; elsewhere it silently gives a row of zeros.",
    ),
    references=(
        "Suits, Use of Dummy Variables in Regression Equations, "
        "Journal of the American Statistical Association 52(280), 1957",
    ),
)
