"""What the contract does not admit is an error, never a value."""

from typing import Any

import numpy as np
import pytest
from cases import DIFFERENTIABLE, MASK, OTHERS, Case, leaves
from gradspec.reference import operator, vjp

ELEMENTWISE = ("sigmoid", "tanh", "relu", "softmax", "random_dropout", "clip_by_value", "clip_by_global_norm")
SHAPED = [c for c in (*DIFFERENTIABLE, *OTHERS) if c.operator not in ELEMENTWISE]


def misshapen(array: np.ndarray) -> list[np.ndarray]:
    """One entry more along each axis, one axis more, and one axis less."""
    longer = [
        np.concatenate([array, array[(slice(None),) * axis + (slice(1),)]], axis)
        for axis in range(array.ndim)
    ]
    return [*longer, array[None], *([array[0]] if array.ndim else [])]


@pytest.mark.parametrize("case", SHAPED, ids=lambda case: case.id)
def test_an_input_that_does_not_fit_is_refused(case: Case) -> None:
    for place, array in enumerate(case.inputs):
        if isinstance(array, list):
            broken_inputs: list[Any] = [[bad, *array[1:]] for bad in misshapen(array[0])]
        else:
            broken_inputs = misshapen(array)
        for axis, broken in enumerate(broken_inputs):
            inputs = (*case.inputs[:place], broken, *case.inputs[place + 1 :])
            if fits(case, place, axis):
                continue
            with pytest.raises((ValueError, IndexError), match=case.operator):
                operator(case.operator)(*inputs, **case.attributes)


def fits(case: Case, place: int, axis: int) -> bool:
    """Whether an input may be longer along this axis on its own."""
    free = {
        "perceptron": {(0, 0)},
        "mlp": {(0, 0)},
        "softmax_cross_entropy": {(0, 1)},
        "embedding": {(0, 0), (0, 1), (1, 0), (1, 1)},
        "rnn": {(0, 0)},
        "lstm": {(0, 0)},
        "scaled_dot_product_attention": {(0, 1), (2, 2)} if "mask" not in case.attributes else {(2, 2)},
        "multi_head_attention": {(0, 1)},
    }
    optimizer = case.operator in {c.operator for c in OTHERS}
    return (place, axis) in free.get(case.operator, set()) or (optimizer and (place, axis) == (1, 0))


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=lambda case: case.id)
def test_a_cotangent_that_does_not_fit_is_refused(case: Case) -> None:
    dy = [np.ones(np.shape(y)) for y in leaves(operator(case.operator)(*case.inputs, **case.attributes))]
    for place, array in enumerate(dy):
        for broken in misshapen(array):
            with pytest.raises(ValueError, match=case.operator):
                vjp(case.operator)(*dy[:place], broken, *dy[place + 1 :], *case.inputs, **case.attributes)


def given(name: str, **options: Any) -> tuple[Any, dict[str, Any]]:
    case = next(c for c in (*DIFFERENTIABLE, *OTHERS) if c.operator == name)
    return case.inputs, {**case.attributes, **options}


@pytest.mark.parametrize("bad", [-1, 5, 6])
def test_an_index_beyond_its_range_is_refused(bad: int) -> None:
    (logits, _), _ = given("softmax_cross_entropy")
    (table, _), _ = given("embedding")
    with pytest.raises(IndexError, match="0 … 4"):
        operator("softmax_cross_entropy")(logits, np.array([0, bad, 1]))
    with pytest.raises(IndexError, match="0 … 4"):
        vjp("softmax_cross_entropy")(np.ones(()), logits, np.array([0, bad, 1]))
    with pytest.raises(IndexError, match="0 … 4"):
        operator("embedding")(table[:5], np.array([[bad]]))
    with pytest.raises(IndexError, match="0 … 4"):
        vjp("embedding")(np.ones((1, 1, 2)), table[:5], np.array([[bad]]))
    with pytest.raises(IndexError, match="0 … 4"):
        operator("one_hot")(np.array([bad]), depth=5)


def test_indices_that_are_no_integers_are_refused() -> None:
    with pytest.raises(ValueError, match="integers"):
        operator("one_hot")(np.array([1.0]), depth=5)


@pytest.mark.parametrize("name", ["rnn", "lstm"])
@pytest.mark.parametrize("lengths", [[0, 1, 1], [1, 5, 1], [-1, 1, 1], [1, 1], [[1, 1, 1]]])
def test_lengths_outside_one_to_t_are_refused(name: str, lengths: Any) -> None:
    inputs, _ = given(name)
    with pytest.raises((ValueError, IndexError), match=name):
        operator(name)(*inputs, lengths=np.array(lengths))


OPTIONS = [
    ("dropout", {"rate": 1.0}),
    ("dropout", {"rate": -0.1}),
    ("dropout", {"rate": float("nan")}),
    ("random_dropout", {"rate": 1.0}),
    ("clip_by_value", {"limit": -1.0}),
    ("clip_by_global_norm", {"max_norm": 0.0}),
    ("multi_head_attention", {"heads": 3}),
    ("multi_head_attention", {"heads": 0}),
    ("perceptron", {"activation": "gelu"}),
    ("rnn", {"activation": "gelu"}),
    ("relu", {"nan_convention": "keep"}),
    ("adam", {"epsilon_convention": "inside"}),
    ("adagrad", {"epsilon_convention": "within"}),
    ("scaled_dot_product_attention", {"causal": True, "causal_convention": "left"}),
    ("scaled_dot_product_attention", {"mask": MASK & False}),
    ("scaled_dot_product_attention", {"mask": MASK[0]}),
    ("scaled_dot_product_attention", {"mask": MASK * 1.0}),
]


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_an_attribute_outside_its_domain_is_refused(name: str, options: dict[str, Any]) -> None:
    inputs, attributes = given(name, **options)
    with pytest.raises(ValueError, match="dropout" if name == "random_dropout" else name):
        operator(name)(*inputs, **attributes)


def test_a_query_that_bottom_right_leaves_no_key_is_refused() -> None:
    query, key, value = np.ones((1, 3, 2)), np.ones((1, 2, 2)), np.ones((1, 2, 2))
    with pytest.raises(ValueError, match="no key"):
        operator("scaled_dot_product_attention")(
            query, key, value, causal=True, causal_convention="bottom_right"
        )


def test_a_mean_over_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="mean_squared_error"):
        operator("mean_squared_error")(np.ones((0, 2)), np.ones((0, 2)))
    with pytest.raises(ValueError, match="softmax"):
        operator("softmax")(np.ones((2, 0)))


def test_empty_batches_are_admitted_where_the_contract_says_so() -> None:
    assert operator("sigmoid")(np.ones((0, 2))).shape == (0, 2)
    assert operator("softmax")(np.ones((0, 2))).shape == (0, 2)
    x, weight, bias = np.ones((0, 2)), np.ones((2, 3)), np.ones(3)
    dx, dweight, dbias = vjp("perceptron")(np.ones((0, 3)), x, weight, bias, activation="tanh")
    assert dx.shape == (0, 2)
    assert not dweight.any()
    assert not dbias.any()
    (dtable,) = vjp("embedding")(np.ones((2, 0, 3)), np.ones((4, 3)), np.ones((2, 0), np.int64))
    assert not dtable.any()
