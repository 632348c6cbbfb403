"""On which shapes, attributes and kinds of number each operator is held to its chapter, as data.

Residues of one field bear any nesting of exp; where a chapter needs exp(x + y) = exp(x) exp(y), there is a
tower; where it needs a logarithm, a small one. Fractions have the order that residues lack. Balls have what
remains: sin, cos, powers and tails. A width under a root is a square, so that the root is exact.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .setting import DRAWN, Kind, Setting

ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu")
ANY = {"...": (2, 3), "I": 6}
ONE_STEP = {"...": (), "I": 1, "P": 1}
STEPS = {**ANY, "P": 4}
RECURRENT = {"T": 20, "N": 2, "D": 8, "H": 16}
PADDED = {"T": 4, "N": 3, "D": 2, "H": 3}
SMALL_LAYER = {"N": 2, "D": 3, "H": 2, "K": 1}
ATTENTION = {"N": 2, "L": 3, "S": 5, "E": 4, "F": 2}
TWO_HEADS = {"N": 2, "L": 3, "S": 5, "E": 8, "A": 2, "W": 4}
FOUR_HEADS = {"N": 2, "L": 3, "S": 5, "E": 16, "A": 4, "W": 4}
TWO_ARRAYS = {"...": ((2, 3), (4,)), "I": 10}


def _both(kind: Kind, **rest: Any) -> tuple[Setting, ...]:
    """The two gradients against each other, and the chapter's against the reference's own forward."""
    return Setting(kind=kind, **rest), Setting(kind=kind, dual=True, **rest)


def _each(name: str, values: tuple[Any, ...], kind: Kind, **rest: Any) -> tuple[Setting, ...]:
    return tuple(Setting(kind=kind, attributes={name: value}, **rest) for value in values)


def _optimizer(*names: str, roots: bool = True) -> tuple[Setting, ...]:
    rates = dict.fromkeys(names, DRAWN)
    return (
        Setting(kind="one field", sizes=STEPS, attributes=rates, apart="..." if roots else ""),
        Setting(kind="balls", sizes=STEPS, attributes=rates),
        Setting(kind="balls", sizes=ONE_STEP, attributes=rates),
    )


SETTINGS: dict[str, tuple[Setting, ...]] = {
    "sigmoid": (*_both("one field", sizes=ANY), Setting(kind="balls", sizes=ANY, scale=50)),
    "tanh": (*_both("tower", sizes=ANY), Setting(kind="balls", sizes=ANY, scale=50)),
    "relu": (*_both("one field", sizes=ANY), Setting(kind="fractions", sizes={"...": (4, 6), "I": 24})),
    "softmax": (
        *_both("tower", sizes={"...": (2, 3), "K": 4, "M": 6}),
        Setting(kind="balls", sizes={"...": (2,), "K": 4, "M": 2}, scale=50),
    ),
    "perceptron": (
        *_each("activation", ACTIVATIONS, "one field", sizes={"N": 3, "D": 8, "H": 16, "K": 1}),
        *_each("activation", ACTIVATIONS, "one field", sizes=SMALL_LAYER, dual=True),
        *_each("activation", ACTIVATIONS, "balls", sizes=SMALL_LAYER, scale=9),
    ),
    "mlp": (
        *_each("activation", ACTIVATIONS, "one field", sizes={"N": 5, "D": (4, 8, 6, 3), "L": 3}),
        *_each("activation", ACTIVATIONS, "one field", sizes={"N": 2, "D": (2, 4, 3, 1), "L": 3}, dual=True),
        *_each("activation", ("sigmoid",), "balls", sizes={"N": 3, "D": (2, 4, 3), "L": 2}),
    ),
    "mean_squared_error": (
        *_both("one field", sizes={"N": 4, "K": 3}),
        Setting(kind="balls", sizes={"N": 4, "K": 3}, scale=50),
    ),
    "binary_cross_entropy": (
        *_both("logarithms", sizes={"N": 6}, apart="N"),
        Setting(kind="balls", sizes={"N": 12}, scale=50),
    ),
    "softmax_cross_entropy": (
        *_both("logarithms", sizes={"N": 6, "K": 5}, apart="N"),
        Setting(kind="balls", sizes={"N": 4, "K": 5}, scale=50),
    ),
    "one_hot": (
        Setting(kind="fractions", sizes={"...": (2, 3), "N": 6, "depth": 4}, attributes={"depth": 4}),
    ),
    "embedding": (
        *_both("one field", sizes={"V": 5, "D": 3, "N": 4, "T": 4}),
        Setting(kind="balls", sizes={"V": 5, "D": 3, "N": 2, "T": 2}),
    ),
    "rnn": (
        *_each("activation", ACTIVATIONS, "one field", sizes=RECURRENT),
        *(
            setting
            for g in ACTIVATIONS
            for setting in _both("one field", sizes=PADDED, attributes={"activation": g, "lengths": DRAWN})
        ),
        Setting(kind="balls", sizes=PADDED, attributes={"lengths": DRAWN}),
    ),
    "lstm": (
        Setting(kind="one field", sizes=RECURRENT),
        *_both("one field", sizes=PADDED, attributes={"lengths": DRAWN}),
        Setting(kind="balls", sizes=PADDED, attributes={"lengths": DRAWN}),
    ),
    "scaled_dot_product_attention": (
        *_each("causal", (False, True), "tower", sizes={"N": 1, "L": 16, "S": 16, "E": 16, "F": 16}),
        *_both("tower", sizes=ATTENTION, attributes={"mask": DRAWN}),
        *_both("tower", sizes=ATTENTION, attributes={"causal": True, "mask": DRAWN}),
        Setting(kind="balls", sizes=ATTENTION, attributes={"causal": True, "mask": DRAWN}, scale=9),
    ),
    "multi_head_attention": (
        Setting(kind="tower", sizes=FOUR_HEADS, attributes={"heads": 4}),
        *_both("tower", sizes=TWO_HEADS, attributes={"heads": 2, "causal": True}),
        Setting(kind="balls", sizes=TWO_HEADS, attributes={"heads": 2}, scale=3),
    ),
    "positional_encoding": tuple(
        Setting(
            kind="balls",
            sizes={"P": 7, "M": (width + 1) // 2, "length": 7, "width": width},
            attributes={"length": 7, "width": width, "base_convention": Fraction(10000)},
        )
        for width in (1, 2, 16)  # the reference divides by the width, which is exact in floats here
    ),
    "dropout": (
        *_both("one field", sizes=ANY, attributes={"rate": DRAWN}),
        Setting(kind="balls", sizes=ANY, attributes={"rate": DRAWN}, scale=50),
    ),
    "clip_by_value": (
        Setting(kind="fractions", sizes=ANY, attributes={"limit": Fraction(7, 2)}),
        Setting(kind="balls", sizes=ANY, attributes={"limit": Fraction(7, 2)}, scale=9),
    ),
    "clip_by_global_norm": (
        *(
            Setting(kind="one field", sizes=TWO_ARRAYS, attributes={"max_norm": DRAWN}, seed=seed)
            for seed in range(1, 5)  # either side of the norm
        ),
        *_each("max_norm", (Fraction(1, 2), Fraction(99)), "balls", sizes=TWO_ARRAYS),
        Setting(kind="balls", sizes=TWO_ARRAYS, attributes={"max_norm": Fraction(1)}, scale=0),
    ),
    "early_stopping": tuple(
        Setting(
            kind="fractions", sizes={"P": 9}, attributes={"patience": patience, "min_delta": least}, seed=seed
        )
        for patience in (1, 2, 3, 9)
        for least in (0, Fraction(1, 2), Fraction(7, 2))
        for seed in range(1, 4)
    ),
    "sgd": _optimizer("learning_rate", roots=False),
    "momentum": _optimizer("learning_rate", "momentum", roots=False),
    "adagrad": _optimizer("learning_rate", "epsilon"),
    "rmsprop": _optimizer("learning_rate", "decay", "epsilon"),
    "adadelta": _optimizer("learning_rate", "decay", "epsilon"),
    "adam": _optimizer("learning_rate", "beta1", "beta2", "epsilon"),
}
