"""Stands before the backend in a worker: notes every step, and repeats no call that broke a process."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any

import numpy as np

from ...spec import Operator
from ..backend import Backend
from ..case import Case
from ..watch import Broke
from .bulletin import NOTHING, Page
from .tasks import CUT_OFF, Broken

Outputs = list[np.ndarray]


class Guard:
    """The listener of a worker (see `watch`)."""

    def __init__(self, page: Page, backend: Backend, outbound: int) -> None:
        self.page = page
        self.backend = backend
        self.outbound = outbound
        """The descriptor by which the worker is heard."""
        self.broken = Broken()
        self._process = os.getpid()

    def attempting(self, check: str, dtype: str, case: Case) -> str | None:
        which = _digest(check, dtype, case.key)
        self.page.attempt(which)
        return self.broken.attempts.get(which)

    def entered(self, function: str) -> None:
        self.page.entered(function)

    def left(self) -> None:
        self.page.left()

    def calling(self, function: str, *given: Any) -> None:
        """Raises Broke where the same call has broken a process before."""
        which = _digest(function, *given)
        self.page.call(which)
        if which in self.broken.calls:
            raise Broke(self.broken.calls[which])

    def answered(self) -> None:
        """The call has come back. Where the worker itself has not, it ends, and the page names the call."""
        if os.getpid() != self._process:  # the backend has forked, and this is the child
            os._exit(CUT_OFF)
        try:
            os.fstat(self.outbound)
        except OSError:  # the backend has closed it
            os._exit(CUT_OFF)
        self.page.call(NOTHING)


@dataclass(frozen=True, kw_only=True)
class Guarded(Backend):
    """A backend whose calls are noted before they are made."""

    guard: Guard

    @staticmethod
    def of(guard: Guard) -> Guarded:
        return Guarded(**{f.name: getattr(guard.backend, f.name) for f in fields(Backend)}, guard=guard)

    def forward(self, operator: Operator, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> Outputs:
        self.guard.calling(operator.name, inputs, attributes)
        try:
            return super().forward(operator, inputs, attributes)
        finally:
            self.guard.answered()

    def vjp(
        self,
        operator: Operator,
        cotangents: Sequence[Any],
        inputs: Sequence[Any],
        attributes: Mapping[str, Any],
    ) -> tuple[Outputs | None, Outputs]:
        self.guard.calling(f"{operator.name}_vjp", cotangents, inputs, attributes)
        try:
            return super().vjp(operator, cotangents, inputs, attributes)
        finally:
            self.guard.answered()


def _digest(*parts: Any) -> bytes:
    """16 bytes that two lists of arguments have in common only where they are the same."""
    forms: list[Any] = []
    numbers: list[bytes] = []
    left = list(parts)
    while left:
        part = left.pop()
        if isinstance(part, np.ndarray):
            forms += part.shape, part.strides, part.dtype.str, part.flags.writeable
            numbers.append(part.tobytes())
        elif isinstance(part, (list, tuple)):
            forms.append(len(part))
            left += part
        elif isinstance(part, Mapping):
            forms.append(list(part))
            left += part.values()
        else:
            forms.append(part)
    return blake2b(repr(forms).encode() + b"".join(numbers), digest_size=16).digest()
