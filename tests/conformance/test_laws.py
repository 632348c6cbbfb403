"""Every law holds on the reference, and every law can fail: a wrong implementation breaks it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from gradspec import reference
from gradspec.conformance import covering
from gradspec.conformance.backend import Backend, load
from gradspec.conformance.checks.laws import hold
from gradspec.conformance.compare import Finding
from gradspec.conformance.laws import laws
from gradspec.conformance.laws._law import Law
from gradspec.conformance.precision import precision
from gradspec.conformance.trial import Trial, Uninformative
from gradspec.spec import declaration, operators

LAWS = [pytest.param(name, law, id=f"{name}-{law.name}") for name in operators() for law in laws(name)]

REFERENCE = load("numpy")


def findings(backend: Backend, name: str, law: Law, dtype: str) -> Iterator[Finding]:
    """What `law` finds in each of the covering cases of the operator `name`."""
    for case in covering.values(name):
        try:
            yield from hold(law, Trial(backend, case, precision(dtype)))
        except Uninformative:
            continue


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "law"), LAWS)
def test_it_holds_on_the_reference(name: str, law: Law, dtype: str) -> None:
    found = list(findings(REFERENCE, name, law, dtype))
    assert any(finding.compared for finding in found)
    assert not [finding for finding in found if finding.differs]


Distortion = Callable[[np.ndarray, Any], Any]
"""A right result and the inputs it came from, to a wrong result."""


def leaking(y: np.ndarray, inputs: Any) -> Any:
    """Every result depends on every input, and on the order of its entries."""
    entries = [
        entry for x in inputs for array in (x if isinstance(x, list) else [x]) for entry in np.ravel(array)
    ]
    return y + 0.01 * sum(place * entry for place, entry in enumerate(entries, 1))


def sized(y: np.ndarray, inputs: Any) -> Any:
    """A result depends on how many others there are."""
    return y + 0.01 * y.size


DISTORTIONS: tuple[Distortion, ...] = (
    lambda y, inputs: y * 1.01,
    lambda y, inputs: y + 0.01,
    lambda y, inputs: y + 0.01 * y * y,
    lambda y, inputs: y + 0.01 * np.arange(y.size).reshape(y.shape),
    leaking,
    sized,
)


def distorted(name: str, law: Law, distortion: Distortion) -> Backend:
    """The reference with wrong gradients where `law` calls them, with wrong outputs where it does not."""
    declared = declaration(name)

    def wrong(function: Callable[..., Any], cotangents: int) -> Callable[..., Any]:
        def call(*arrays: Any, **attributes: Any) -> Any:
            return each(function(*arrays, **attributes), arrays[cotangents:])

        return call

    def each(value: Any, inputs: Any) -> Any:
        if isinstance(value, (tuple, list)):
            return type(value)(each(entry, inputs) for entry in value)
        value = np.asarray(value)
        change = distortion(value, inputs) - value
        # A step is a whole number: a hundredth of one would be lost.
        return (value + (np.rint(100 * change) if value.dtype.kind == "i" else change)).astype(value.dtype)

    functions = {name: reference.operator(name)}
    if declared.differentiable_inputs:
        functions[f"{name}_vjp"] = reference.vjp(name)
    changed = f"{name}_vjp" if law.backward else name
    functions[changed] = wrong(functions[changed], len(declared.outputs) if law.backward else 0)
    return load(SimpleNamespace(name="wrong", dtypes=("float64",), **functions))


@pytest.mark.parametrize(("name", "law"), LAWS)
def test_it_can_fail(name: str, law: Law) -> None:
    backends = (distorted(name, law, distortion) for distortion in DISTORTIONS)
    assert any(finding.differs for backend in backends for finding in findings(backend, name, law, "float64"))


@pytest.mark.parametrize("name", operators())
def test_the_laws_of_an_operator_have_a_name_each_and_a_statement(name: str) -> None:
    names = [law.name for law in laws(name)]
    assert len(set(names)) == len(names)
    assert all(law.statement for law in laws(name))


@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_a_derivative_beyond_the_kink_of_relu_is_refused(value: float) -> None:
    assert any(finding.differs for finding in kink(value))


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_any_derivative_at_the_kink_of_relu_conforms(value: float) -> None:
    found = list(kink(value))
    assert found
    assert not any(finding.differs for finding in found)


def kink(value: float) -> Iterator[Finding]:
    """What the law of the kink finds in a relu′ that is `value` at 0."""

    def relu_vjp(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
        return np.where(x > 0, dy, np.where(x < 0, 0 * dy, np.asarray(value, dy.dtype) * dy))

    backend = SimpleNamespace(
        name="kink", dtypes=("float64",), relu=reference.operator("relu"), relu_vjp=relu_vjp
    )
    (law,) = (law for law in laws("relu") if law.name == "kink")
    return findings(load(backend), "relu", law, "float64")
