"""What implementations of `early_stopping` get wrong: when a loss counts as better, and when it stops."""

from __future__ import annotations

from ._edited import as_if

_BETTER = "losses[step] < losses[best] - min_delta"
_STOP = "step - best == patience"

EXPLANATIONS = tuple(
    as_if("early_stopping", cause, sentence, *changes)
    for cause, sentence, *changes in (
        ("ignored(min_delta)", "as if min_delta were 0", (_BETTER, "losses[step] < losses[best]")),
        (
            "sign(min_delta)",
            "min_delta is added in place of being subtracted",
            (_BETTER, "losses[step] < losses[best] + min_delta"),
        ),
        (
            "relative(min_delta)",
            "min_delta is taken relative to the best loss",
            (_BETTER, "losses[step] < losses[best] * (1 - min_delta)"),
        ),
        (
            "not_strict",
            "an equal loss counts as better: ≤ in place of <",
            (_BETTER, "losses[step] <= losses[best] - min_delta"),
        ),
        (
            "larger_is_better",
            "a larger loss counts as better",
            (_BETTER, "losses[step] > losses[best] + min_delta"),
        ),
        (
            "previous",
            "a loss is compared with the one before it, not with the best",
            (_BETTER, "step > 0 and losses[step] < losses[step - 1] - min_delta"),
        ),
        ("off_by_one(patience)", "it stops one step later", (_STOP, "step - best == patience + 1")),
        ("off_by_one(patience)", "it stops one step earlier", (_STOP, "step - best >= max(patience - 1, 1)")),
        (
            "best_for_stopped",
            "the best step is returned as the step it stops at",
            ("np.array(step, np.int64), np", "np.array(best, np.int64), np"),
        ),
        (
            "stopped_for_best",
            "the step it stops at is returned as the best",
            ("np.array(best, np.int64)", "np.array(step, np.int64)"),
        ),
        ("never_stops", "it never stops", (_STOP, "False")),
        (
            "length",
            "P is returned where it never stops; it has to be P − 1",
            ("return np.array(step", "return np.array(step + (step - best < patience)"),
        ),
        (
            "total",
            "the steps without a better loss are counted in all, not in a row",
            ("    best = 0\n", "    best = bad = 0\n"),
            (
                "            best = step\n",
                "            best = step\n        elif step:\n            bad += 1\n",
            ),
            (_STOP, "bad == patience"),
        ),
        (
            "best_overall",
            "best is the step of the smallest loss of all, after the stop too",
            ("np.array(best, np.int64)", "np.array(int(np.argmin(losses)), np.int64)"),
        ),
        (
            "best_overall",
            "best is the step of the smallest loss seen, min_delta or not",
            ("np.array(best, np.int64)", "np.array(int(np.argmin(losses[: step + 1])), np.int64)"),
        ),
    )
)
