"""Where libraries differ, the declarations name the contract's variants, and who has which."""

from gradspec.spec import declaration, operators

CONVENTIONS = {
    "adam.epsilon": ("after_correction", "before_correction"),
    "adam.bias_correction": (True, False),
    "rmsprop.epsilon": ("outside", "inside"),
    "adagrad.epsilon": ("outside", "inside"),
    "rmsprop.initial": (0.0,),
    "adagrad.initial": (0.0,),
    "clip_by_global_norm.epsilon": (0.0,),
    "scaled_dot_product_attention.causal": ("top_left", "bottom_right"),
    "index.out_of_range": ("error", "wrap_negative", "clamp", "zero", "nan"),
    "relu.nan": ("propagate", "zero"),
    "positional_encoding.base": (10000.0,),  # joined later
}

DECLARED = [declaration(name) for name in operators()]
NAMED = [convention for operator in DECLARED for convention in operator.conventions]


def test_conventions_are_those_of_the_contract_with_the_default_first() -> None:
    assert {convention.key: convention.values for convention in NAMED} == CONVENTIONS
    assert all(convention.default == CONVENTIONS[convention.key][0] for convention in NAMED)


def test_only_starting_values_norms_and_bases_admit_any_number() -> None:
    numbers = {convention.key for convention in NAMED if convention.number}
    assert numbers == {
        "rmsprop.initial",
        "adagrad.initial",
        "clip_by_global_norm.epsilon",
        "positional_encoding.base",
    }


def test_conventions_say_who_does_which_with_the_default_first() -> None:
    for convention in NAMED:
        variants = [str(value) for value in convention.values]
        named = list(convention.used_by)
        assert named[: len(variants)] == variants, convention.key
        assert convention.number or named == variants, convention.key
        assert not convention.number or list(map(float, named)), convention.key


def test_every_operator_with_an_index_says_what_an_index_out_of_range_gives() -> None:
    with_index = {o.name for o in DECLARED if any(array.kind == "index" for array in o.inputs)}
    with_convention = {o.name for o in DECLARED if any(c.key == "index.out_of_range" for c in o.conventions)}
    assert with_convention == with_index == {"embedding", "one_hot", "softmax_cross_entropy"}
