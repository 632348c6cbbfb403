"""Whole training runs made of the backend's own operators: the losses follow the reference's, step by step.

Here errors that each operator's own check might leave room for add up, and operators meet that are never called together
elsewhere. The recipes are in `_recipes.py`; the tolerance is the spread of the same run on noisy numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...spec import Operator, declaration
from .. import covering
from ..case import Case
from ..compare import Finding, compare
from ..errors import Unsupported
from ..noise import Noisy
from ..oracle import HEADROOM, Expected, tolerance
from ..program import OnBackend, OnReference
from ..trial import Trial, Uninformative
from ._check import Check, Drawn
from ._recipes import RECIPES


def _run(trial: Trial) -> Iterator[Finding]:
    recipe = RECIPES[trial.operator.name]
    lacking = [
        name
        for name in recipe.needs
        if not trial.backend.defines(declaration(name))
        or (declaration(name).differentiable_inputs and not trial.backend.differentiates(declaration(name)))
    ]
    if lacking:
        raise Unsupported(f"this training run needs {', '.join(lacking)} with gradients")
    on_reference = OnReference(trial.precision, trial.backend.conventions)
    with np.errstate(all="ignore"):
        due = recipe.run(on_reference, trial.case.seed)
    if on_reference.noise.undecided or on_reference.noise.peak * HEADROOM > trial.precision.largest:
        raise Uninformative
    losses = recipe.run(OnBackend(trial.backend, trial.precision), trial.case.seed)
    for step, (wanted, given) in enumerate(zip(due, losses, strict=True)):
        assert isinstance(wanted, Noisy)
        allowed = tolerance(wanted.value, wanted.spread, trial.precision)
        name = f"loss after {step} steps of {recipe.about}"
        yield compare(np.asarray(given), Expected(name, wanted.value, allowed, trial.precision.dtype))


def _cases(operator: Operator, drawn: Drawn) -> tuple[Case, ...]:
    about = RECIPES[operator.name].about
    return tuple(replace(covering.base(operator), seed=seed, about=about) for seed in (0, 1))


CHECK = Check(
    name="training",
    summary="whole training runs of the backend's own operators: the losses follow the reference's",
    applies=lambda operator: operator.name in RECIPES,
    cases=_cases,
    run=_run,
    needs_gradient=False,
    shrinks=False,
)
