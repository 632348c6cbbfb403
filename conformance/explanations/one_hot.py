"""What implementations of `one_hot` get wrong."""

from __future__ import annotations

from ._edited import as_if

_EQUAL = "indices[..., None] == np.arange(depth)"

EXPLANATIONS = tuple(
    as_if("one_hot", cause, sentence, *changes)
    for cause, sentence, *changes in (
        (
            "inverted",
            "ones and zeros are in each other's place",
            (_EQUAL, "indices[..., None] != np.arange(depth)"),
        ),
        (
            "cumulative",
            "there are ones up to the index, not at it alone",
            (_EQUAL, "np.arange(depth) <= indices[..., None]"),
        ),
        (
            "off_by_one(indices)",
            "indices are counted from 1",
            (_EQUAL, "indices[..., None] - 1 == np.arange(depth)"),
        ),
        (
            "off_by_one(indices)",
            "indices are counted from 1",
            (_EQUAL, "(indices[..., None] - 1) % depth == np.arange(depth)"),
        ),
        (
            "off_by_one(indices)",
            "the one stands one place further on",
            (_EQUAL, "(indices[..., None] + 1) % depth == np.arange(depth)"),
        ),
        (
            "reversed",
            "classes are counted from the last",
            (_EQUAL, "depth - 1 - indices[..., None] == np.arange(depth)"),
        ),
        (
            "axis(0)",
            "the new axis comes first; it has to come last",
            (
                "return np.where(" + _EQUAL + ", 1.0, 0.0)",
                "return np.moveaxis(np.where(" + _EQUAL + ", 1.0, 0.0), -1, 0)",
            ),
        ),
    )
)
