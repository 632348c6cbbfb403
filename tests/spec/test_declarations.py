"""Every operator of the contract is declared, and every declaration is complete and consistent."""

import re

import pytest
from gradspec.spec import Operator, declaration, operators

CONTRACT = {
    *("sigmoid", "tanh", "relu", "softmax", "perceptron", "mlp"),
    *("mean_squared_error", "binary_cross_entropy", "softmax_cross_entropy"),
    *("one_hot", "embedding", "rnn", "lstm", "scaled_dot_product_attention", "multi_head_attention"),
    *("positional_encoding", "dropout", "random_dropout", "clip_by_value", "clip_by_global_norm"),
    *("sgd", "momentum", "adagrad", "rmsprop", "adadelta", "adam", "early_stopping"),
}

SIGNATURES = """
    tanh(x[...]) → y[...]
    softmax(x[..., K]) → y[..., K]
    perceptron(x[N, D], weight[D, H], bias[H], *, activation) → y[N, H]
    mlp(x[N, D0], weights: list of [Di, Di+1], biases: list of [Di+1], *, activation) → y[N, Dn]
    softmax_cross_entropy(logits[N, K], labels int[N]) → loss[]
    one_hot(indices int[...], *, depth) → y[..., depth]
    embedding(table[V, D], indices int[N, T]) → y[N, T, D]
    positional_encoding(*, length, width) → y[length, width]
    dropout(x[...], keep bool[...], *, rate) → y[...]
    clip_by_global_norm(gradients: list of [...], *, max_norm) → clipped: list of [...]
    adam(parameter[...], gradients[P, ...], *, learning_rate, beta1, beta2, epsilon) → parameters[P, ...]
""".strip().splitlines()

MAY_BE_EMPTY = {
    "sigmoid": {"..."},
    "tanh": {"..."},
    "relu": {"..."},
    "softmax": {"..."},
    "perceptron": {"N"},
    "embedding": {"N", "T"},
}

DECLARED = [declaration(name) for name in operators()]

each_operator = pytest.mark.parametrize("operator", DECLARED, ids=lambda operator: operator.name)


def test_the_operators_are_those_of_the_contract() -> None:
    assert operators() == tuple(sorted(CONTRACT))


def test_an_unknown_operator_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(LookupError, match="embedding"):
        declaration("convolution")


@pytest.mark.parametrize("signature", [line.strip() for line in SIGNATURES])
def test_signatures_are_those_of_the_contract(signature: str) -> None:
    assert declaration(signature.partition("(")[0]).signature() == signature


@each_operator
def test_every_output_and_every_gradient_has_its_equation(operator: Operator) -> None:
    needed = [array.name for array in operator.outputs]
    needed += [f"d{array.name}" for array in operator.differentiable_inputs]
    assert [name for name in needed if name not in operator.equations] == []


@each_operator
def test_an_equation_says_what_its_label_says(operator: Operator) -> None:
    """The equation of output `h` and that of gradient `dx` begin with that letter."""
    stated = {array.name for array in operator.outputs}
    stated |= {f"d{array.name}" for array in operator.differentiable_inputs}
    assert [part for part in stated if not operator.equations[part].startswith(part)] == []


def test_labels_are_unique() -> None:
    labels = [operator.label(part) for operator in DECLARED for part in operator.equations]
    assert len(labels) == len(set(labels))


def test_a_label_without_an_equation_is_an_error() -> None:
    with pytest.raises(KeyError, match="dkeys"):
        declaration("multi_head_attention").label("dkeys")


@each_operator
def test_names_are_unique_within_an_operator(operator: Operator) -> None:
    names = [*(array.name for array in operator.inputs), *(a.name for a in operator.attributes)]
    assert len(names) == len(set(names))


@each_operator
def test_every_dim_that_is_used_is_bound_by_an_input_or_a_size(operator: Operator) -> None:
    bound = {dim.name for array in operator.inputs for dim in array.shape}
    bound |= {a.size.name for a in operator.attributes if a.size}
    arrays = (*operator.inputs, *operator.outputs, *(a.array for a in operator.attributes if a.array))
    used = {dim.name for array in arrays for dim in array.shape}
    used |= {array.below.name for array in arrays if array.below}
    used |= {a.divides.name for a in operator.attributes if a.divides}
    assert used | {dim.name for dim in operator.may_be_empty} <= bound


@each_operator
def test_indices_and_lengths_say_what_they_are_below(operator: Operator) -> None:
    arrays = (*operator.inputs, *(a.array for a in operator.attributes if a.array))
    assert all((array.below is not None) == (array.kind in ("index", "lengths")) for array in arrays)


def test_an_index_names_a_row_of_what_it_looks_up() -> None:
    below = {o.name: array.below for o in DECLARED for array in o.inputs if array.kind == "index"}
    assert {name: str(dim) for name, dim in below.items()} == {
        "embedding": "V",
        "one_hot": "depth",
        "softmax_cross_entropy": "K",
    }


@each_operator
def test_sizes_may_be_empty_only_where_the_contract_says_so(operator: Operator) -> None:
    assert {dim.name for dim in operator.may_be_empty} == MAY_BE_EMPTY.get(operator.name, set())


def test_only_random_dropout_draws_its_own_randomness() -> None:
    assert [operator.name for operator in DECLARED if operator.random] == ["random_dropout"]


def test_what_has_a_gradient_is_what_the_contract_says() -> None:
    without = {operator.name for operator in DECLARED if not operator.differentiable}
    optimizers = {"sgd", "momentum", "adagrad", "rmsprop", "adadelta", "adam"}
    clips = {"clip_by_value", "clip_by_global_norm"}
    assert without == {"one_hot", "positional_encoding", "early_stopping", *clips, *optimizers}
    inputs = declaration("binary_cross_entropy").differentiable_inputs
    assert [array.name for array in inputs] == ["logits"]


@each_operator
def test_operators_with_relu_say_where_they_are_not_smooth(operator: Operator) -> None:
    has_relu = operator.name == "relu" or any("relu" in a.choices for a in operator.attributes)
    assert bool(operator.not_smooth) == has_relu


@each_operator
def test_every_operator_has_a_summary_a_pitfall_and_references_with_their_year(operator: Operator) -> None:
    assert operator.summary
    assert operator.pitfalls
    assert operator.references
    assert all(re.search(r"\b(1[89]|20)\d\d\b", reference) for reference in operator.references)
