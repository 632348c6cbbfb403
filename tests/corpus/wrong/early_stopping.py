"""Wrong early stoppings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fault import Fault, Functions, edited, of_reference

PROGRESS = "if losses[step] < losses[best] - min_delta:"
STOP = "if step - best == patience:"
RETURN = "return np.array(step, np.int64), np.array(best, np.int64)"
Change = Callable[[np.ndarray, int, float], tuple[np.ndarray, np.ndarray]]


def replaced(before: str, after: str) -> Callable[[], Functions]:
    return edited("early_stopping", (before, after))


def right(losses: np.ndarray, patience: int, min_delta: float) -> tuple[np.ndarray, np.ndarray]:
    return of_reference("early_stopping")(losses, patience=patience, min_delta=min_delta)


def changed(change: Change) -> Callable[[], Functions]:
    """Another function of (losses, patience, min_delta)."""

    def functions() -> Functions:
        def early_stopping(
            losses: np.ndarray, *, patience: int, min_delta: float
        ) -> tuple[np.ndarray, np.ndarray]:
            return change(losses, patience, min_delta)

        return {"early_stopping": early_stopping}

    return functions


def largest_wanted(losses: np.ndarray, patience: int, min_delta: float) -> tuple[np.ndarray, np.ndarray]:
    return right(-losses, patience, min_delta)


FAULTS = (
    Fault(
        "early_stopping",
        "it stops a step late",
        "forward",
        "off_by_one(patience)",
        replaced(STOP, "if step - best > patience:"),
    ),
    Fault(
        "early_stopping",
        "it stops a step early",
        "forward",
        "off_by_one(patience)",
        replaced(STOP, "if step - best >= max(patience - 1, 1):"),
    ),
    Fault(
        "early_stopping",
        "min_delta is ignored",
        "forward",
        "ignored(min_delta)",
        replaced(PROGRESS, "if losses[step] < losses[best]:"),
    ),
    Fault(
        "early_stopping",
        "min_delta is added",
        "forward",
        "sign(min_delta)",
        replaced(PROGRESS, PROGRESS.replace(" - min", " + min")),
    ),
    Fault(
        "early_stopping",
        "min_delta is a fraction of the best loss",
        "forward",
        "relative(min_delta)",
        replaced(PROGRESS, "if losses[step] < losses[best] * (1 - min_delta):"),
    ),
    Fault(
        "early_stopping",
        "a loss that equals the bar is progress",
        "forward",
        "not_strict",
        replaced(PROGRESS, PROGRESS.replace("<", "<=")),
    ),
    Fault(
        "early_stopping",
        "the steps without progress are counted in all, not in a row",
        "forward",
        "total",
        edited(
            "early_stopping",
            ("    best = 0\n", "    best = without = 0\n"),
            (
                "            best = step\n        if step - best == patience:",
                "            best = step\n        elif step:\n            without += 1\n"
                "        if without == patience:",
            ),
        ),
    ),
    Fault(
        "early_stopping",
        "stopped and best exchanged",
        "forward",
        "exchanged(stopped,best)",
        changed(lambda *given: right(*given)[::-1]),
    ),
    Fault(
        "early_stopping",
        "the largest value is the best",
        "forward",
        "larger_is_better",
        changed(largest_wanted),
    ),
    Fault(
        "early_stopping",
        "the best of all losses, also those after the stop",
        "forward",
        None,
        changed(
            lambda losses, patience, min_delta: (
                right(losses, patience, min_delta)[0],
                right(losses, len(losses) + 1, min_delta)[1],
            )
        ),
    ),
    Fault(
        "early_stopping",
        "a small gain lowers the bar",
        "forward",
        None,
        edited(
            "early_stopping",
            ("    best = 0\n", "    best = 0\n    bar = losses[0]\n"),
            (PROGRESS, "if losses[step] < bar - min_delta:"),
            (STOP, f"bar = np.minimum(bar, losses[step])\n        {STOP}"),
        ),
    ),
    Fault(
        "early_stopping",
        "each loss is compared with the one before",
        "forward",
        "previous",
        replaced(PROGRESS, "if losses[step] < losses[max(step - 1, 0)] - min_delta:"),
    ),
    Fault(
        "early_stopping",
        "steps are counted from 1",
        "forward",
        None,
        replaced(RETURN, RETURN.replace("step,", "step + 1,").replace("best,", "best + 1,")),
    ),
    Fault(
        "early_stopping",
        "best is the step it stopped at less the patience, also where it never stopped",
        "forward",
        None,
        replaced(RETURN, RETURN.replace("best,", "max(step - patience, 0),")),
    ),
    Fault(
        "early_stopping",
        "P where it never stops",
        "forward",
        "length",
        replaced(RETURN, RETURN.replace("step,", "step + (step - best != patience),")),
    ),
    Fault(
        "early_stopping",
        "the last step of the best loss, where several share it",
        "forward",
        "not_strict",
        replaced(
            RETURN, "best = step - int(np.argmax((losses[: step + 1] == losses[best])[::-1]))\n    " + RETURN
        ),
    ),
)
