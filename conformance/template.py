"""The adapter that `gradspec init` writes: it runs as it is, and says at each place what belongs there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..spec import Array, Operator

EXAMPLE = "sigmoid"
"""The operator that is filled in, to show how."""

_HEAD = '''\
"""An adapter for gradspec: what it calls to hold an implementation to the specification.

    gradspec check {file}

It runs as it is. {example} is filled in as an example: replace its body by a call of your own implementation.
Every other operator is commented out, and unsupported until you uncomment it; delete what you do not have.

Inputs come as NumPy arrays in the order of the signature, attributes as keywords. An attribute with a default
is passed only where it differs from it. Raise NotImplementedError for a combination you do not support.
"""

import numpy as np

name = "mybackend"
version = "0.1"
dtypes = ("float32", "float64")

# Where your arrays are not NumPy's, say how to convert them:
#
# def from_numpy(array):
#     return array
#
# def to_numpy(value):
#     return np.asarray(value)

# With automatic differentiation this hook takes the place of every *_vjp below. `function(*primals)` gives
# the output or a tuple of outputs; return just that, of this very run, and a gradient for each primal:
#
# def vjp(function, primals, cotangents):
#     return outputs, gradients

# Deviations that you know of, each with a reason (an operator, operator/check or operator/check/dtype):
#
# expected_failures = {{"embedding/invalid_input": "clamps, as documented"}}
{conventions}

# ----- {example}: {summary}
#
{facts}


def sigmoid(x):
    e = np.exp(-np.abs(x))  # never overflows
    return np.where(x >= 0, np.ones_like(e), e) / (1 + e)


def sigmoid_vjp(dy, x):
    return (dy * sigmoid(x) * sigmoid(-x),)  # a tuple: one gradient for each input
'''


def adapter(operators: Sequence[Operator], file: str) -> str:
    """The text of an adapter for `operators`, beside the worked example. `file` is what it will be called."""
    from ..spec import declaration

    example = declaration(EXAMPLE)
    head = _HEAD.format(
        file=file,
        example=example.name,
        summary=example.summary,
        facts=_commented(_facts(example)),
        conventions=_commented(_conventions(operators)),
    )
    rest = [_section(operator) for operator in operators if operator.name != EXAMPLE]
    return "\n".join([head, *rest])


def _conventions(operators: Sequence[Operator]) -> Iterator[str]:
    """How to declare each convention, with the default variant."""
    found = {c.key: c for operator in operators for c in operator.conventions}
    if not found:
        return
    yield ""
    yield "Where respected libraries differ, the variant that is yours (the first one is the default):"
    yield ""
    yield "conventions = {"
    for key, convention in found.items():
        variants = ", ".join(
            [*map(_literal, convention.values), *(["or a number"] if convention.number else [])]
        )
        yield f'    "{key}": {_literal(convention.default)},  # {variants}'
    yield "}"


def _section(operator: Operator) -> str:
    """Everything about one operator, commented out."""
    head = f"# ----- {operator.name}: {operator.summary}"
    return "\n".join(["", head, "#", _commented(_facts(operator)), "#", _stub(operator), ""])


def _facts(operator: Operator) -> Iterator[str]:
    for heading, arrays in (("takes", operator.inputs), ("returns", operator.outputs)):
        if arrays:
            yield f"{heading:<9} {', '.join(map(str, arrays))}"
    for attribute in operator.attributes:
        choices = f": {', '.join(map(_literal, attribute.choices))}" if attribute.choices else ""
        about = f": {attribute.about}" if attribute.about else ""
        yield f"attribute {attribute.name}{choices}{about}"
    yield from (f"  {said}" for said in operator.equations.values())


def _stub(operator: Operator) -> str:
    """The signatures of the operator and of its vjp, commented out."""
    keywords = [a.name if a.required else f"{a.name}={_literal(a.default)}" for a in operator.attributes]
    inputs = [a.name for a in operator.inputs]
    lines = _function(operator.name, inputs, keywords, _returned(operator.outputs))
    due = operator.differentiable_inputs
    if due:
        cotangents = [f"d{a.name}" for a in operator.outputs]
        gradients = _returned(due, "d") + ("," if len(due) == 1 else "")
        lines += ["", *_function(f"{operator.name}_vjp", [*cotangents, *inputs], keywords, f"({gradients})")]
    return _commented(lines)


def _function(name: str, taken: Sequence[str], keywords: Sequence[str], returned: str) -> list[str]:
    arguments = ", ".join([*taken, *(["*", *keywords] if keywords else [])])
    return [f"def {name}({arguments}):", f"    return {returned}"]


def _returned(arrays: Sequence[Array], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{a.name}" for a in arrays)


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _commented(lines: Iterable[str]) -> str:
    return "\n".join(f"# {line}".rstrip() for line in lines)
