"""A shape in letters becomes a shape in numbers."""

import pytest
from gradspec.spec import ANY, Array, Dim, Size, count_of, declaration, dims, shape_of

N, D, H = dims("N D H")

CHAIN: dict[str, Size] = {"N": 2, "D": (3, 5, 4)}


def test_names_become_dims() -> None:
    assert dims("N D H") == (Dim("N"), Dim("D"), Dim("H"))


def test_a_dim_reads_as_in_the_contract() -> None:
    assert [str(dim) for dim in (N, 4 * H, D.first, D.each, D.next, D.last, ANY)] == [
        "N",
        "4H",
        "D0",
        "Di",
        "Di+1",
        "Dn",
        "...",
    ]


def test_multiples_multiply() -> None:
    assert 2 * (4 * H) == 8 * H


def test_letters_become_numbers() -> None:
    assert shape_of(Array("weight_h", (H, 4 * H)), {"H": 3}) == (3, 12)


def test_a_scalar_has_no_shape() -> None:
    assert shape_of(Array("loss", ()), {}) == ()


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_any_shape_stands_for_zero_or_more_axes(shape: tuple[int, ...]) -> None:
    assert shape_of(Array("x", (ANY, H)), {"...": shape, "H": 4}) == (*shape, 4)
    assert shape_of(Array("x", (H, ANY)), {"...": shape, "H": 4}) == (4, *shape)


def test_a_chain_of_sizes_gives_the_shape_of_each_layer() -> None:
    weights, biases = declaration("mlp").inputs[1:]
    assert count_of(weights, CHAIN) == count_of(biases, CHAIN) == 2
    assert [shape_of(weights, CHAIN, i) for i in range(2)] == [(3, 5), (5, 4)]
    assert [shape_of(biases, CHAIN, i) for i in range(2)] == [(5,), (4,)]


def test_a_chain_begins_at_the_input_and_ends_at_the_output() -> None:
    mlp = declaration("mlp")
    assert shape_of(mlp.inputs[0], CHAIN) == (2, 3)
    assert shape_of(mlp.outputs[0], CHAIN) == (2, 4)
    assert mlp.chains == ("D",)


def test_a_list_of_any_shapes_has_one_array_for_each() -> None:
    (gradients,) = declaration("clip_by_global_norm").inputs
    sizes: dict[str, Size] = {"...": ((2, 3), (), (4,))}
    assert count_of(gradients, sizes) == 3
    assert [shape_of(gradients, sizes, i) for i in range(3)] == [(2, 3), (), (4,)]


def test_an_array_that_is_no_list_counts_as_one() -> None:
    assert count_of(Array("x", (ANY,)), {"...": (2, 3)}) == 1


def test_the_sizes_to_choose_come_in_order_of_appearance() -> None:
    assert declaration("lstm").dims == ("T", "N", "D", "H")
    assert declaration("one_hot").dims == ("...", "depth")
    assert declaration("positional_encoding").dims == ("length", "width")
    assert declaration("embedding").dims == ("V", "D", "N", "T")


@pytest.mark.parametrize(("kind", "dtype"), [("index", "int64"), ("lengths", "int64"), ("mask", "bool")])
def test_what_is_not_real_has_its_own_dtype_and_no_gradient(kind: str, dtype: str) -> None:
    array = Array("a", (N,), kind)  # type: ignore[arg-type]
    assert array.dtype == dtype
    assert not array.differentiable


def test_what_is_real_has_the_dtype_of_the_call_and_a_gradient() -> None:
    array = Array("x", (N,))
    assert array.dtype is None
    assert array.differentiable
