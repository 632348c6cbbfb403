"""Rows of a table, looked up by index (Bengio, Ducharme, Vincent & Jauvin 2003)."""

from ._conventions import OUT_OF_RANGE
from ._declare import Array, Operator
from ._dims import D, N, T, V

OPERATOR = Operator(
    name="embedding",
    summary="the row of the table that each index names",
    inputs=(Array("table", (V, D)), Array("indices", (N, T), "index", below=V)),
    outputs=(Array("y", (N, T, D)),),
    equations={
        "y": "y[n,t] = table[indices[n,t]]",
        "dtable": "dtable[v] = Σ_n Σ_t dy[n,t] over all n, t with indices[n,t] = v",
    },
    may_be_empty=(N, T),
    conventions=(OUT_OF_RANGE,),
    pitfalls=(
        "The gradients of a repeated index add up; `dtable[indices] = dy` keeps only the last.",
        "No row is a padding row: PyTorch's padding_idx withholds the gradient of one.",
        "The gradient is dense, with zeros in the rows that no index names.",
    ),
    references=(
        "Bengio, Ducharme, Vincent & Jauvin, A Neural Probabilistic Language Model, "
        "Journal of Machine Learning Research 3, 2003",
    ),
)
