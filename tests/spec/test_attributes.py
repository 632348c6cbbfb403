"""Every attribute has one domain, which holds all that is said of its values."""

import pytest
from gradspec.spec import Attribute, Operator, declaration, operators

DECLARED = [declaration(name) for name in operators()]


def admits(attribute: Attribute, value: object) -> bool:
    """Whether `value` lies in the domain of `attribute`."""
    if attribute.choices:
        return value in attribute.choices
    if attribute.array is not None:
        return value is None
    if attribute.whole and value != int(value):  # type: ignore[call-overload]
        return False
    low = -float("inf") if attribute.low is None else attribute.low
    high = float("inf") if attribute.high is None else attribute.high
    return bool(low <= value < high)  # type: ignore[operator]


@pytest.mark.parametrize("operator", DECLARED, ids=lambda operator: operator.name)
def test_every_attribute_has_one_domain_that_holds_its_default_and_examples(operator: Operator) -> None:
    for attribute in operator.attributes:
        kinds = (attribute.choices, attribute.array, attribute.size, attribute.divides, attribute.examples)
        assert sum(map(bool, kinds)) == 1, attribute.name
        values = attribute.examples if attribute.required else (*attribute.examples, attribute.default)
        assert [value for value in values if not admits(attribute, value)] == [], attribute.name


def test_only_these_attributes_have_a_default() -> None:
    defaults = {(o.name, a.name): a.default for o in DECLARED for a in o.attributes if not a.required}
    assert defaults == {
        ("rnn", "activation"): "tanh",
        ("rnn", "lengths"): None,
        ("lstm", "lengths"): None,
        ("scaled_dot_product_attention", "causal"): False,
        ("scaled_dot_product_attention", "mask"): None,
        ("multi_head_attention", "causal"): False,
    }
