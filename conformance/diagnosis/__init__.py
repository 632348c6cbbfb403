"""Why something is wrong: explanations tried against the failing case and others like it, and silence
otherwise.

An explanation is told only if it predicts every number the backend gives in every call that is tried, and
if in at least two of them it is clearly another number than the specified one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from ...spec import Operator, declaration
from ..alike import alike, apart
from ..backend import Backend
from ..case import Case
from ..checks import Check
from ..compare import Finding, base_name
from ..explanations import Explanation, explanations, of_result
from ..precision import Precision
from ..trial import Trial
from . import coarse, contrast, direct, random_mask
from .probes import Probe, cases, probe

_ENOUGH = 2
"""In so many calls an explanation has to differ from what is specified, and be right."""


@dataclass(frozen=True)
class Diagnosis:
    """The likely cause: a stable id, and one sentence."""

    cause: str
    sentence: str


@dataclass
class Suspect:
    """One kind of call of a backend, of which one result is off; what it answers is asked once."""

    backend: Backend
    precision: Precision
    failing: Case
    original: Case
    backward: bool
    quantity: str

    def ask(self, case: Case) -> Probe | None:
        return probe(self.backend, case, self.precision, self.backward)

    @cached_property
    def probes(self) -> list[Probe]:
        return self._answered(cases(self.failing, self.original))

    @cached_property
    def more(self) -> list[Probe]:
        """The failing case with other numbers: asked only of what has held in all others."""
        seeds = range(self.original.seed + 3, self.original.seed + 9)
        return self._answered(replace(self.original, seed=seed) for seed in seeds)

    def _answered(self, asked: Iterable[Case]) -> list[Probe]:
        return [p for p in map(self.ask, asked) if p is not None]

    @property
    def is_off(self) -> bool:
        return any(p.off(self.quantity) for p in self.probes)


def diagnose(
    backend: Backend, check: Check, format_: Precision, failing: Case, original: Case, finding: Finding
) -> Diagnosis | None:
    """The cause of `finding`, which `check` made in the case `failing`, shrunk from `original`."""
    told = _as(direct.of(check, finding, Trial(backend, original, format_)))
    if told is not None:
        return told
    operator = declaration(failing.operator)
    if operator.random:
        return _as(random_mask.of(operator, backend, format_, base_name(finding.quantity)))
    if isinstance(finding.expected, str) and isinstance(finding.actual, str):  # dtypes: no number is compared
        return _as(direct.misshapen(finding.expected, finding.actual))
    for backward, quantity in _suspects(operator, base_name(finding.quantity)):
        if backward and not backend.differentiates(operator):
            continue
        suspect = Suspect(backend, format_, failing, original, backward, quantity)
        if suspect.is_off:
            told = _explained(suspect)
            break
    return told or _as(direct.misshapen(finding.expected, finding.actual))


def _explained(suspect: Suspect) -> Diagnosis | None:
    name = suspect.failing.operator
    candidates = (*explanations(name), *of_result(name, suspect.quantity))
    found = next((e for e in candidates if _holds(e, suspect)), None)
    if found is not None:
        return Diagnosis(found.cause, found.sentence)
    return _as(coarse.of(suspect) or contrast.of(suspect))


def _as(told: tuple[str, str] | None) -> Diagnosis | None:
    return None if told is None else Diagnosis(*told)


def _holds(explanation: Explanation, suspect: Suspect) -> bool:
    """Whether it predicts every answer, and is another than the specified in enough of them.

    Where all that shows is a NaN, two explanations agree by chance in one call in two: hence the many calls.
    """
    distinct = _distinct(explanation, suspect.probes, suspect.quantity)
    if distinct is None or distinct < _ENOUGH:
        return False
    return _distinct(explanation, suspect.more, suspect.quantity) is not None


def _distinct(explanation: Explanation, probes: Iterable[Probe], quantity: str) -> int | None:
    """In how many calls it is another than the specified; none where it does not predict all answers."""
    distinct = 0
    for p in probes:
        try:
            predicted = explanation.answer(p.question)
        except Exception:  # the reference refuses what the explanation makes of the call
            predicted = None
        if predicted is None:
            if p.off(quantity):
                return None
            continue
        if len(predicted) != len(p.actual):
            return None
        concerned = [
            i
            for i, n in enumerate(p.names)
            if not explanation.quantity or base_name(n) == explanation.quantity
        ]
        if not all(alike(p.actual[i], predicted[i], p.precision) for i in concerned):
            return None
        distinct += any(apart(predicted[i], p.expected[i], p.precision) for i in concerned)
    return distinct


def _suspects(operator: Operator, quantity: str) -> Iterator[tuple[bool, str]]:
    """Which results may be at fault, the one that is named first; a law or a training run names none."""
    outputs = [(False, a.name) for a in operator.outputs]
    gradients = [(True, f"d{a.name}") for a in operator.differentiable_inputs]
    everything = [*outputs, *gradients]
    named = [s for s in everything if s[1] == quantity]
    yield from named
    yield from (s for s in everything if s not in named)
