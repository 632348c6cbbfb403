"""Whole training runs made of the backend's own operators: the losses follow the reference's, step by step.

Here errors that each operator's own check might leave room for add up, and operators meet that are never
called together elsewhere. The recipes are in `_recipes.py`; the tolerance is the spread of the same run on
noisy numbers.
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
from ..oracle import Computed, fair
from ..precision import Precision
from ..program import OnReference, on_backend
from ..trial import Trial, Uninformative
from ._check import Check, Drawn
from ._recipes import RECIPES, Recipe


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
    due = trial.shared("training", lambda t, p: _on_reference(recipe, t, p))
    if due is None:
        raise Uninformative
    losses = on_backend(
        "training", lambda calls: recipe.run(calls, trial.case.seed), trial.backend, trial.precision
    )
    for wanted, given in zip(due, losses, strict=True):
        yield compare(np.asarray(given), wanted.expected(trial.precision))


def _on_reference(recipe: Recipe, trial: Trial, format_: Precision) -> list[Computed] | None:
    """The losses of the run on noisy numbers; None where it says nothing."""
    calls = OnReference(format_, trial.backend.conventions)
    with calls.noise.watching():
        losses = recipe.run(calls, trial.case.seed)
    names = (f"loss after {step} steps of {recipe.about}" for step in range(len(losses)))
    computed = [
        Computed(name, loss.value, loss.spread, None) for name, loss in zip(names, losses, strict=True)
    ]
    return computed if fair(calls.noise) else None


def _cases(operator: Operator, drawn: Drawn) -> tuple[Case, ...]:
    return (replace(covering.base(operator), coarse=True, about=RECIPES[operator.name].about),)


CHECK = Check(
    name="training",
    summary="whole training runs of the backend's own operators: the losses follow the reference's",
    applies=lambda operator: operator.name in RECIPES,
    cases=_cases,
    run=_run,
    needs_gradient=False,
    shrinks=False,
)
