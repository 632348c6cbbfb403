"""Residues: the laws of fields, of exp, log, signs and roots hold exactly, and plain numbers enter so."""

import math
from fractions import Fraction

import numpy as np
import pytest
from gradspec.conformance.exact.field import (
    Exhausted,
    NotASquare,
    Residue,
    Tower,
    draw,
    lift,
    one_field,
)
from gradspec.conformance.exact.primes import is_prime, prime_tower
from gradspec.reference import operator, vjp

TOWER, SMALL, ONE = Tower(61, 3), Tower(31, 2, with_logs=True), one_field()
EACH = pytest.mark.parametrize("tower", [TOWER, SMALL, ONE], ids=["tower", "small tower", "one field"])


def number(tower: Tower) -> Residue:
    return draw(tower).item()


def square(tower: Tower) -> Residue:
    x = number(tower)
    return x * x


def test_the_tower_is_one_of_primes_that_are_3_modulo_4() -> None:
    for bits, depth, seed in ((16, 3, 1), (24, 3, 2), (61, 2, 3)):
        primes, generators = prime_tower(bits, depth, seed)
        assert primes[0].bit_length() == bits
        for p, q, g in zip(primes, primes[1:], generators[1:], strict=False):
            assert (q - 1) % p == 0
            assert g != 1 == pow(g, p, q)
        assert all(p % 4 == 3 and is_prime(p) for p in primes if p.bit_length() <= 80)


def test_primes_are_told_from_strong_pseudoprimes() -> None:
    assert [n for n in range(2, 60) if is_prime(n)] == [
        2,
        3,
        5,
        7,
        11,
        13,
        17,
        19,
        23,
        29,
        31,
        37,
        41,
        43,
        47,
        53,
        59,
    ]
    assert not is_prime(3215031751)  # passes for the bases 2, 3, 5 and 7
    assert is_prime(2**61 - 1)


def test_a_tower_is_the_same_for_the_same_seed_only() -> None:
    one, same, another = (Tower(61, 2, seed) for seed in (5, 5, 6))
    assert (one.primes, one.generators) == (same.primes, same.generators)
    assert [x.value for x in draw(one, (3,))] == [x.value for x in draw(same, (3,))]
    assert not {*one.primes} & {*another.primes}
    exps = [one_field(seed).all.exp(2)[0] for seed in (5, 5, 6)]
    assert exps[0] == exps[1] != exps[2]


@EACH
def test_residues_obey_the_laws_of_fields(tower: Tower) -> None:
    a, b, c = draw(tower, (3,))
    assert a * (b + c) == a * b + a * c
    assert a - b == -(b - a)
    assert (a / b) * b == a
    assert 1 / a == a**-1
    assert a**3 * a**-1 == a * a
    assert a + 1 != a
    assert not a - a


@EACH
def test_exp_of_a_negative_is_the_reciprocal(tower: Tower) -> None:
    x = number(tower)
    assert (-x).exp() * x.exp() == 1
    assert (x - x).exp() == 1
    assert abs(x.exp()) == x.exp() > 0
    assert (-x).tanh() == -x.tanh()


@pytest.mark.parametrize("tower", [TOWER, SMALL], ids=["tower", "small tower"])
def test_exp_turns_sums_into_products(tower: Tower) -> None:
    x, y = draw(tower, (2,))
    assert (x + y).exp() == x.exp() * y.exp()
    assert (x.exp() + y.exp()).exp() == x.exp().exp() * y.exp().exp()
    assert (x / 2).exp() == x.exp().sqrt()
    assert x.tanh() == (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())
    assert (x + 1).exp() != x.exp()


LOGS = pytest.mark.parametrize("tower", [SMALL, ONE], ids=["tower", "one field"])


@LOGS
def test_log_and_exp_undo_each_other(tower: Tower) -> None:
    x, y = number(tower), abs(number(tower).exp() + number(tower))
    assert x.exp().log() == x
    assert y.log().exp() == y
    assert (x.exp() - 1).log1p() == x
    assert (1 / y).log() == -y.log()
    with pytest.raises(NotASquare, match="logarithm of a negative"):
        (-x.exp()).log()
    with pytest.raises(ZeroDivisionError):
        (x.exp() - x.exp()).log()


def test_log_turns_products_into_sums_and_gains_the_lost_level_back() -> None:
    x, y, z = np.exp(draw(SMALL, (3,)))
    total = abs(x + y)
    assert (total * z).log() == total.log() + z.log()
    assert (total / z).log() == total.log() - z.log()
    assert (x * x).log() == 2 * x.log()
    assert (x.levels.low, x.log().levels.low) == (1, 0)
    assert x.exp().log() == x


def test_only_a_tower_made_for_logarithms_has_them() -> None:
    with pytest.raises(Exhausted, match="with_logs"):
        number(TOWER).exp().log()
    with pytest.raises(Exhausted, match="level above"):
        number(SMALL).exp().log().log()
    with pytest.raises(ValueError, match="34 bits"):
        Tower(61, 1, with_logs=True)
    assert all(q == 2 * p + 1 for p, q in zip(SMALL.primes, SMALL.primes[1:], strict=False))


def test_levels_that_are_lost_are_never_made_up() -> None:
    x = number(Tower(61, 2))
    with pytest.raises(Exhausted):
        x.exp().exp().exp()
    with pytest.raises(Exhausted):
        assert (x * x).sqrt() == x.exp()  # a root is on the lowest level alone, an exp is not on it
    with pytest.raises(TypeError, match="two towers"):
        number(TOWER) + number(SMALL)


def test_residues_of_unlike_depth_agree_where_they_overlap() -> None:
    x = number(TOWER)
    assert (x.exp() + x - x).levels is x.exp().levels
    assert x.exp() + x - x == x.exp()
    assert lift(TOWER, 3).item() == 3 == lift(TOWER, 3).item() + 0 * x.exp()


@EACH
def test_signs_are_odd_and_multiplicative(tower: Tower) -> None:
    for _ in range(20):
        a, b = draw(tower, (2,))
        assert (a > b) + (b > a) == 1
        assert (a >= b) is (a > b)
        assert (a < 0) is (-a > 0)
        assert abs(a) == abs(-a) > 0
        assert abs(a * b) == abs(a) * abs(b)
    assert {bool(x > 0) for x in draw(tower, (40,))} == {True, False}


@EACH
def test_the_root_is_the_positive_one(tower: Tower) -> None:
    for _ in range(20):
        a, b = number(tower), number(tower)
        root = (a * a).sqrt()
        assert root == abs(a)
        assert root > 0
        assert (a * a * b * b).sqrt() == (a * a).sqrt() * (b * b).sqrt()
        assert (a * a) ** 0.5 == root
        assert (a * a) ** -1.5 == 1 / root**3
    with pytest.raises(NotASquare):
        (-square(tower)).sqrt()


@EACH
def test_minus_infinity_masks(tower: Tower) -> None:
    scores = np.where([True, False, True], draw(tower, (3,)), -math.inf)
    e = np.exp(scores - np.max(scores))
    assert e[1] == 0
    assert np.sum(e) == e[0] + e[2]
    bottom = scores[1] - scores[0]
    assert bottom == -math.inf < scores[0] > bottom
    assert scores[0] != -math.inf
    assert bottom + 1 <= -math.inf
    assert not bottom > scores[0]
    with pytest.raises(ArithmeticError):
        bottom - bottom


def test_only_exact_floats_enter() -> None:
    x = number(TOWER)
    assert x * 0.5 + x * np.float32(0.5) == np.int64(1) * x == x + Fraction(1, 3) - Fraction(2, 6)
    assert x * 1e4 == 10000 * x
    for inexact in (0.1, math.sqrt(3), float(np.float32(0.1)), math.pi * 2**60, math.inf, math.nan):
        with pytest.raises(TypeError, match="not exact"):
            x * inexact
    with pytest.raises(TypeError):
        x + "1"
    with pytest.raises(TypeError):
        x**x


def test_accidents_are_errors_that_ask_for_other_numbers() -> None:
    x = number(SMALL)
    for accident in (lambda: x / (x - x), lambda: 1 / (0 * x), lambda: (x - x) ** -1):
        with pytest.raises(ZeroDivisionError):
            accident()
    with pytest.raises(ZeroDivisionError):
        Residue(SMALL.primes[0], SMALL.all) > 0  # noqa: B015


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (0, 2), (2, 3)])
def test_arrays_have_the_shape_that_is_asked_for(shape: tuple[int, ...]) -> None:
    assert draw(TOWER, shape).shape == np.shape(lift(TOWER, np.zeros(shape, int))) == shape
    assert draw(TOWER, shape).dtype == object
    np.testing.assert_array_equal(lift(TOWER, np.full(shape, 0.25)) * 4, np.ones(shape, int))


def test_numpy_does_with_residues_what_the_reference_asks_for() -> None:
    a, b = draw(TOWER, (3, 2)), draw(TOWER, (2, 3))
    assert (a @ b)[1, 2] == a[1, 0] * b[0, 2] + a[1, 1] * b[1, 2]
    assert np.sum(a) == np.sum(np.sum(a, axis=0))
    assert (np.maximum(a, 0) + np.minimum(a, 0) == a).all()
    assert (np.abs(a) == np.where(a > 0, a, -a)).all()
    assert (np.stack([a, a])[1] == np.concatenate([a, a])[3:]).all()
    assert np.max(a) in a
    total = np.zeros_like(a)
    np.add.at(total, np.array([0, 0, 2]), a)
    assert (total[0] == a[0] + a[1]).all()
    assert (a**2 == a * a).all()
    assert (2 * a - a / 0.5 == np.zeros((3, 2), np.int64)).all()


def test_softmax_is_the_same_under_a_shift_in_a_tower_and_is_not_in_one_field() -> None:
    softmax = operator("softmax")
    x, shift = draw(TOWER, (2, 5)), draw(TOWER, (2, 1))
    assert (softmax(x + shift) == softmax(x)).all()
    assert (np.sum(softmax(x), axis=-1) == 1).all()
    y = draw(ONE, (2, 5))
    assert (softmax(y) == softmax(y)).all()
    assert not (softmax(y + 1) == np.exp(y) / np.sum(np.exp(y), axis=-1, keepdims=True)).any()


def test_the_cross_entropy_is_minus_the_logarithm_of_the_probability() -> None:
    labels = np.array([0, 3])
    for _ in range(200):
        z = draw(SMALL, (2, 4))
        p = operator("softmax")(z)
        try:
            loss = operator("softmax_cross_entropy")(z, labels)
            log_p = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
            log_of_p = np.log(p[np.arange(2), labels])
        except NotASquare:
            continue
        assert loss == -np.sum(log_of_p) / 2
        assert loss == -np.sum(log_p[np.arange(2), labels]) / 2
        assert (np.exp(log_p) == p).all()
        return
    raise AssertionError("no draw had all its logarithms")


def test_what_is_clipped_by_its_norm_has_the_norm_asked_for() -> None:
    clip, visited = operator("clip_by_global_norm"), set()
    while len(visited) < 2:
        gradient, limit = draw(ONE, (2,)), abs(number(ONE))
        try:
            norm = np.sqrt(np.sum(gradient * gradient))
            (clipped,) = clip([gradient], max_norm=limit)
        except NotASquare:
            continue
        within = bool(limit >= norm)
        visited.add(within)
        assert (clipped == (gradient if within else gradient * limit / norm)).all()


def test_adam_divides_by_the_same_root_in_both_forms_when_epsilon_is_0() -> None:
    rates = {"beta1": Fraction(9, 10), "beta2": Fraction(99, 100), "learning_rate": 1, "epsilon": 0}
    for _ in range(200):
        parameter, gradients = draw(ONE, (1,)), draw(ONE, (2, 1))
        beta2 = number(ONE)
        try:
            runs = [
                operator("adam")(
                    parameter, gradients, **{**rates, "beta2": beta2, "epsilon_convention": form}
                )
                for form in ("after_correction", "before_correction")
            ]
        except NotASquare:
            continue
        assert (runs[0] == runs[1]).all()
        return
    raise AssertionError("no draw had all its roots")


RATES = {"learning_rate": 0.5, "decay": 0.75, "epsilon": 0.25}  # 1 − decay and epsilon have roots
OPTIMIZERS: dict[str, tuple[str, ...]] = {
    "sgd": ("learning_rate",),
    "adagrad": ("learning_rate", "epsilon"),
    "rmsprop": ("learning_rate", "decay", "epsilon"),
    "adadelta": ("learning_rate", "decay", "epsilon"),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_attribute_may_be_a_residue_or_an_exact_float(name: str) -> None:
    attributes = {attribute: RATES[attribute] for attribute in OPTIMIZERS[name]}
    residues = {attribute: lift(ONE, value).item() for attribute, value in attributes.items()}
    for _ in range(1000):
        parameter, gradients = draw(ONE, (1,)), draw(ONE, (2, 1))
        try:
            found = operator(name)(parameter, gradients, **attributes)
        except NotASquare:
            continue
        assert (found == operator(name)(parameter, gradients, **residues)).all()
        return
    raise AssertionError("no draw had all its roots")


def test_causal_attention_is_attention_to_the_prefix() -> None:
    attend = operator("scaled_dot_product_attention")
    q, k, v = (draw(TOWER, (1, 4, 4)) for _ in range(3))
    causal = attend(q, k, v, causal=True)
    for last in range(4):
        alone = attend(q[:, last : last + 1], k[:, : last + 1], v[:, : last + 1])
        assert (alone[:, 0] == causal[:, last]).all()


def test_an_error_of_a_billionth_in_one_entry_is_seen() -> None:
    q, k, v, dy = (draw(TOWER, (1, 4, 4)) for _ in range(4))
    gradients = vjp("scaled_dot_product_attention")(dy, q, k, v)
    off = gradients[1].copy()
    off[0, 0, 0] = off[0, 0, 0] * (1 + Fraction(1, 10**9))
    assert np.argwhere(off != gradients[1]).tolist() == [[0, 0, 0]]
