"""A backend that declares a convention is held to it: it conforms, and without the word is refused."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from fault import Altered
from gradspec import reference
from gradspec.conformance import check

VARIANTS = [
    ("adam", "adam.epsilon", "epsilon_convention", "before_correction"),
    ("adam", "adam.bias_correction", "bias_correction_convention", False),
    ("rmsprop", "rmsprop.epsilon", "epsilon_convention", "inside"),
    ("rmsprop", "rmsprop.initial", "initial_convention", 1.0),
    ("adagrad", "adagrad.epsilon", "epsilon_convention", "inside"),
    ("adagrad", "adagrad.initial", "initial_convention", 0.1),
    ("clip_by_global_norm", "clip_by_global_norm.epsilon", "epsilon_convention", 1e-6),
    (
        "scaled_dot_product_attention",
        "scaled_dot_product_attention.causal",
        "causal_convention",
        "bottom_right",
    ),
    ("multi_head_attention", "scaled_dot_product_attention.causal", "causal_convention", "bottom_right"),
    ("relu", "relu.nan", "nan_convention", "zero"),
    ("positional_encoding", "positional_encoding.base", "base_convention", 500.0),
]


def _backend(operator: str, keyword: str, value: Any, conventions: dict[str, Any]) -> Altered:
    functions = {operator: partial(reference.operator(operator), **{keyword: value})}
    if operator.endswith("attention"):
        functions[f"{operator}_vjp"] = partial(reference.vjp(operator), **{keyword: value})
    backend = Altered(functions)
    backend.conventions = conventions
    return backend


@pytest.mark.parametrize(("operator", "key", "keyword", "value"), VARIANTS)
def test_a_declared_convention_conforms(operator: str, key: str, keyword: str, value: Any) -> None:
    report = check(_backend(operator, keyword, value, {key: value}), operators=[operator], examples=10)
    assert report.conforms, [r.message for r in report.results if r.status != "passed"]
    assert report.to_json()["conventions"] == {key: value}


@pytest.mark.parametrize(("operator", "key", "keyword", "value"), VARIANTS)
def test_the_same_backend_without_the_word_is_refused(
    operator: str, key: str, keyword: str, value: Any
) -> None:
    assert not check(_backend(operator, keyword, value, {}), operators=[operator], examples=10).conforms


def _treated(treatment: str) -> Any:
    def embedding(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
        rows = len(table)
        if treatment == "wrap_negative":
            indices = np.where(indices < 0, indices + rows, indices)
            return reference.operator("embedding")(table, indices)
        y = table[np.clip(indices, 0, rows - 1)]
        fill = {"clamp": None, "zero": 0.0, "nan": np.nan}[treatment]
        if fill is not None:
            y[(indices < 0) | (indices >= rows)] = fill
        return y

    return embedding


@pytest.mark.parametrize("treatment", ["wrap_negative", "clamp", "zero", "nan"])
def test_an_index_out_of_range_is_treated_as_declared(treatment: str) -> None:
    backend = Altered({"embedding": _treated(treatment)})
    assert not check(backend, operators=["embedding"], checks=["invalid_input"]).conforms
    backend.conventions = {"index.out_of_range": treatment}
    assert check(backend, operators=["embedding"], checks=["invalid_input"]).conforms
    backend.conventions = {"index.out_of_range": "clamp" if treatment != "clamp" else "zero"}
    assert not check(backend, operators=["embedding"], checks=["invalid_input"]).conforms
