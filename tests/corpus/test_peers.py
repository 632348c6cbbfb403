"""The adapters that show an operator to other gradient checkers, which benchmarks/peers.py compares."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fault import Altered, of_reference
from gradspec.conformance.backends import numpy as right
from gradspec.spec import declaration, operators
from peers_adapters import PEERS, accepts, allclose, jax_function, problem
from peers_inputs import covering, expressible, typical

PEER = [
    pytest.param(peer, marks=[pytest.mark.torch] if peer.startswith("torch") else [], id=peer)
    for peer in PEERS
]
SHOWN = ("lstm", "mlp")
"""One with two outputs, one with lists among its inputs."""


def wrong_in_one_entry(name: str) -> Altered:
    """The reference but for the first entry of its last gradient, which is too large by a tenth and more."""

    def vjp(*arguments: Any, **attributes: Any) -> tuple[Any, ...]:
        due = of_reference(f"{name}_vjp")(*arguments, **attributes)
        last = due[-1][-1] if isinstance(due[-1], list) else due[-1]
        last.flat[0] = 1.1 * last.flat[0] + 0.1
        return due

    return Altered({f"{name}_vjp": vjp})


def needed(peer: str) -> None:
    pytest.importorskip(peer.split("-")[0])


@pytest.mark.parametrize("peer", PEER)
@pytest.mark.parametrize("name", SHOWN)
def test_a_peer_accepts_the_reference(peer: str, name: str) -> None:
    needed(peer)
    assert all(accepts(peer, right, case, "float64") for case in typical(name))


@pytest.mark.parametrize("peer", PEER)
@pytest.mark.parametrize("name", SHOWN)
def test_a_peer_refuses_a_gradient_with_one_wrong_entry(peer: str, name: str) -> None:
    needed(peer)
    assert not any(accepts(peer, wrong_in_one_entry(name), case, "float64") for case in typical(name))


@pytest.mark.parametrize("peer", PEER)
def test_a_function_that_raises_is_refused(peer: str) -> None:
    needed(peer)

    def tanh(x: np.ndarray) -> np.ndarray:
        raise FloatingPointError("no")

    assert not accepts(peer, Altered({"tanh": tanh}), typical("tanh")[0], "float64")


def test_jax_may_trace_the_function_too() -> None:
    jax = pytest.importorskip("jax")
    call = problem(right, typical("lstm")[0], "float32")
    function = jax_function(call)
    for traced, eager in zip(jax.jit(function)(*call.primals), function(*call.primals), strict=True):
        assert np.array_equal(traced, eager)


@pytest.mark.parametrize("name", [name for name in operators() if expressible(name)])
def test_a_problem_has_the_function_and_the_gradients_of_the_call(name: str) -> None:
    call = problem(right, typical(name)[-1], "float32")
    outputs = call.outputs(*call.primals)
    gradients = call.gradients([np.ones_like(y) for y in outputs], call.primals)
    assert [g.shape for g in gradients] == [p.shape for p in call.primals]
    assert {a.dtype for a in (*outputs, *gradients)} == {np.dtype("float32")}


@pytest.mark.parametrize("name", operators())
def test_typical_inputs_have_unlike_sizes_and_every_setting_of_a_choice(name: str) -> None:
    cases = typical(name)
    for case in cases:
        sizes = [size for size in case.sizes.values() if isinstance(size, int)]
        assert len(set(sizes)) == len(sizes)
    for attribute in declaration(name).attributes:
        if attribute.choices or attribute.array is not None:
            choices = attribute.choices or (attribute.default, "drawn")
            assert {case.attributes[attribute.name] for case in cases} == set(choices)


def test_other_seeds_are_other_numbers_and_covering_cases_no_two_the_same() -> None:
    first, second = (problem(right, typical("tanh", seed)[0], "float64").primals[0] for seed in (0, 1))
    assert not np.any(first == second)
    assert len({case.key for case in covering("lstm")}) == len(covering("lstm"))


def test_the_forward_oracle_compares_shapes_and_numbers() -> None:
    case = typical("softmax")[0]

    def other(change: Any) -> Altered:
        return Altered({"softmax": lambda x: change(of_reference("softmax")(x))})

    assert allclose(right, right, case, "float32")
    assert allclose(other(lambda y: y * (1 + 1e-6)), right, case, "float32")
    assert not allclose(other(lambda y: y * (1 + 1e-4)), right, case, "float32")
    assert not allclose(other(lambda y: y[None]), right, case, "float32")
    assert not allclose(
        right, right, replace(case, values="nan"), "float32"
    )  # NaN is unlike NaN at its defaults
