"""Reports made by hand, for the tests of what shows them."""

from __future__ import annotations

from typing import Any

import numpy as np
from gradspec.conformance.encoding import encode
from gradspec.conformance.report import Report, Result


def result(operator: str = "lstm", check: str = "gradient", dtype: str = "float64", **known: Any) -> Result:
    """A result that passed, unless `known` says otherwise."""
    passed = {"status": "passed", "examples": 10, "compared": 100, "worst": 0.25}
    return Result(operator=operator, check=check, dtype=dtype, **{**passed, **known})


def failed(operator: str = "lstm", check: str = "gradient", dtype: str = "float64", **known: Any) -> Result:
    """A result that failed, with everything that a failure can hold."""
    told = {
        "status": "failed",
        "message": "dweight_h[2, 0] is far off",
        "where": "dweight_h[2, 0]",
        "expected": 0.5,
        "actual": 1.0,
        "tolerance": 1e-15,
        "fault": "wrong",
        "diagnosis": "dweight_h is 2 × the specified",
        "equation": "lstm.dweight_h",
        "equation_text": "dweight_h = Σ_t h_(t−1)ᵀ @ da_t",
        "reproduce": "import numpy as np\nprint(np.zeros(1))\n",
        "counterexample": {
            "case": {"sizes": {"T": 1, "N": 2}, "about": "one step"},
            "inputs": {"x": encode(np.array([[1.0, np.nan]])), "h0": encode(np.arange(100.0))},
            "attributes": {"lengths": None},
            "cotangents": {"dh": encode(np.array([1.0], "float32"))},
        },
    }
    return result(operator, check, dtype, **{**told, **known})


def report(*results: Result, **known: Any) -> Report:
    """A report of the backend `mine 1.0`."""
    backend = {"name": "mine", "version": "1.0", "source": "path/to/mine.py"}
    given = {"backend": backend, "seed": 7, "profile": "ci", "seconds": 1.25, "options": {"examples": 40}}
    return Report(**{**given, **known}, results=list(results))
