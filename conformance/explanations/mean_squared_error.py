"""What implementations of `mean_squared_error` get wrong."""

from __future__ import annotations

from ._edited import as_if

EXPLANATIONS = tuple(
    as_if("mean_squared_error", cause, sentence, *changes)
    for cause, sentence, *changes in (
        (
            "root",
            "the root of the mean is taken",
            ("np.sum(r * r) / (N * K)", "np.sqrt(np.sum(r * r) / (N * K))"),
        ),
        ("absolute", "the mean of |r| in place of r²", ("np.sum(r * r)", "np.sum(np.abs(r))")),
        (
            "sign",
            "dtarget is dprediction: its sign is missing",
            ("dprediction, -dprediction", "dprediction, dprediction"),
        ),
        ("zero", "dtarget is 0", ("dprediction, -dprediction", "dprediction, 0 * dprediction")),
    )
)
