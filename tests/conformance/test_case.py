"""Cases: small recipes, the same numbers every time, and together every size and layout there is."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from gradspec import reference
from gradspec.conformance import covering, edges, load
from gradspec.conformance.arguments import arguments
from gradspec.conformance.case import DRAWN, Case, passed, valid
from gradspec.conformance.counterexample import record, recorded
from gradspec.conformance.layouts import LAYOUTS
from gradspec.conformance.precision import precision
from gradspec.conformance.recipes import VALUES
from gradspec.conformance.strategies import draw
from gradspec.conformance.trial import Trial
from gradspec.spec import declaration, operators, shape_of

FLOAT64 = precision("float64")
SETS = (covering.values, covering.shapes, edges.extremes, lambda name: tuple(covering.exact(name)))
EVERY_OPERATOR = pytest.mark.parametrize("name", operators())


def everything(name: str) -> list[Case]:
    return [case for cases in SETS for case in cases(name)]


def flat(value):
    return [leaf for entry in value for leaf in flat(entry)] if isinstance(value, (list, tuple)) else [value]


def arrays(given):
    return [array for _, array in given.arrays()]


@EVERY_OPERATOR
def test_the_same_case_is_the_same_numbers(name):
    for case in (covering.base(declaration(name)), *draw(name, 5, 1)):
        once, again = (arguments(case, FLOAT64) for _ in range(2))
        for a, b in zip(arrays(once), arrays(again), strict=True):
            np.testing.assert_array_equal(a, b)
            assert isinstance(a, np.ndarray)
            assert a is not b


def test_a_seed_draws_the_same_cases_whatever_modules_are_loaded(tmp_path):
    (tmp_path / "full_of_constants.py").write_text(f"CONSTANTS = {[*range(100, 60_000, 60)]}")
    drawn = (
        "from gradspec.conformance.strategies import draw\n"
        "from gradspec.spec import operators\n"
        "print([draw(name, 20, 0) for name in operators()])"
    )
    alone, beside = (
        subprocess.run(
            [sys.executable, "-c", first + drawn], cwd=tmp_path, capture_output=True, check=True, text=True
        ).stdout
        for first in ("", "import full_of_constants\n")
    )
    assert alone.count("Case(") == 20 * len(operators())
    assert beside == alone


@EVERY_OPERATOR
def test_another_seed_is_other_numbers(name):
    case = covering.base(declaration(name))
    first, other = (arrays(arguments(replace(case, seed=seed), FLOAT64)) for seed in (0, 1))
    assert not first or any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("values", VALUES)
def test_every_value_is_representable_in_the_dtype(values, dtype):
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
    case = replace(covering.base(declaration("perceptron")), values=values, cotangent=100.0)
    with np.errstate(over="ignore"):
        given = arguments(case, precision(dtype))
    for array in arrays(given):
        assert array.dtype == precision(dtype).dtype


def test_a_coarse_case_is_the_same_numbers_in_float32_and_float64():
    case = replace(covering.base(declaration("lstm")), coarse=True)
    for single, double in zip(
        arrays(arguments(case, precision("float32"))), arrays(arguments(case, FLOAT64)), strict=True
    ):
        np.testing.assert_array_equal(single, double)


@EVERY_OPERATOR
def test_a_case_survives_json(name):
    for case in (*everything(name), *draw(name, 10, 3)):
        back = Case.from_json(json.loads(json.dumps(case.to_json(), allow_nan=False)))
        assert back == case
        assert back.key == case.key


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(), (1,), (4,), (3, 4), (2, 3, 4), (0, 3), (3, 0)])
def test_a_layout_keeps_shape_and_dtype_and_but_for_strides_of_0_the_values(layout, shape):
    plain = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    laid = LAYOUTS[layout](plain)
    assert (laid.shape, laid.dtype) == (shape, plain.dtype)
    first = plain[(0,) * plain.ndim] if plain.size else plain
    repeated = {"broadcast": plain[:1] if shape else plain, "expanded": first}.get(layout, plain)
    np.testing.assert_array_equal(laid, np.broadcast_to(repeated, shape) if plain.size else plain)
    np.testing.assert_array_equal(LAYOUTS[layout](laid), laid)


def test_each_layout_is_what_it_is_called():
    plain = np.arange(12.0).reshape(3, 4)
    assert not LAYOUTS["strided"](plain).flags.contiguous
    assert LAYOUTS["transposed"](plain).flags.f_contiguous
    assert not LAYOUTS["read-only"](plain).flags.writeable
    assert LAYOUTS["broadcast"](plain).strides[0] == 0
    assert LAYOUTS["reversed"](plain).strides[0] < 0


@EVERY_OPERATOR
def test_every_covering_case_is_admitted_and_runs_on_the_reference(name):
    operator = declaration(name)
    for case in everything(name):
        assert valid(case, {}), case
        given = arguments(case, FLOAT64)
        with np.errstate(all="ignore"):
            outputs = flat(reference.operator(name)(*given.inputs, **given.attributes))
            gradients = []
            if operator.differentiable_inputs:
                call = (*given.cotangents, *given.inputs)
                gradients = flat(reference.vjp(name)(*call, **given.attributes))
        if not operator.outputs[0].many:
            assert [y.shape for y in outputs] == [shape_of(a, case.sizes) for a in operator.outputs], case
        due = [x for a, x in zip(operator.inputs, given.inputs, strict=True) if a.differentiable]
        if operator.differentiable_inputs:
            assert [g.shape for g in gradients] == [x.shape for x in flat(due)], case


@EVERY_OPERATOR
def test_no_set_is_empty_by_mistake_or_says_a_thing_twice(name):
    assert covering.values(name)
    assert covering.shapes(name)
    for cases in SETS[:3]:
        keys = [case.key for case in cases(name)]
        assert len(set(keys)) == len(keys)


@EVERY_OPERATOR
def test_the_sizes_of_the_base_all_differ(name):
    sizes = [size for size in covering.base(declaration(name)).sizes.values() if isinstance(size, int)]
    assert len(set(sizes)) == len(sizes)
    assert all(size > 1 for size in sizes)


@EVERY_OPERATOR
def test_every_size_occurs_at_its_least_and_long(name):
    operator = declaration(name)
    empty = {d.name for d in operator.may_be_empty}
    cases = covering.shapes(name)
    for dim, size in covering.base(operator).sizes.items():
        seen = {case.sizes[dim] for case in cases}
        if isinstance(size, int):
            assert {1, *([0] if dim in empty else [])} <= seen
            assert max(seen) > size
        elif dim in operator.chains:
            assert any(min(chain) == 1 for chain in seen)
            assert {2, 3} <= {len(chain) for chain in seen}
        else:
            lengths = [axis for shape in seen for axis in flat(shape)]
            assert {1, *([0] if dim in empty else [])} <= set(lengths)
            assert () in [entry for shape in seen for entry in (shape, *shape)]


@EVERY_OPERATOR
def test_every_layout_occurs(name):
    layouts = {case.layout for case in covering.shapes(name)}
    assert layouts == (set(LAYOUTS) if declaration(name).inputs else {"plain"})


@EVERY_OPERATOR
def test_every_attribute_takes_every_one_of_its_choices(name):
    for attribute in declaration(name).attributes:
        seen = [case.attributes.get(attribute.name) for case in covering.values(name)]
        assert all(choice in seen for choice in attribute.choices)
        assert attribute.array is None or {None, DRAWN} <= set(seen)


@pytest.mark.parametrize("discrete", ["any", "same", "distinct", "boundary", "sorted"])
def test_indices_and_lengths_lie_in_their_domain(discrete):
    for name, low in (("embedding", 0), ("lstm", 1)):
        start = covering.base(declaration(name))
        attributes = {"lengths": DRAWN} if name == "lstm" else {}
        for seed in range(20):
            given = arguments(replace(start, discrete=discrete, attributes=attributes, seed=seed), FLOAT64)
            drawn = given.attributes["lengths"] if name == "lstm" else given.inputs[1]
            high = start.sizes["T"] if name == "lstm" else start.sizes["V"] - 1
            assert low <= drawn.min() <= drawn.max() <= high
            assert discrete != "same" or len(set(drawn.ravel())) == 1


def test_every_query_sees_a_key():
    start = covering.base(declaration("scaled_dot_product_attention"))
    for causal in (False, True):
        for seed in range(20):
            attributes = {"causal": causal, "mask": DRAWN}
            mask = arguments(replace(start, attributes=attributes, seed=seed), FLOAT64).attributes["mask"]
            assert (np.tril(mask) if causal else mask).any(axis=-1).all()


def test_attributes_at_their_default_are_not_passed():
    operator = declaration("rnn")
    assert passed(operator, {"activation": "tanh", "lengths": None}) == {}
    assert passed(operator, {"activation": "relu", "lengths": None}) == {"activation": "relu"}
    assert set(passed(operator, {"activation": "tanh", "lengths": np.ones(2, int)})) == {"lengths"}


def test_what_the_contract_does_not_admit_is_not_valid():
    heads, embedding = (
        covering.base(declaration("multi_head_attention")),
        covering.base(declaration("embedding")),
    )
    assert not valid(replace(heads, attributes={**heads.attributes, "heads": 4}), {})
    assert not valid(replace(embedding, sizes={**embedding.sizes, "V": 0}), {})
    assert valid(replace(embedding, sizes={**embedding.sizes, "N": 0}), {})


def test_a_causal_mask_that_hides_every_key_is_not_valid():
    start = covering.base(declaration("scaled_dot_product_attention"))
    longer = replace(
        start, attributes={**start.attributes, "causal": True}, sizes={**start.sizes, "L": 9, "S": 2}
    )
    assert valid(longer, {})
    assert not valid(longer, {"scaled_dot_product_attention.causal": "bottom_right"})


@EVERY_OPERATOR
def test_draws_are_reproducible_and_admitted(name):
    drawn = draw(name, 15, 7)
    assert drawn == draw(name, 15, 7)
    assert 1 <= len(drawn) <= 15
    for case in drawn:
        assert valid(case, {}), case
        arguments(case, FLOAT64)


def test_other_seeds_draw_other_cases():
    assert draw("lstm", 15, 7) != draw("lstm", 15, 8)
    assert draw("lstm", 0, 7) == []


def test_crossed_arrays_lie_in_two_orders_and_those_of_one_buffer_have_one_base():
    start = replace(covering.base(declaration("perceptron")), sizes={"N": 3, "D": 3, "H": 3})
    crossed = arguments(replace(start, layout="crossed"), precision("float64"))
    assert [a.flags.c_contiguous for a in (*crossed.inputs[:2], *crossed.cotangents)] == [True, False, False]
    shared = arguments(replace(start, layout="one buffer"), precision("float64"))
    assert len({id(a.base) for a in (*shared.inputs, *shared.cotangents)}) == 1
    assert not any(np.shares_memory(a, b) for a, b in combinations((*shared.inputs, *shared.cotangents), 2))
    plain = arguments(start, precision("float64"))
    for given in (crossed, shared):
        for (_, a), (_, b) in zip(given.arrays(), plain.arrays(), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_recorded_case_lies_in_memory_as_it_did(layout):
    case = replace(covering.base(declaration("mlp")), layout=layout)
    trial = Trial(load("numpy"), case, precision("float64"))
    _, again = recorded(record(trial))
    for (_, a), (_, b) in zip(trial.arguments.arrays(), again.arrays(), strict=True):
        assert (a.strides, a.flags.writeable) == (b.strides, b.flags.writeable)
    bases = [[id(x.base) for _, x in given.arrays()] for given in (trial.arguments, again)]
    assert all((a == b) == (c == d) for (a, c), (b, d) in combinations(zip(*bases, strict=True), 2))


def test_sparse_cotangents_are_zero_for_every_second_example_or_step():
    start = replace(covering.base(declaration("softmax")), values="sparse")
    for seed, axis in ((8, 0), (9, 1)):
        (dy,) = arguments(replace(start, seed=seed), precision("float64")).cotangents
        assert [bool(np.any(d)) for d in np.moveaxis(dy, axis, 0)] == [
            i % 2 == 0 for i in range(dy.shape[axis])
        ]
