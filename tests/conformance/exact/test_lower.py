"""The oracle: terms become arrays, sums are taken two factors at a time, and nothing is guessed."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from gradspec.conformance.exact.axes import Named, added, laid_out, product
from gradspec.conformance.exact.dual import Dual
from gradspec.conformance.exact.functions import NotLowered, power
from gradspec.conformance.exact.lower import Oracle, backward, forward
from gradspec.spec.chapters import Chapter
from gradspec.spec.kernel import Σ, Definition, System, delta, dims, g, index, relu, sigma, tensor
from sympy import Expr, Idx, Integer, Rational, Symbol, cos, exp, log, sin, sqrt, tanh

N, K, T = dims("N K T")
n, m = index("n m", N)
k, j = index("k j", K)
t = index("t", T)
v, last, rate = tensor("v", T, K), tensor("last", K), Symbol("rate")
x, y, labels, h = tensor("x", N, K), tensor("y", N, K), tensor("labels", N, below=K), tensor("h", T, K)
X = np.array([[Fraction(1), Fraction(-2), Fraction(3)], [Fraction(4), Fraction(1, 2), Fraction(-6)]], object)
LABELS = np.array([3, 1])


def lowered(entry: Expr, body: Any, *, x: Any = X, **rest: Any) -> Any:
    """The one output of a system of one definition."""
    given = (tensor("x", N, K), labels)
    system = System(
        name="some",
        given=given,
        fixed=(labels,),
        definitions=(Definition(entry, body),),
        outputs=(entry.base,),
    )
    oracle = Oracle(
        chapter=Chapter(title="", system=system),
        numbers={"N": 2, "K": 3, "scale": Fraction(2)},
        arrays={"x": x, "labels": LABELS},
        **rest,
    )
    return forward(oracle)[entry.base.title]


@pytest.mark.parametrize(
    ("left", "right", "third", "over"),
    [
        ("nk", "kj", "j", "kj"),
        ("nk", "nk", "n", "nk"),
        ("nkj", "jk", "n", "k"),
        ("n", "k", "j", ""),
        ("nkj", "k", "kj", "nk"),
    ],
)
def test_a_sum_of_a_product_is_what_einsum_says(left: str, right: str, third: str, over: str) -> None:
    sizes = {"n": 2, "k": 3, "j": 4}
    dice = np.random.default_rng(1)
    arrays = [dice.integers(-9, 9, [sizes[axis] for axis in axes]) for axes in (left, right, third)]
    factors = [
        Named(a.astype(object), tuple(axes)) for a, axes in zip(arrays, (left, right, third), strict=True)
    ]
    kept = "".join(axis for axis in "nkj" if axis in left + right + third and axis not in over)
    due = np.einsum(f"{left},{right},{third}->{kept}", *arrays)
    found = product([*factors, Named(2)], set(over))
    assert (laid_out(found, tuple(kept)) == 2 * due).all()


def test_a_product_of_plain_numbers_has_no_axes() -> None:
    assert product([Named(2), Named(Fraction(1, 3))]) == Named(Fraction(2, 3))
    assert laid_out(added([Named(2), Named(X, ("n", "k"))]), ("k", "n")).tolist() == (X.T + 2).tolist()


def test_matrix_products_never_make_the_array_of_all_axes() -> None:
    widths = {"n": 40, "k": 40, "j": 40}
    a, b = (Named(np.ones((40, 40)), axes) for axes in (("n", "k"), ("k", "j")))
    found = product([a, b, Named(np.ones(40), ("j",))], {"k", "j"})
    assert found.array.shape == (40,)
    assert found.array[0] == widths["k"] * widths["j"]


@pytest.mark.parametrize(
    ("entry", "body", "due"),
    [
        (y[n, k], x[n, k], X),
        (y[n, k], 3, np.full((2, 3), 3)),
        (y[n, k], delta(k, labels[n]), np.array([[0, 0, 1], [1, 0, 0]])),
        (y[n, k], delta(k, Integer(2)), np.array([[0, 1, 0], [0, 1, 0]])),
        (y[n, k], k, np.array([[1, 2, 3]] * 2)),
        (y[n, k], relu(x[n, k]), np.maximum(X, 0)),
        (y[n, k], Symbol("scale") * x[n, k] / N, X),
        (tensor("z", N)[n], x[n, labels[n]], np.array([3, 4])),
        (tensor("z", N)[n], x[n, 2], np.array([-2, Fraction(1, 2)])),
        (tensor("z", N)[n], Σ(x[n, k] ** 2, k), np.array([14, 16 + Fraction(1, 4) + 36])),
        (tensor("z", N)[n], Σ(x[m, k] * x[n, k], m, k), np.array([-15 + 14, 52 + Fraction(1, 4) - 15])),
        (tensor("z", N)[n], Σ(delta(n, m) * x[m, k], m, k), np.array([2, Fraction(-3, 2)])),
        (tensor("z")[()], Σ(Integer(1), n, k), 6),
        (
            tensor("z")[()],
            Σ(1 / x[n, k], n, k),
            Fraction(1, 4) + 2 - Fraction(1, 6) + 1 - Fraction(1, 2) + Fraction(1, 3),
        ),
        (tensor("z")[()], (N + K - 1) ** Rational(-1, 2), Fraction(1, 2)),
    ],
    ids=str,
)
def test_a_term_has_the_value_that_it_says(entry: Expr, body: Any, due: Any) -> None:
    found = lowered(entry, body)
    assert np.shape(found) == np.shape(due)
    assert (found == due).all()


def test_floats_and_duals_take_the_same_way() -> None:
    body = (
        exp(x[n, k])
        + tanh(x[n, k]) * sigma(x[n, k])
        + sin(x[n, k])
        - cos(x[n, k])
        + log(2 + cos(x[n, k]))
        + sqrt(exp(x[n, k]))
    )
    at = X.astype(float) / 4
    due = (
        np.exp(at)
        + np.tanh(at) / (1 + np.exp(-at))
        + np.sin(at)
        - np.cos(at)
        + np.log(2 + np.cos(at))
        + np.exp(at / 2)
    )
    assert np.allclose(lowered(y[n, k], body, x=at).astype(float), due)
    duals = np.frompyfunc(lambda value: Dual(value, 1.0), 1, 1)(at)
    found = lowered(y[n, k], body, x=duals)
    assert np.allclose([entry.value for entry in found.flat], due.ravel())


def fading(*definitions: Definition, outputs: tuple[Any, ...] = ()) -> Oracle:
    """h ← rate · h + v, three steps from 0, and what else is defined."""
    system = System(
        name="fading",
        given=(v,),
        time=t,
        initial=(Definition(h[0, k], 0),),
        definitions=(Definition(h[t, k], rate * h[t - 1, k] + v[t, k]), *definitions),
        outputs=outputs,
    )
    arrays = {"v": np.array([[Fraction(a)] for a in (5, 7, 11)], object), "dlast": np.array([1])}
    numbers = {"T": 3, "K": 1, "rate": Fraction(1, 2)}
    return Oracle(chapter=Chapter(title="", system=system), numbers=numbers, arrays=arrays)


def test_a_recurrence_runs_forwards_and_its_gradient_backwards() -> None:
    oracle = fading(Definition(last[k], h[T, k]), outputs=(last,))
    assert forward(oracle)["last"] == 5 * Fraction(1, 4) + 7 * Fraction(1, 2) + 11
    assert [step.item() for step in backward(oracle)["v"]] == [Fraction(1, 4), Fraction(1, 2), 1]


def test_a_sum_over_the_steps_so_far_has_a_value_at_each_step() -> None:
    s = Idx("s", (1, t))
    closed = tensor("closed", T, K)
    oracle = fading(Definition(closed[t, k], Σ(rate ** (t - s) * v[s, k], s)))
    found = forward(oracle, ["closed", "h"])
    assert [step.item() for step in found["closed"]] == [step.item() for step in found["h"]]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (Symbol("unknown"), "no value for unknown"),
        (N ** Rational(1, 2), "the root of 2 is not rational"),
        (N ** Rational(1, 3), "2 to the power of 1/3 is not rational"),
        (tensor("w", N, K)[n, k], "nothing defines w"),
        (tensor("z", N, K, depends={"x": tensor("j", N, K, N, K)})[n, k], "nothing defines z"),
    ],
    ids=str,
)
def test_what_has_no_value_is_refused(body: Any, said: str) -> None:
    with pytest.raises(NotLowered, match=said):
        lowered(y[n, k], body)


def test_an_activation_has_to_be_named() -> None:
    with pytest.raises(NotLowered, match="no value for g"):
        lowered(y[n, k], g(x[n, k]))
    assert (lowered(y[n, k], g(x[n, k]), activation="relu") == np.maximum(X, 0)).all()


def test_powers_are_exact_or_refused() -> None:
    assert power(Fraction(4, 9), Rational(1, 2)) == Fraction(2, 3)
    assert power(16, Fraction(-1, 2)) == Fraction(1, 4)
    assert power(2, -2) == Fraction(1, 4)
    assert power(Fraction(4), Fraction(3, 2)) == 8
