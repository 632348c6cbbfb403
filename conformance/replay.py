"""Runs recorded counterexamples again: does what failed still fail?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .backend import load
from .case import Case
from .checks import CHECKS
from .counterexample import recorded
from .errors import Unusable
from .precision import precision
from .report import Report, Result
from .running import judge, matches
from .trial import Trial


def replay(report: Report, backend: str | None = None, ids: Sequence[str] = ()) -> list[Result]:
    """The recorded failures of `report` (those that `ids` name, or all), each run again on its exact arrays.

    `backend` replaces the one that the report was made of. Raises Unusable where there is nothing to replay.
    """
    wanted = [r for r in report.results if r.counterexample and (not ids or any(matches(i, r) for i in ids))]
    if not wanted:
        named = f" named {', '.join(ids)}" if ids else ""
        raise Unusable(f"the report holds no counterexample{named}: nothing to replay")
    loaded = load(backend or report.backend.get("source") or report.backend["name"])
    results = []
    for result in wanted:
        assert result.counterexample is not None
        try:
            case, arrays = recorded(result.counterexample)
            check, trial = CHECKS[result.check], Trial(loaded, case, precision(result.dtype), arrays)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise Unusable(f"the counterexample of {result.id} cannot be read: {error!r}") from error
        results.append(judge(check, trial))
    return results


def run(backend: str | object, check: str, case: Mapping[str, Any], dtype: str) -> Result:
    """One check on one case, as a snippet in a report calls it. Raises Unusable."""
    return judge(CHECKS[check], Trial(load(backend), Case.from_json(case), precision(dtype)))
