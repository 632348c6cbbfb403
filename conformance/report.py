"""What a run established: one `Result` for each operator × check × dtype, in a `Report`."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

SCHEMA = "gradspec/report/1"

Status = Literal["passed", "failed", "error", "unsupported", "xfailed", "xpassed", "vacuous"]
Fault = Literal["wrong", "precision", "policy"]

CONDEMNING: tuple[Status, ...] = ("failed", "error", "vacuous")
"""The statuses under which a backend does not conform."""


@dataclass(kw_only=True)
class Result:
    """The verdict of one check on one operator in one dtype.

    `worst` is the largest error in units of its tolerance (below 1 conforms), on passes too; `examples`
    counts the cases that were really executed, `unsupported_examples` those that the backend declined.
    """

    operator: str
    check: str
    dtype: str
    status: Status
    examples: int = 0
    unsupported_examples: int = 0
    compared: int = 0
    """How many numbers were held against their tolerance (or against a rule)."""
    seconds: float = 0.0
    worst: float | None = None
    message: str = ""
    """One line: what is wrong, or why it was not checked."""
    notes: list[str] = field(default_factory=list)
    """What a reader should know of a pass, such as the value taken at a kink."""
    counterexample: dict[str, Any] | None = None
    """The shrunk case: `case` (the recipe), `inputs`, `attributes`, `cotangents`, each array exact."""
    expected: Any = None
    actual: Any = None
    tolerance: float | None = None
    where: str | None = None
    """`dweight_h[2, 0]`"""
    fault: Fault | None = None
    diagnosis: str | None = None
    """The likely cause, in words."""
    cause: str | None = None
    """The same as a stable id: `gate_order(i,o,f,g)`."""
    equation: str | None = None
    """The spec's label, `lstm.dweight_h`."""
    equation_text: str | None = None
    reproduce: str | None = None
    """A stand-alone Python snippet."""

    @property
    def id(self) -> str:
        """`lstm/gradient/float64`"""
        return f"{self.operator}/{self.check}/{self.dtype}"


@dataclass(kw_only=True)
class Report:
    """The outcome of a run. It `conforms` where something was checked and nothing condemns the backend."""

    backend: dict[str, str]
    seed: int
    profile: str
    suite: dict[str, str] = field(default_factory=lambda: {"name": "gradspec", "version": version()})
    platform: dict[str, str] = field(default_factory=lambda: describe_platform())
    conventions: dict[str, Any] = field(default_factory=dict)
    """The variants that the backend declares, and is held to."""
    options: dict[str, Any] = field(default_factory=dict)
    interrupted: bool = False
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    @property
    def conforms(self) -> bool:
        statuses = Counter(r.status for r in self.results)
        return statuses["passed"] > 0 and not self.interrupted and not any(statuses[s] for s in CONDEMNING)

    @property
    def coverage(self) -> dict[str, Any]:
        """How much was checked, with what was not in the denominator."""
        statuses = Counter(r.status for r in self.results)
        checked = {r.operator for r in self.results if r.status not in ("unsupported",)}
        return {
            "results": len(self.results),
            **{
                s: statuses[s]
                for s in ("passed", "failed", "error", "unsupported", "xfailed", "xpassed", "vacuous")
            },
            "operators": len({r.operator for r in self.results}),
            "operators_checked": len(checked),
            "examples": sum(r.examples for r in self.results),
            "unsupported_examples": sum(r.unsupported_examples for r in self.results),
            "compared": sum(r.compared for r in self.results),
        }

    def to_json(self) -> dict[str, Any]:
        """The report as plain data, ready for `json.dumps`."""
        head = {
            "schema": SCHEMA,
            "suite": self.suite,
            "backend": self.backend,
            "platform": self.platform,
            "seed": self.seed,
            "profile": self.profile,
            "options": self.options,
            "conventions": self.conventions,
            "conforms": self.conforms,
            "interrupted": self.interrupted,
            "seconds": round(self.seconds, 3),
            "notes": self.notes,
            "coverage": self.coverage,
        }
        whole: dict[str, Any] = plain({**head, "results": [asdict(r) for r in self.results]})
        return whole

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Report:
        """The report that `to_json` wrote. Raises ValueError where the data is not such a report."""
        if data.get("schema") != SCHEMA:
            raise ValueError(f"not a gradspec report (schema {data.get('schema')!r}, expected {SCHEMA!r})")
        kept = (
            "backend",
            "seed",
            "profile",
            "suite",
            "platform",
            "conventions",
            "options",
            "interrupted",
            "seconds",
        )
        results = [Result(**{k: revive(v) for k, v in row.items()}) for row in data["results"]]
        return Report(**{k: data[k] for k in kept}, notes=data.get("notes", []), results=results)

    @staticmethod
    def read(path: str | Path) -> Report:
        """The report in the file `path`. Raises OSError, ValueError."""
        try:
            return Report.from_json(json.loads(Path(path).read_text("utf-8")))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a gradspec report: {error}") from error


def plain(value: Any) -> Any:
    """`value` with what JSON cannot say (infinities, NaN) spelled as a string."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(value, "NaN")
    return value


def revive(value: Any) -> Any:
    """A non-finite number back from the string that `plain` made of it."""
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value


def version() -> str:
    """The installed version of gradspec, or `unknown` in a clone that is not installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("gradspec")
    except PackageNotFoundError:
        return "unknown"


def describe_platform() -> dict[str, str]:
    """The interpreter, the machine and NumPy: what a verdict may depend on."""
    import numpy

    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "system": platform.system(),
        "machine": platform.machine(),
    }
