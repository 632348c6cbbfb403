"""The faults of the corpus and correct code, and by what to see that a judgement of them is out of date."""

from __future__ import annotations

import ast
import hashlib
import sys
import warnings
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import _paths
import numpy as np
from corpus import FOLDER
from corpus import faults as in_order
from fault import KINDS as KINDS
from fault import Altered, Fault
from gradspec import reference
from gradspec.conformance import check, load
from gradspec.conformance.arguments import arguments
from gradspec.conformance.backends import numpy as right
from gradspec.conformance.precision import precision
from gradspec.spec import Operator, declaration, operators
from honest import variants
from peers_adapters import problem
from peers_inputs import covering, expressible, typical

ROOT = _paths.ROOT
EXPRESSIBLE = tuple(filter(expressible, operators()))
REFERENCE = "the reference"
SCALED = {
    "lstm": "weight_h",
    "scaled_dot_product_attention": "query",
    "softmax_cross_entropy": "logits",
    "mlp": "weights",
}
"""The gradient that is multiplied by 1 + δ (of a list, the first)."""


@cache
def faults() -> dict[str, tuple[Fault, str]]:
    """Every fault by its id, with a fingerprint of the file that it stands in."""
    every = in_order()
    found: dict[str, tuple[Fault, str]] = {}
    for path in sorted(FOLDER.glob("*.py")):
        module = sys.modules.get(f"wrong.{path.stem}")
        of_file = _fingerprint(path)
        found |= {f.id: (f, of_file) for f in getattr(module, "FAULTS", ())}
    assert len(found) == len(every), "two faults have the same name"
    return found


def mark(checker: str, kind: str, id_: str) -> str:
    """What a judgement rests on and may change: the fault's file, the covering cases, the suite."""
    fault, of_file = faults()[id_]
    if checker == "gradspec":
        return f"{of_file} {suite_mark()}"
    return f"{of_file} {cases_mark(fault.operator)}" if kind == "covering" else of_file


def cases_mark(name: str) -> str:
    return _hashed("".join(case.key for case in covering(name)))


@cache
def suite_mark() -> str:
    """The suite, reference and declarations. What puts a failure into words does not decide about it."""
    words = {"commands", "diagnosis", "explanations", "formats"}
    room = Path(check.__code__.co_filename).parent
    paths = [
        *room.rglob("*.py"),
        *room.with_name("reference").glob("*.py"),
        *room.with_name("spec").glob("*.py"),
    ]
    return _hashed("".join(_fingerprint(path) for path in sorted(paths) if words.isdisjoint(path.parts)))


@cache
def correct_mark(checker: str) -> str:
    """What the answers about correct code rest on."""
    of_files = _hashed("".join(map(_fingerprint, sorted(FOLDER.with_name("honest").glob("*.py")))))
    return f"{of_files} {suite_mark()}" if checker == "gradspec" else of_files


def _fingerprint(path: Path) -> str:
    return _hashed(ast.dump(ast.parse(path.read_text("utf-8"))))


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def keeps_the_gradient(fault: Fault) -> bool:
    """Whether the gradients are still the reference's: a wrong function beside them contradicts them."""
    backend = fault.backend()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for case in typical(fault.operator):
            due = arguments(case, precision("float64")).cotangents
            given, expected = (problem(b, case, "float64") for b in (backend, right))
            try:
                pairs = zip(
                    given.gradients(due, given.primals),
                    expected.gradients(due, expected.primals),
                    strict=True,
                )
                if not all(a.shape == b.shape and np.allclose(a, b, 1e-12, 1e-12) for a, b in pairs):
                    return False
            except Exception:
                return False
    return True


def honest_backends(checker: str) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Correct code by name, and its operators that every checker can be given.

    It is the reference, and the variants of the corpus that round elsewhere.
    """
    found: dict[str, tuple[Any, tuple[str, ...]]] = {REFERENCE: (right, EXPRESSIBLE)}
    for variant in variants():
        names = tuple(name for name in EXPRESSIBLE if variant.differentiates(name))
        backend = variant.backend()
        found[variant.name] = (backend if checker == "gradspec" else _explicit(backend), names)
    return found


def _explicit(backend: Any) -> SimpleNamespace:
    """A backend with an explicit vjp of each operator, where the given one may have a hook."""
    loaded = load(backend)
    made: dict[str, Any] = {}
    for operator in map(declaration, operators()):
        if loaded.defines(operator) and loaded.differentiates(operator):

            def forward(*inputs: Any, operator: Operator = operator, **attributes: Any) -> Any:
                outputs = loaded.forward(operator, inputs, attributes)
                return outputs[0] if len(outputs) == 1 else tuple(outputs)

            def vjp(*given: Any, operator: Operator = operator, **attributes: Any) -> tuple[Any, ...]:
                count = len(operator.outputs)
                return tuple(loaded.vjp(operator, given[:count], given[count:], attributes)[1])

            made |= {operator.name: forward, f"{operator.name}_vjp": vjp}
    return SimpleNamespace(**made)


def scaled(name: str, error: float) -> Altered:
    """The reference with one whole gradient multiplied by 1 + error."""
    place = [a.name for a in declaration(name).differentiable_inputs].index(SCALED[name])

    def times(gradient: np.ndarray) -> np.ndarray:
        return np.asarray(gradient * gradient.dtype.type(1 + error))

    def vjp(*arguments: Any, **attributes: Any) -> tuple[Any, ...]:
        due = list(reference.vjp(name)(*arguments, **attributes))
        one = due[place]
        due[place] = [times(one[0]), *one[1:]] if isinstance(one, list) else times(one)
        return tuple(due)

    return Altered({f"{name}_vjp": vjp})
