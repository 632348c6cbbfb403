"""Runs recorded counterexamples again, in a process of their own: does what failed still fail?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from .backend import Backend, load
from .case import Case
from .checks import CHECKS
from .counterexample import recorded
from .errors import Unusable
from .isolation.crew import TIMEOUT, Crew
from .precision import precision
from .report import Report, Result
from .running import judge, matches
from .trial import Trial


def replay(
    report: Report, backend: str | None = None, ids: Sequence[str] = (), timeout: float | None = None
) -> list[Result]:
    """The recorded failures of `report` (those that `ids` name, or all), each run again on its exact arrays.

    `backend` replaces the one that the report was made of. Where it dies, or takes more than `timeout`
    seconds (by default the report's), that is an error. Raises Unusable where there is nothing to replay.
    """
    wanted = [r for r in report.results if r.counterexample and (not ids or any(matches(i, r) for i in ids))]
    if not wanted:
        named = f" named {', '.join(ids)}" if ids else ""
        raise Unusable(f"the report holds no counterexample{named}: nothing to replay")
    named = backend or report.backend.get("source") or report.backend["name"]
    with Crew(named, timeout=timeout or _timeout(report)) as crew:
        loaded = crew.describe()
        for result in wanted:
            _ensure_readable(result, loaded)
        return [crew.replay(_cell(result), result.counterexample or {}) for result in wanted]


def _timeout(report: Report) -> float:
    with suppress(TypeError, ValueError):  # reports are files, and older ones lack it
        seconds = float(report.options.get("timeout", TIMEOUT))
        return seconds if seconds > 0 else TIMEOUT
    return TIMEOUT


def _ensure_readable(result: Result, backend: Backend) -> None:
    """Raises Unusable where a counterexample was tampered with."""
    assert result.counterexample is not None
    try:
        case, arrays = recorded(result.counterexample)
        _ = CHECKS[result.check], Trial(backend, case, precision(result.dtype), arrays)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Unusable(f"the counterexample of {result.id} cannot be read: {error!r}") from error


def _cell(result: Result) -> tuple[str, str, str]:
    return result.operator, result.check, result.dtype


def run(backend: str | object, check: str, case: Mapping[str, Any], dtype: str) -> Result:
    """One check on one case, as a snippet in a report calls it: in this process. Raises Unusable."""
    return judge(CHECKS[check], Trial(load(backend), Case.from_json(case), precision(dtype)))
