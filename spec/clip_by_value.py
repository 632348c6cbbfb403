"""Every entry of a gradient held in [−limit, limit] (Mikolov 2012)."""

from ._declare import Array, Attribute, Operator
from ._dims import ANY

OPERATOR = Operator(
    name="clip_by_value",
    summary="each entry into [−limit, limit]",
    inputs=(Array("gradient", (ANY,)),),
    outputs=(Array("clipped", (ANY,)),),
    attributes=(
        Attribute(
            name="limit", low=0, examples=(1.0, 0.5, 0.25, 5.0, 0.0), about="the largest magnitude kept"
        ),
    ),
    equations={"clipped": "clipped = min(max(gradient, −limit), limit)"},
    differentiable=False,
    pitfalls=(
        "The direction of the gradient changes; clipping by the norm keeps it.",
        "NaN stays NaN; a minimum that ignores NaN would turn it into the limit.",
    ),
    references=("Mikolov, Statistical Language Models Based on Neural Networks, PhD thesis, Brno, 2012",),
)
