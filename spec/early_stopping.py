"""Early stopping, once the loss has not improved for `patience` steps in a row (Prechelt 1998)."""

from ._declare import Array, Attribute, Operator
from ._dims import P

OPERATOR = Operator(
    name="early_stopping",
    summary="the step at which training stops and the step of the best loss",
    inputs=(Array("losses", (P,)),),
    outputs=(Array("stopped", (), dtype="int64"), Array("best", (), dtype="int64")),
    attributes=(
        Attribute(name="patience", low=1, whole=True, examples=(3, 1, 2, 5), about="steps without progress"),
        Attribute(name="min_delta", low=0, examples=(0.0, 0.5, 0.25, 0.001), about="what counts as progress"),
    ),
    equations={
        "k": "k_0 = 0; k_t = t where losses[t] < losses[k_(t−1)] − min_delta, else k_(t−1)",
        "stopped": "stopped = the first t with t − k_t = patience, P − 1 where there is none",
        "best": "best = k_stopped",
    },
    differentiable=False,
    pitfalls=(
        "A loss that equals best − min_delta is no progress: the comparison is strict.",
        "A small gain that is no progress does not lower the bar either.",
        "`stopped` is the step at which it stops, `best` the step to go back to; steps count from 0.",
    ),
    references=("Prechelt, Early Stopping — But When?, in Neural Networks: Tricks of the Trade, 1998",),
)
