"""The measurements: which faults a checker finds, what it refuses of correct code, and how long it takes."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from gradspec.conformance import check
from gradspec.conformance.backends import numpy as right
from gradspec.conformance.case import Case
from gradspec.conformance.errors import Unsupported
from gradspec.spec import declaration
from peers_adapters import PEERS, accepts, allclose, problem
from peers_faults import EXPRESSIBLE, Fault, scaled
from peers_inputs import covering, expressible, typical

CHECKERS = ("gradspec", *PEERS, "allclose")
"""`allclose` is no peer: it is the comparison of outputs that a user puts beside one."""
DTYPES = ("float64", "float32")
SEARCHED = {"jax": DTYPES, "allclose": DTYPES}
"""In which dtypes faults are searched: the defaults of the others are for float64 alone."""
ERRORS = tuple(float(error) for k in range(1, 16) for error in (f"1e-{k}", f"3e-{k + 1}"))

Cases = Sequence[tuple[Case, str]]


@cache
def accepted(checker: str, name: str, kind: str, longest: float) -> tuple[Cases, int, int]:
    """The cases on which the checker accepts the reference, quick ones first; how many there are, and slow.

    Slow is what takes longer than `longest` seconds: it is left out.
    """
    timed, slow, count = [], 0, 0
    for dtype in SEARCHED.get(checker, ("float64",)):
        for case in (typical if kind == "typical" else covering)(name):
            count += 1
            started = time.process_time()
            took_it = _accepts(checker, right, case, dtype)
            seconds = time.process_time() - started
            slow += seconds > longest
            if took_it and seconds <= longest:
                timed.append((seconds, case, dtype))
    if kind == "covering":
        timed.sort(key=lambda entry: entry[0])
    return [(case, dtype) for _, case, dtype in timed], count, slow


def _accepts(checker: str, backend: Any, case: Case, dtype: str) -> bool:
    if checker == "allclose":
        return allclose(backend, right, case, dtype)
    return accepts(checker, backend, case, dtype)


def applies(checker: str, name: str) -> bool:
    """Whether the checker can be given the operator at all."""
    if checker == "gradspec":
        return True
    return not declaration(name).random if checker == "allclose" else expressible(name)


def judge(checker: str, fault: Fault, kind: str, budget: float) -> dict[str, Any]:
    """Where the checker finds the fault (empty: nowhere), in how many seconds, and how many cases were left.

    The seconds are of processor time, so that what else the machine does is not in them. A covering case is
    left where the budget is used up, or would be by that case alone; of the typical ones none is.
    """
    backend = fault.backend()
    budget = budget if kind == "covering" else float("inf")
    cases, left = ((), 0) if checker == "gradspec" else accepted(checker, fault.operator, kind, budget)[::2]
    found = ""
    started = time.process_time()
    if checker == "gradspec":
        report = _checked(backend, fault.operator)
        failing = [r.id for r in report.results if r.status not in ("passed", "unsupported")]
        found = "" if report.conforms else f"{len(failing)} checks, first {failing[0]}"
    for number, (case, dtype) in enumerate(cases, 1):
        if not _accepts(checker, backend, case, dtype):
            found = f"{dtype}, {case.about}"
            break
        if time.process_time() - started > budget:
            left += len(cases) - number
            break
    judged = {"found": found, "seconds": round(time.process_time() - started, 3)}
    return judged | ({"left": left, "budget": budget} if left and not found else {})


def _checked(backend: Any, name: str, dtype: str | None = None, seed: int = 0) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a fault, not of the reference
        return check(backend, operators=[name], dtypes=[dtype] if dtype else None, seed=seed)


def refuses(checker: str, backend: Any, name: str, dtype: str, seed: int = 0) -> bool:
    """Whether the checker's verdict on one operator is no: one refused case of the typical ones is enough."""
    if checker == "gradspec":
        return not _checked(backend, name, dtype, seed).conforms
    cases = [c for c in typical(name, seed) if backend is right or _supports(backend, c, dtype)]
    return any(not _accepts(checker, backend, case, dtype) for case in cases)


def _supports(backend: Any, case: Case, dtype: str) -> bool:
    """Whether the backend takes the attributes of the case: a variant may leave some out."""
    call = problem(backend, case, dtype)
    with np.errstate(all="ignore"):
        try:
            call.outputs(*call.primals)
        except Unsupported:
            return False
    return True


def smallest(checker: str, name: str, dtype: str) -> float | str | None:
    """The smallest error that is found, and every larger one too; a word where the reference is refused."""
    cases = [c for c in typical(name) if checker == "gradspec" or _accepts(checker, right, c, dtype)]
    if not cases:
        return "refused"
    least = None
    for error in ERRORS:
        wrong = scaled(name, error)
        if checker == "gradspec":
            found = refuses(checker, wrong, name, dtype)
        else:
            found = any(not _accepts(checker, wrong, case, dtype) for case in cases)
        if not found:
            break
        least = error
    return least


def clean_seconds(checker: str) -> dict[str, float]:
    """Wall and processor time of a verdict on the reference, all of EXPRESSIBLE; the least of three."""
    wall, cpu = [], []
    for _ in range(3):
        started, used = time.perf_counter(), time.process_time()
        for name in EXPRESSIBLE:
            if checker == "gradspec":
                _checked(right, name)
            else:
                for dtype in SEARCHED.get(checker, ("float64",)):
                    refuses(checker, right, name, dtype)
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    return {"wall": round(min(wall), 2), "cpu": round(min(cpu), 2)}
