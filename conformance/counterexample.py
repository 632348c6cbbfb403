"""A failing case for anyone to run again: its arrays, exact, and a snippet that needs only the backend."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ..spec import Operator
from .arguments import Arguments
from .backend import Backend, builtin_names
from .case import Case, passed
from .encoding import decode_nested, encode_nested
from .layouts import ONE_BUFFER, in_one_buffer, laid_out
from .trial import Trial

_READABLE = 400
"""Above this many numbers a snippet would be a wall: it has them made from the case instead."""


def record(trial: Trial) -> dict[str, Any]:
    """`case`, and the exact `inputs`, `attributes`, `cotangents` by name."""
    operator, given = trial.operator, trial.arguments
    return {
        "case": trial.case.to_json(),
        "inputs": {a.name: encode_nested(x) for a, x in zip(operator.inputs, given.inputs, strict=True)},
        "attributes": {name: encode_nested(value) for name, value in given.attributes.items()},
        "cotangents": {
            f"d{a.name}": encode_nested(c) for a, c in zip(operator.outputs, given.cotangents, strict=True)
        },
    }


def recorded(counterexample: Mapping[str, Any]) -> tuple[Case, Arguments]:
    """The case and the arrays that `record` wrote. Raises KeyError, TypeError, ValueError."""
    case = Case.from_json(counterexample["case"])
    inputs, cotangents = (
        [decode_nested(v) for v in counterexample[part].values()] for part in ("inputs", "cotangents")
    )
    # Their numbers do not tell how the arrays lay in memory.
    inputs = [_laid_out(value, case.layout, place) for place, value in enumerate(inputs)]
    cotangents = [laid_out(c, case.layout, 1) for c in cotangents]
    if case.layout == ONE_BUFFER:
        inputs, cotangents = in_one_buffer(inputs, cotangents)
    attributes = {name: decode_nested(v) for name, v in counterexample["attributes"].items()}
    return case, Arguments(inputs, attributes, cotangents)


def _laid_out(value: Any, layout: str, place: int) -> Any:
    if isinstance(value, list):
        return [laid_out(entry, layout, place) for entry in value]
    return laid_out(value, layout, place)


def snippet(trial: Trial, check: str, quantity: str) -> str:
    """A stand-alone program that makes the failing call and prints what came back for `quantity`."""
    operator = trial.operator
    outputs, gradients = _results(trial)
    size = sum(array.size for _, array in trial.arguments.arrays())
    if size > _READABLE or trial.case.layout != "plain":  # which no literal has
        return _through_gradspec(trial, check)
    if quantity in outputs:
        return "\n".join([*_preamble(trial), *_forward(trial, operator, quantity)]) + "\n"
    if quantity in gradients and not operator.random:
        return "\n".join([*_preamble(trial, gradient=True), *_gradient(trial, operator, quantity)]) + "\n"
    return _through_gradspec(trial, check)


def _results(trial: Trial) -> tuple[list[str], list[str]]:
    operator = trial.operator
    gradients = [
        f"d{a.name}[{i}]" if a.many else f"d{a.name}"
        for a, x in zip(operator.inputs, trial.inputs, strict=True)
        if a in operator.differentiable_inputs
        for i in (range(len(x)) if a.many else (0,))
    ]
    return [a.name for a in operator.outputs if not a.many], gradients


def _preamble(trial: Trial, gradient: bool = False) -> list[str]:
    """Imports, the backend, and the arrays."""
    given = trial.arguments
    arrays = [(a.name, x) for a, x in zip(trial.operator.inputs, given.inputs, strict=True)]
    arrays += [(name, v) for name, v in given.attributes.items() if isinstance(v, np.ndarray)]
    if gradient:
        arrays += [(f"d{a.name}", c) for a, c in zip(trial.operator.outputs, given.cotangents, strict=True)]
    bfloat16 = ["import ml_dtypes"] if trial.precision.name == "bfloat16" else []
    return [
        *bfloat16,
        "import numpy as np",
        "",
        *_backend(trial.backend),
        "",
        "np.set_printoptions(precision=17)",
        "",
        *(f"{name} = {_literal(x, trial.backend)}" for name, x in arrays),
    ]


def _backend(backend: Backend) -> list[str]:
    source = backend.source
    if source in builtin_names():
        return [f"from gradspec.conformance.backends import {source} as backend"]
    if source.endswith(".py"):
        return [
            "import runpy",
            "import sys",
            "from types import SimpleNamespace",
            "",
            f"sys.path.insert(0, {str(Path(source).parent)!r})",
            f"backend = SimpleNamespace(**runpy.run_path({source!r}))",
        ]
    if isinstance(backend.target, ModuleType):
        return [f"import {backend.target.__name__} as backend"]
    if _has_no_name(backend):
        return [f"backend = ...  # the {source} that was checked"]
    return ["from gradspec.conformance import load", "", f"backend = load({source!r}).target"]


def _has_no_name(backend: Backend) -> bool:
    """Whether it was given as an object, which another process cannot find."""
    return backend.source == type(backend.target).__name__


def _literal(value: Any, backend: Backend) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_literal(entry, backend) for entry in value)}]"
    listed = value.astype(np.float64).tolist() if value.dtype.name == "bfloat16" else value.tolist()
    dtype = "ml_dtypes.bfloat16" if value.dtype.name == "bfloat16" else f'"{value.dtype.name}"'
    text = repr(listed).replace("nan", "np.nan").replace("inf", "np.inf")
    array = f"np.array({text}, dtype={dtype})" + (f".reshape({value.shape})" if 0 in value.shape else "")
    return f"backend.from_numpy({array})" if backend.function("from_numpy") else array


def _keywords(trial: Trial) -> str:
    named = passed(trial.operator, trial.attributes)
    return "".join(f", {k}={k if isinstance(v, np.ndarray) else repr(v)}" for k, v in named.items())


def _forward(trial: Trial, operator: Operator, quantity: str) -> list[str]:
    names = ", ".join(a.name for a in operator.inputs)
    targets = ", ".join(a.name if len(operator.outputs) == 1 else f"out_{a.name}" for a in operator.outputs)
    shown = quantity if len(operator.outputs) == 1 else f"out_{quantity}"
    call = f"{targets} = backend.{operator.name}({names}{_keywords(trial)})"
    return [call.replace("(, ", "("), f"print({_numpy(trial.backend, shown)})"]


def _gradient(trial: Trial, operator: Operator, quantity: str) -> list[str]:
    names = [a.name for a in operator.inputs]
    cotangents = ", ".join(f"d{a.name}" for a in operator.outputs)
    wanted = [f"grad_{a.name}" for a in operator.differentiable_inputs]
    shown = "grad_" + quantity[1:]
    if trial.backend.function(f"{operator.name}_vjp") is not None:
        targets = ", ".join(wanted) + ("," if len(wanted) == 1 else "")
        call = f"backend.{operator.name}_vjp({cotangents}, {', '.join(names)}{_keywords(trial)})"
        return [f"{targets} = {call}", f"print({_numpy(trial.backend, shown)})"]
    flat, position = _primals(trial, operator)
    index = position[quantity[1:]]
    rebuilt = ", ".join(
        _rebuilt(a.name, a.many, position) if a.differentiable else a.name for a in operator.inputs
    )
    return [
        f"function = lambda *p: backend.{operator.name}({rebuilt}{_keywords(trial)})",
        f"outputs, gradients = backend.vjp(function, ({', '.join(flat)},), ({cotangents},))",
        f"print({_numpy(trial.backend, f'gradients[{index}]')})",
    ]


def _primals(trial: Trial, operator: Operator) -> tuple[list[str], dict[str, int]]:
    flat = []
    for a, x in zip(operator.inputs, trial.inputs, strict=True):
        if a.differentiable:
            flat += [f"{a.name}[{i}]" for i in range(len(x))] if a.many else [a.name]
    return flat, {name: i for i, name in enumerate(flat)}


def _rebuilt(name: str, many: bool, position: Mapping[str, int]) -> str:
    if not many:
        return f"p[{position[name]}]"
    return f"[{', '.join(f'p[{i}]' for entry, i in position.items() if entry.startswith(f'{name}['))}]"


def _numpy(backend: Backend, name: str) -> str:
    return f"backend.to_numpy({name})" if backend.function("to_numpy") else name


def _through_gradspec(trial: Trial, check: str) -> str:
    """For what no single call shows (a law, a training run, a layout): the check itself, on this case."""
    backend = trial.backend
    given, named = (_backend(backend), "backend") if _has_no_name(backend) else ([], repr(backend.source))
    lines = [
        "from gradspec.conformance.replay import run",
        "",
        *given,
        f"case = {trial.case.to_json()!r}",
        f"print(run({named}, {check!r}, case, {trial.precision.name!r}).message)",
    ]
    return "\n".join(lines) + "\n"
