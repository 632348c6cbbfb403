"""Calls of every operator with every option, on random numbers, which the tests of the reference share."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from gradspec.conformance.exact.arrays import leaves as leaves

RNG = np.random.default_rng(20)
N, T, D, H, K, V, L, S, E, F, P = 3, 4, 2, 3, 5, 6, 3, 5, 4, 2, 4
LENGTHS = np.array([2, 4, 1])
MASK = np.array([[[True, False, True, True, False], [True] * 5, [True, False, False, False, False]]] * N)


@dataclass(frozen=True, eq=False)
class Case:
    """`inputs` hold real arrays, lists of them, and indices or masks, as the operator takes them."""

    operator: str
    inputs: tuple[Any, ...]
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        options = [k if isinstance(v, np.ndarray) else f"{k}={v}" for k, v in self.attributes.items()]
        return "-".join([self.operator, *options])


def real(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape)


ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu")
RECURRENT = (real(T, N, D), real(N, H))
RNN = (*RECURRENT, real(D, H), real(H, H), real(H))
LSTM = (*RECURRENT, real(N, H), real(D, 4 * H), real(H, 4 * H), real(4 * H))
ATTENTION = (real(N, L, E), real(N, S, E), real(N, S, F))
HEADS = (real(N, L, E), real(N, S, E), real(N, S, E), *(real(E, E) for _ in range(4)))
STEPS = (real(2, 3), real(P, 2, 3))

DIFFERENTIABLE = [
    *(Case(name, (real(2, 3),)) for name in ("sigmoid", "tanh", "relu", "softmax")),
    *(Case(name, (real(),)) for name in ("sigmoid", "tanh", "relu")),
    Case("softmax", (real(2, 1, 4),)),
    *(Case("perceptron", (real(N, D), real(D, H), real(H)), {"activation": g}) for g in ACTIVATIONS),
    *(
        Case(
            "mlp",
            (real(N, D), [real(D, H), real(H, K), real(K, 2)], [real(H), real(K), real(2)]),
            {"activation": g},
        )
        for g in ACTIVATIONS
    ),
    Case("mlp", (real(N, D), [real(D, H)], [real(H)]), {"activation": "relu"}),
    Case("mean_squared_error", (real(N, K), real(N, K))),
    Case("binary_cross_entropy", (4 * real(6), np.array([0, 1, 0.25, 0.5, 0.75, 1]))),
    Case("softmax_cross_entropy", (4 * real(N, K), np.array([4, 0, 4]))),
    Case("embedding", (real(V, D), np.array([[0, 5, 0], [0, 2, 2]]))),
    *(Case("rnn", RNN, {"activation": g}) for g in ACTIVATIONS),
    *(Case("rnn", RNN, {"activation": g, "lengths": LENGTHS}) for g in ACTIVATIONS),
    Case("rnn", (real(1, 1, 1), real(1, 1), real(1, 1), real(1, 1), real(1))),
    Case("lstm", LSTM),
    Case("lstm", LSTM, {"lengths": LENGTHS}),
    Case("scaled_dot_product_attention", ATTENTION),
    Case("scaled_dot_product_attention", ATTENTION, {"causal": True}),
    Case("scaled_dot_product_attention", ATTENTION, {"mask": MASK}),
    Case("scaled_dot_product_attention", ATTENTION, {"causal": True, "mask": MASK}),
    Case("scaled_dot_product_attention", ATTENTION, {"causal": True, "causal_convention": "bottom_right"}),
    Case("multi_head_attention", HEADS, {"heads": 1}),
    Case("multi_head_attention", HEADS, {"heads": 2, "causal": True}),
    Case("multi_head_attention", HEADS, {"heads": 4, "causal": True, "causal_convention": "bottom_right"}),
    Case("dropout", (real(2, 3), np.array([[True, False, True]] * 2)), {"rate": 0.25}),
]

RATES = {"learning_rate": 0.1, "epsilon": 1e-3}
OTHERS = [
    Case("random_dropout", (real(2, 3),), {"rate": 0.5}),
    Case("clip_by_value", (real(2, 3),), {"limit": 0.5}),
    *(Case("clip_by_global_norm", ([real(2, 3), real(4)],), {"max_norm": m}) for m in (0.5, 99.0)),
    Case("clip_by_global_norm", ([real(2, 3)],), {"max_norm": 0.5, "epsilon_convention": 1e-3}),
    Case("sgd", STEPS, {"learning_rate": 0.1}),
    Case("sgd", (real(), real(P)), {"learning_rate": 0.1}),
    Case("momentum", STEPS, {"learning_rate": 0.1, "momentum": 0.9}),
    *(Case("adagrad", STEPS, {**RATES, "epsilon_convention": e}) for e in ("outside", "inside")),
    *(
        Case("rmsprop", STEPS, {**RATES, "decay": 0.9, "epsilon_convention": e})
        for e in ("outside", "inside")
    ),
    Case("rmsprop", STEPS, {**RATES, "decay": 0.9, "initial_convention": 1.0}),
    Case("adadelta", STEPS, {**RATES, "decay": 0.9}),
    Case("adam", STEPS, {**RATES, "beta1": 0.9, "beta2": 0.999}),
    Case("adam", STEPS, {**RATES, "beta1": 0.9, "beta2": 0.999, "epsilon_convention": "before_correction"}),
    Case("adam", STEPS, {**RATES, "beta1": 0.9, "beta2": 0.999, "bias_correction_convention": False}),
]


def is_real(array: np.ndarray) -> bool:
    return array.dtype.kind not in "iub"


def mapped(function: Any, tree: Any) -> Any:
    """`tree` with `function` of every real array, indices and masks as they are."""
    if isinstance(tree, (tuple, list)):
        return type(tree)(mapped(function, branch) for branch in tree)
    return function(tree) if is_real(tree) else tree
