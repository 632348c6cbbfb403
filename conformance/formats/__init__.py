"""How a report is told: in words, as a matrix, as JSON, JUnit XML and Markdown. No backend is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..report import Report

FORMATS = ("json", "junit", "markdown")


def rendered(report: Report, kind: str) -> str:
    """`report` as the text of a file in one of FORMATS."""
    if kind == "json":
        return json.dumps(report.to_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    from .junit import junit
    from .markdown import markdown

    return {"junit": junit, "markdown": markdown}[kind](report)
