"""Noisy numbers: NumPy's values, a spread of the right size, and no decision within the noise unnoticed."""

import math

import numpy as np
import pytest
from gradspec import reference
from gradspec.conformance import oracle
from gradspec.conformance.noise import REPLICAS, Noise
from gradspec.conformance.noisy import Noisy
from gradspec.conformance.precision import precision
from gradspec.spec import declaration
from minimal import ramp

FLOAT32 = precision("float32")
A, B, C, V, W, S = ramp(2, 3), ramp(3), ramp(2, 3, 4), ramp(3) + 0.3, ramp(4), np.asarray(0.7)
INDICES = np.array([[1, 0], [1, 1]])
VISIBLE = np.array([[True, False, True], [False, True, True]])

VOCABULARY = {
    "add": (lambda a, b: a + b, A, A[::-1]),
    "add, a rank less": (lambda a, b: a + b, A, B),
    "add, a rank more": (lambda a, b: b + a, A, B),
    "add, two ranks less": (lambda a, b: a + b, C, W),
    "add, a scalar array": (lambda a, b: a + b, A, S),
    "subtract, axes of 1": (lambda a, b: a - b, ramp(2, 1, 4), ramp(3, 1)),
    "multiply": (lambda a, b: a * b, C, ramp(3, 1)),
    "divide": (lambda a, b: a / b, A, V),
    "power": (lambda a: a**2, A),
    "power of a root": (lambda a: a**0.5, np.abs(A)),
    "power of a number": (lambda a: 0.5**a, A),
    "plain numbers on either side": (lambda a: 1 - 2 * a / 3 + 1 / (a * a + 1), A),
    "a plain array on the left": (lambda a: B + a, A),
    "negative": (lambda a: -a, A),
    "exp": (np.exp, A),
    "log": (np.log, np.abs(A)),
    "log1p": (np.log1p, np.abs(A)),
    "tanh": (np.tanh, A),
    "sqrt": (np.sqrt, np.abs(A)),
    "abs": (np.abs, A),
    "maximum": (np.maximum, A, B),
    "maximum with a number": (lambda a: np.maximum(a, 0), A),
    "minimum": (np.minimum, A, A[::-1]),
    "1-D @ 1-D": (lambda a, b: a @ b, B, V),
    "1-D @ 2-D": (lambda a, b: a @ b, ramp(2), A),
    "2-D @ 1-D": (lambda a, b: a @ b, A, B),
    "2-D @ 2-D": (lambda a, b: a @ b, A, ramp(3, 4)),
    "3-D @ 2-D": (lambda a, b: a @ b, C, ramp(4, 2)),
    "2-D @ 3-D": (lambda a, b: a @ b, A, C),
    "3-D @ 3-D": (lambda a, b: a @ b, C, ramp(2, 4, 3)),
    "3-D @ 1-D": (lambda a, b: a @ b, C, W),
    "1-D @ 3-D": (lambda a, b: a @ b, B, C),
    "a plain matrix on the left": (lambda a: ramp(4, 2) @ a, A),
    "no terms": (lambda a, b: a @ b, ramp(2, 0), ramp(0, 3)),
    "sum": (np.sum, A),
    "sum over an axis": (lambda a: np.sum(a, axis=0), C),
    "sum over the last": (lambda a: np.sum(a, axis=-1, keepdims=True), C),
    "sum over two": (lambda a: np.sum(a, axis=(0, 2)), C),
    "sum of nothing": (lambda a: np.sum(a, axis=0), ramp(0, 3)),
    "max": (lambda a: np.max(a, axis=-1), C),
    "max, keeping the axis": (lambda a: np.max(a, axis=1, keepdims=True), C),
    "max of all": (np.max, C),
    "where a mask": (lambda a: np.where(VISIBLE, a, 0), A),
    "where a mask of lower rank": (lambda a, b: np.where(VISIBLE[0], a, b), A, B),
    "where a mask of higher rank": (lambda a, b: np.where(VISIBLE, a, b), B, S),
    "where a comparison": (lambda a, b: np.where(a > b, a, b), A, B),
    "where two comparisons": (lambda a: np.where((a > -1) & (a < 1), a, 0), A),
    "where not": (lambda a: np.where(~(a > 0), a, 0), A),
    "concatenate": (lambda a, b: np.concatenate([a, b, ramp(1, 3)]), A, A),
    "concatenate the last": (lambda a, b: np.concatenate([a, b], axis=-1), A, ramp(2, 1)),
    "stack": (lambda a, b: np.stack([a, b]), A, A),
    "stack scalars": (lambda a, b: np.stack([a, b]), S, S),
    "split": (lambda a: np.split(a, 2, axis=-1)[1], C),
    "split the first": (lambda a: np.split(a, 2)[1], C),
    "swapaxes": (lambda a: np.swapaxes(a, 0, 1), C),
    "swapaxes from the end": (lambda a: np.swapaxes(a, -1, -2), C),
    "zeros_like": (np.zeros_like, A),
    "T": (lambda a: a.T, C),
    "reshape": (lambda a: a.reshape(3, 2), A),
    "reshape to a tuple": (lambda a: a.reshape((2, -1)), C),
    "an integer": (lambda a: a[1], C),
    "a slice": (lambda a: a[:, ::-1], C),
    "None": (lambda a: a[:, None], A),
    "dots": (lambda a: a[..., 1], C),
    "integer arrays": (lambda a: a[INDICES], A),
    "pairs of integer arrays": (lambda a: a[np.arange(2), INDICES[0]], A),
}


def kinds(noise):
    """Numbers as they come in, and numbers that already carry noise."""
    return {
        "exact": noise.exact,
        "perturbed": lambda x: Noisy(noise.perturb(np.asarray(x, float)[None], np.abs(x)), noise),
    }


@pytest.mark.parametrize("kind", ["exact", "perturbed"])
@pytest.mark.parametrize("name", VOCABULARY)
def test_values_are_numpys(name, kind):
    function, *arrays = VOCABULARY[name]
    noise = Noise(FLOAT32)
    found = function(*(kinds(noise)[kind](x) for x in arrays))
    wanted = np.asarray(function(*arrays))
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.value, wanted, rtol=1e-15, atol=1e-300)
    assert found.spread.shape == wanted.shape
    assert np.isfinite(found.spread).all()


@pytest.mark.parametrize("comparison", ["__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"])
def test_comparisons_are_numpys(comparison):
    noisy = Noise(FLOAT32).exact(A)
    np.testing.assert_array_equal(getattr(noisy, comparison)(B).answer, getattr(A, comparison)(B))


@pytest.mark.parametrize("kind", ["exact", "perturbed"])
def test_entries_are_set_and_added_to_as_in_numpy(kind):
    noise = Noise(FLOAT32)
    table, given = noise.exact(np.zeros((3, 3))), kinds(noise)[kind](A)
    plain = np.zeros((3, 3))
    for target, values in ((table, given), (plain, A)):
        target[0] = values[1]
        target[1:, 2] = values[0, :2]
        np.add.at(target, INDICES, values[None])
    np.testing.assert_allclose(table.value, plain, rtol=1e-15)


def test_what_is_absent_from_the_vocabulary_is_refused():
    noisy = Noise(FLOAT32).exact(A)
    for function in (np.linalg.norm, np.median, np.arctan, np.floor):
        with pytest.raises(TypeError):
            function(noisy)
    with pytest.raises(TypeError, match="truth value"):
        bool(noisy)


def test_it_is_reproducible_and_another_seed_is_another_noise():
    first, again, other = (np.exp(Noise(FLOAT32, seed).exact(A) + B).replicas for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[1:], other[1:])
    np.testing.assert_array_equal(first[0], other[0])


# ----- the size of the noise ------------------------------------------------------------------------------

X, Y = np.random.default_rng(4).standard_normal((2, 400)) + 3
M, N = np.random.default_rng(5).standard_normal((2, 20, 64))


@pytest.mark.parametrize(
    ("function", "arrays", "analytic"),
    [
        (lambda x, y: x + y, (X, Y), np.abs(X + Y)),
        (lambda x, y: x * y, (X, Y), np.abs(X * Y)),
        (lambda x, y: x / y, (X, Y), np.abs(X / Y)),
        (lambda x, y: (x + y) * y, (X, Y), math.sqrt(2) * np.abs((X + Y) * Y)),
        (lambda x: np.exp(x), (X,), 3 * np.exp(X)),
        (lambda x, y: np.exp(x + y), (X, Y), np.hypot(3, X + Y) * np.exp(X + Y)),
        (lambda m, n: m @ n.T, (M, N), 8 * (np.abs(M) @ np.abs(N).T)),
        (lambda m: np.sum(m, axis=1), (M,), math.sqrt(63) * np.abs(M).sum(axis=1)),
    ],
    ids=["add", "multiply", "divide", "a chain of two", "exp", "exp of a sum", "dot of 64", "sum of 64"],
)
def test_the_spread_is_that_of_one_rounding_error_of_each_operation(function, arrays, analytic):
    noise = Noise(FLOAT32)
    ratio = function(*map(noise.exact, arrays)).spread / analytic
    assert 1 / 3 < np.median(ratio) < 3
    assert 1 / 6 < ratio.min() <= ratio.max() < 6  # one element has but REPLICAS draws


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[::-1],
        lambda x: -x,
        np.abs,
        lambda x: np.maximum(x, 0),
        lambda x: np.where(x > 0.1, x, 0),
        lambda x: np.stack([x, x]),
        lambda x: x + 0,
    ],
    ids=["index", "negative", "abs", "maximum", "where", "stack", "plus 0"],
)
def test_what_only_moves_or_selects_has_no_noise(function):
    assert not function(Noise(FLOAT32).exact(A)).spread.any()


def test_to_first_order_the_spread_does_not_depend_on_the_dtype():
    spreads = [np.exp(Noise(precision(name)).exact(X)).spread for name in ("float32", "float64")]
    np.testing.assert_allclose(*spreads, rtol=1e-4)


def test_where_results_cancel_the_rounding_of_rounding_is_in_the_spread():
    rounding = Noise(FLOAT32).exact(1.0) / 3.0 * 3.0 - 1.0  # 0 but for a rounding error
    cancelled = rounding * 5.0 - rounding * 5.0
    assert cancelled.value == 0
    assert 0.1 * FLOAT32.unit < cancelled.spread < 100 * FLOAT32.unit


def test_a_number_that_noise_can_blow_up_to_infinity_is_left_undecided():
    noise = Noise(FLOAT32)
    s = noise.exact(1e12) * 1.0
    with np.errstate(over="ignore"):
        blown = np.exp(s - s.value)
    assert blown.value == 1
    assert blown.spread >= 0
    assert noise.undecided


def test_each_replica_has_a_noise_of_its_own():
    replicas = (Noise(FLOAT32).exact(X) + 1).replicas
    assert len(replicas) == REPLICAS + 1
    assert len({tuple(r) for r in replicas}) == REPLICAS + 1


def test_an_attribute_that_the_dtype_must_round_carries_noise_and_one_that_it_holds_does_not():
    noise = Noise(FLOAT32)
    assert noise.rounded(0.999).spread > 0
    assert noise.rounded(0.5).spread == 0


# ----- decisions ------------------------------------------------------------------------------------------


def nearly(value):
    """A noisy number so close to 0 that its noise could turn its sign."""
    noise = Noise(FLOAT32)
    return noise, noise.exact(np.array([1.0 + value])) * 3 / 3 - 1


@pytest.mark.parametrize(
    ("branches", "undecided"),
    [
        (lambda x: (1.0, 0.0), True),
        (lambda x: (x, 0), False),
        (lambda x: (x, -x), False),
        (lambda x: (1 - x, 1 + x), False),
        (lambda x: (x + 1, x), True),
    ],
    ids=["a jump", "relu", "abs", "alike to within the noise", "apart by one"],
)
def test_a_decision_within_the_noise_matters_only_where_the_branches_differ(branches, undecided):
    noise, x = nearly(1e-9)
    np.where(x > 0, *branches(x))
    assert noise.undecided == undecided


def test_a_decision_beyond_the_noise_is_taken():
    noise, x = nearly(1e-3)
    np.where(x > 0, 1.0, 0.0)
    assert bool(x[0] > 0)
    assert not noise.undecided


def test_a_branch_taken_within_the_noise_is_noticed():
    noise, x = nearly(1e-9)
    assert bool(x[0] > 0) in (True, False)
    assert noise.undecided


def test_an_exact_tie_is_a_certain_answer_but_a_kink_where_the_branches_differ():
    noise = Noise(FLOAT32)
    zero = noise.exact(np.zeros(1))
    assert not bool(zero[0] > 0)
    np.where(zero > 0, zero, 0)
    assert not noise.undecided
    np.where(zero > 0, 1.0, 0)
    assert noise.undecided


def test_a_tie_that_another_condition_overrules_is_still_seen():
    noise = Noise(FLOAT32)
    x = noise.exact(np.array([0.0, 5.0]))
    np.where((x > 0) & (x < 9), 1.0, 0.0)
    assert noise.undecided


def test_a_mask_of_minus_infinity_makes_no_nan():
    noise = Noise(FLOAT32)
    s = np.where(VISIBLE, noise.exact(A) * 3, -math.inf)
    with np.errstate(invalid="ignore"):  # as the oracle runs it
        e = np.exp(s - np.max(s, axis=-1, keepdims=True))
        y = e / np.sum(e, axis=-1, keepdims=True)
    for found in (e, y):
        assert np.isfinite(found.value).all()
        assert np.isfinite(found.spread).all()
        assert not found.value[~VISIBLE].any()
    np.testing.assert_allclose(y.value.sum(axis=-1), 1)


def test_a_nan_stays_where_it_is():
    x = Noise(FLOAT32).exact(np.array([np.nan, 1.0])) + 1
    np.testing.assert_array_equal(np.isnan(x.value), [True, False])
    assert np.isfinite(x.spread).all()


def test_the_largest_magnitude_is_remembered():
    noise = Noise(FLOAT32)
    np.exp(noise.exact(np.array([0.0, 80.0])))
    assert noise.peak >= math.exp(80)


def test_the_reference_of_an_operator_runs_on_it_as_it_is():
    noise = Noise(FLOAT32)
    x = noise.exact(A)
    y, (dx,) = reference.operator("softmax")(x), reference.vjp("softmax")(noise.exact(np.ones((2, 3))), x)
    np.testing.assert_allclose(y.value, reference.operator("softmax")(A))
    assert 1e-1 < np.median(y.spread / y.value) < 1e2
    np.testing.assert_allclose(dx.value, 0, atol=1e-15)


def test_what_overflows_float64_itself_says_nothing():
    square = np.array([[1e200]])
    inputs = [square, square, np.zeros(1)]
    for activation in ("identity", "tanh"):  # an infinity at the end, or one on the way
        answer = oracle.forward(
            declaration("perceptron"), inputs, {"activation": activation}, precision("float64"), {}
        )
        assert not answer.fair
    assert oracle.forward(declaration("tanh"), [square], {}, precision("float64"), {}).fair
