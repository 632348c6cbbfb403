"""Every chapter proves its lines, under the labels of the declarations; false variants are refused."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from false_variants import variants
from gradspec.spec import declaration, operators
from gradspec.spec.chapters import Chapter, Induction, Line, Unproved, chapter, chapters, proof
from gradspec.spec.chapters._proof import restated, rewritten
from gradspec.spec.kernel import Definition, KernelError, NotProved, Theorem, tensor

MISSION = {
    "perceptron", "linear_depth", "empirical_risk", "mean_squared_error", "binary_cross_entropy",
    "softmax_cross_entropy", "hidden_unit", "mlp", "gradient_descent", "mini_batch", "sgd", "momentum",
    "adagrad", "rmsprop", "adadelta", "adam", "dropout", "early_stopping", "one_hot", "embedding", "rnn",
    "backpropagation_through_time", "vanishing_gradients", "clip_by_value", "clip_by_global_norm", "lstm",
    "positional_encoding", "scaled_dot_product_attention", "multi_head_attention", "self_attention_block",
    "sigmoid", "tanh", "relu", "softmax", "learned_embedding", "sequence_loss", "lasting_gradients",
    "product_of_jacobians", "constant_error_carousel", "attention_scale", "self_attention",
    "cross_entropy_curvature", "adam_step",
}  # fmt: skip
TRUE_AFTER_ALL = {
    "dropout": {"law.outcomes": "y_dropped"},  # what is dropped is 0
    "mini_batch": {"law.definite": "transposed", "law.shuffled": "transposed"},  # a covariance is symmetric
}
"""Variants of a law that are true: those that mention this."""
each_chapter = pytest.mark.parametrize("name", chapters())


@cache
def proved(name: str) -> tuple[Chapter, list[Line]]:
    return chapter(name), proof(chapter(name))


def test_every_system_of_the_mission_has_a_chapter() -> None:
    assert set(chapters()) >= MISSION


def test_every_operator_has_a_chapter_or_is_covered_by_one() -> None:
    covered = {operator for name in chapters() for operator in chapter(name).covers}
    assert set(operators()) <= {*chapters(), *covered}


@each_chapter
def test_every_line_is_proved_and_its_label_is_its_own(name: str) -> None:
    found, lines = proved(name)
    assert found.name == name
    labels = [line.label for line in lines]
    assert len(set(labels)) == len(labels)
    assert all(label.startswith(f"{name}.") for label in labels)
    for line in lines:
        status = line.theorem.status
        assert (status == "assumed") == (line.kind == "hypothesis")
        assert (status == "definition") == (line.kind == "definition")


@pytest.mark.parametrize("name", [name for name in chapters() if name in operators()])
def test_every_label_of_the_declaration_is_a_line(name: str) -> None:
    labels = {line.label for line in proved(name)[1]}
    operator = declaration(name)
    assert {operator.label(part) for part in operator.equations} <= labels


@each_chapter
def test_every_law_and_hypothesis_says_what_it_means(name: str) -> None:
    found, _ = proved(name)
    assert all(said.about for said in (*found.laws, *found.hypotheses))


@each_chapter
def test_no_law_says_that_a_term_is_itself(name: str) -> None:
    """Such as one whose two sides SymPy made equal before the kernel saw them."""
    found, _ = proved(name)
    assert [law.name for law in found.laws if law.lhs == law.rhs] == []


@each_chapter
def test_every_chapter_has_references_with_their_year(name: str) -> None:
    found, _ = proved(name)
    own = declaration(name).references if name in operators() else ()
    references = (*own, *found.references)
    assert references
    assert all(re.search(r"\b(1[789]|20)\d\d\b", reference) for reference in references)


@each_chapter
def test_every_hypothesis_is_needed_somewhere(name: str) -> None:
    found, lines = proved(name)
    needed = {h for line in lines if line.kind != "hypothesis" for h in line.theorem.hypotheses}
    assert {f"{name}.{said.name}" for said in found.hypotheses} <= needed


@each_chapter
def test_no_false_variant_of_a_gradient_is_proved(name: str) -> None:
    found, lines = proved(name)
    known = by_part(name, lines)
    accepted = []
    for gradient in found.gradients:
        for slip, body in variants(gradient.body):
            try:
                rewritten(found, known, f"{name}.{gradient.tensor.title}", Definition(gradient.entry, body))
            except (NotProved, KernelError):
                continue
            accepted.append(f"{gradient.entry}: {slip}")
    assert accepted == []


def by_part(name: str, lines: list[Line]) -> dict[str, Theorem]:
    return {line.label.removeprefix(f"{name}."): line.theorem for line in lines}


@each_chapter
def test_no_false_variant_of_a_law_is_proved(name: str) -> None:
    found, lines = proved(name)
    known = by_part(name, lines)
    accepted = []
    for law in found.laws:
        for slip, wrong in _slips(law):
            try:
                restated(found, known, f"{name}.{law.name}", wrong)
            except (NotProved, KernelError):
                continue
            if TRUE_AFTER_ALL.get(name, {}).get(law.name, "nothing") not in slip:
                accepted.append(f"{law.name}: {slip}")
    assert accepted == []


def _slips(law: Any) -> list[tuple[str, Any]]:
    """The law with a slip on one side, but for those that leave it true, such as 0 = 2 · 0."""
    slips = [(f"right side {slip}", replace(law, rhs=rhs)) for slip, rhs in variants(law.rhs)]
    if law.rhs != 0 or isinstance(law, Induction):
        return slips
    whole = ("twice as much", "the other sign", "without the mean")
    left = [(s, lhs) for s, lhs in variants(law.lhs) if not s.startswith(whole)]
    return [*slips, *((f"left side {s}", replace(law, lhs=lhs)) for s, lhs in left)]


def test_an_unknown_chapter_is_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="no chapter 'gru'"):
        chapter("gru")


def test_a_gradient_that_the_system_lacks_is_named() -> None:
    found = chapter("softmax")
    entry = found.gradients[0].entry
    extra = replace(found.gradients[0], entry=tensor("dz", *entry.base.shape)[entry.indices])
    with pytest.raises(Unproved, match=r"softmax\.dz: the system has no such gradient"):
        proof(replace(found, gradients=(*found.gradients, extra)))
