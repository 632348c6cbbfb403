"""What implementations of `clip_by_value` get wrong."""

from __future__ import annotations

import numpy as np

from ._explanation import Explanation

EXPLANATIONS = (
    Explanation(
        "one_sided",
        "only what is above limit is clipped",
        lambda q: [np.minimum(q.inputs[0], q.attributes["limit"])],
    ),
    Explanation(
        "one_sided",
        "only what is below −limit is clipped",
        lambda q: [np.maximum(q.inputs[0], -q.attributes["limit"])],
    ),
    Explanation(
        "one_sided", "negative gradients become 0", lambda q: [np.clip(q.inputs[0], 0, q.attributes["limit"])]
    ),
    Explanation(
        "zeroed",
        "what is beyond limit becomes 0 in place of ±limit",
        lambda q: [np.where(np.abs(q.inputs[0]) > q.attributes["limit"], 0, q.inputs[0])],
    ),
    Explanation(
        "squashed",
        "limit · tanh(gradient / limit) in place of a clip",
        lambda q: [q.attributes["limit"] * np.tanh(q.inputs[0] / q.attributes["limit"])],
    ),
    Explanation("not_clipped", "nothing is clipped", lambda q: [np.asarray(q.inputs[0])]),
)
