"""The vjp against differences of the backend's own forward: tells a wrong gradient from a wrong function.

For every differentiable input, one random direction v with no small component: ⟨dy, (f(x+hv) − f(x−hv))/2h⟩ =
⟨dx, v⟩, with a stencil of fourth order. Its error is what the reference has with the same stencil, and what
the double step adds; its rounding comes from the noise of the reference. Where the stencil is poor (a kink, a
large curvature) the tolerance says so and the case is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from ... import reference
from .. import covering
from ..compare import Finding
from ..oracle import Expected, variants_for
from ..places import Place, places, replaced
from ..trial import Trial, Uninformative
from ._check import Check, differentiable

STEP = 1e-3
_STENCIL = ((1, 8.0), (2, -1.0))
"""D(h) = Σ w (f(x+kh) − f(x−kh)) / 12h, for k, w."""
_USEFUL = 1e-4
"""A tolerance above this share of the terms compared says nothing."""
_DRAWN = 8
Forward = Callable[[Sequence[Any]], Sequence[np.ndarray]]


def _run(trial: Trial) -> Iterator[Finding]:
    due = trial.due_gradients  # first: where the case says nothing, the backend need not be asked
    varied = [
        (place, x) for place, x in places(trial.inputs) if trial.operator.inputs[place[0]].differentiable
    ]
    informative = False
    for (place, x), gradient, wanted in zip(varied, trial.gradients, due, strict=True):
        if gradient.size == 0 or gradient.shape != x.shape:
            continue
        finding = _along(trial, place, x, gradient, wanted)
        if finding is not None:
            informative = True
            yield finding
    if not informative:
        raise Uninformative


def _of_backend(trial: Trial, inputs: Sequence[Any]) -> Sequence[np.ndarray]:
    return trial.backend.forward(trial.operator, inputs, trial.attributes)


def _of_reference(trial: Trial, inputs: Sequence[Any]) -> Sequence[np.ndarray]:
    """What the reference gives, under the conventions that the backend declares."""
    function = reference.operator(trial.operator.name)
    variants = variants_for(function, trial.operator, trial.backend.conventions)
    with np.errstate(all="ignore"):
        result = function(*inputs, **trial.attributes, **variants)
    return result if isinstance(result, tuple) else (result,)


def _along(
    trial: Trial, place: Place, at: np.ndarray, gradient: np.ndarray, wanted: Expected
) -> Finding | None:
    """⟨dy, J v⟩ by differences against ⟨dx, v⟩, along one direction of one input."""
    position, entry = place
    rng = np.random.default_rng([trial.case.seed, position, entry or 0])
    # Components between 0.5 and 1.5: none so small that a wrong entry could hide behind it.
    direction = rng.choice((-1.0, 1.0), at.shape) * rng.uniform(0.5, 1.5, at.shape)
    step = STEP * max(1.0, float(np.max(np.abs(at))) * 0.1)

    def along(forward: Forward, multiple: float) -> float:
        inputs = replaced(trial.inputs, {place: at + multiple * step * direction})
        # In pairs, so that a forward that returns too little is left to the check that says so.
        pairs = zip(trial.arguments.cotangents, forward(inputs), strict=False)
        return math.fsum(float(np.vdot(c, y)) for c, y in pairs if c.shape == y.shape)

    def differences(forward: Forward, multiples: Sequence[int]) -> dict[int, float]:
        return {k: along(forward, k) - along(forward, -k) for k in multiples}

    def slope(found: dict[int, float], times: int = 1) -> float:
        """By the stencil, or by it at so many times the step."""
        return sum(w * found[times * k] for k, w in _STENCIL) / (12 * times * step)

    own_differences = differences(partial(_of_backend, trial), (1, 2, 4))
    fine, coarse = slope(own_differences), slope(own_differences, 2)
    told = float(np.vdot(gradient, direction))
    # How far the right function's own slope is from the right gradient: at a kink as far as at no other step.
    of_reference = slope(differences(partial(_of_reference, trial), (1, 2)))
    bent = abs(of_reference - float(np.vdot(wanted.value, direction)))
    # The noise of the forward, as it reaches the quotient through the weights of the stencil.
    noise = sum(
        float(np.vdot(np.abs(c), d.tolerance))
        for c, d in zip(trial.arguments.cotangents, trial.due_outputs, strict=True)
    )
    own = float(np.vdot(wanted.tolerance, np.abs(direction)))
    allowed = abs(fine - coarse) + bent + 1.5 * noise / step + own
    due = float(np.sum(np.abs(wanted.value * direction)))
    if allowed > _USEFUL * max(due, noise) or not math.isfinite(allowed):
        return None
    if not due and not gradient.any():
        return None
    ratio = abs(fine - told) / allowed if allowed else math.inf
    said = f"⟨{wanted.name}, v⟩ is not the slope of the backend's own forward along v"
    return Finding(
        quantity=wanted.name,
        ratio=ratio,
        compared=gradient.size,
        expected=fine,
        actual=told,
        tolerance=allowed,
        message="" if ratio <= 1 else said,
    )


CHECK = Check(
    name="finite_difference",
    summary="the vjp is the slope of the backend's own forward (float64)",
    applies=lambda operator: differentiable(operator) and not operator.random,
    cases=lambda operator, drawn: (*covering.settings(operator.name), *drawn[:_DRAWN]),
    run=_run,
    needs_gradient=True,
    dtypes=("float64",),
)
