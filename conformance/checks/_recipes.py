"""The training runs: small networks with their chain rule written out, on any operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..program import Calls

STEPS = 4

Loss = Any
Gradients = list[Any]
Step = Callable[[Calls, list[Any]], tuple[Loss, Gradients]]
"""The loss at these parameters, and its gradient with respect to each."""


@dataclass(frozen=True)
class Recipe:
    """A training run: `start` draws data and parameters, returns the step; `optimizer` moves them."""

    about: str
    start: Callable[[Calls, np.random.Generator], tuple[list[Any], Step]]
    needs: tuple[str, ...]
    optimizer: str = "sgd"
    attributes: Mapping[str, Any] | None = None
    max_norm: float | None = None

    def run(self, calls: Calls, seed: int) -> list[Loss]:
        """The loss before the first step and after each."""
        start, step = self.start(calls, np.random.default_rng([seed, 7]))
        parameters = start
        history: list[Gradients] = []
        losses = []
        for _ in range(STEPS):
            loss, gradients = step(calls, parameters)
            losses.append(loss)
            if self.max_norm is not None:
                gradients = calls.forward("clip_by_global_norm", gradients, max_norm=self.max_norm)
            history.append(gradients)
            # An optimizer takes all gradients from fresh state, so each step replays those before it.
            parameters = [
                calls.forward(self.optimizer, p, np.stack([g[i] for g in history]), **self._settings)[-1]
                for i, p in enumerate(start)
            ]
        losses.append(step(calls, parameters)[0])
        return losses

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self.attributes or {"learning_rate": 0.5}


def _weights(calls: Calls, rng: np.random.Generator, *shapes: tuple[int, ...]) -> list[Any]:
    return [_data(calls, rng.standard_normal(shape) / np.sqrt(shape[0])) for shape in shapes]


def _data(calls: Calls, values: np.ndarray) -> Any:
    """Values of float32 in every dtype, so that one run of the reference serves them all."""
    return calls.constant(values.astype(np.float32))


def _classify(
    calls: Calls, features: Any, weight: Any, bias: Any, labels: Any
) -> tuple[Loss, tuple[Any, ...]]:
    """Softmax regression on features[N,D]: the loss, and the gradients of features, weight and bias."""
    logits = calls.forward("perceptron", features, weight, bias, activation="identity")
    loss = calls.forward("softmax_cross_entropy", logits, labels)
    (dlogits,) = calls.vjp("softmax_cross_entropy", [calls.constant(1.0)], logits, labels)
    return loss, calls.vjp("perceptron", [dlogits], features, weight, bias, activation="identity")


def _softmax_regression(calls: Calls, rng: np.random.Generator) -> tuple[list[Any], Step]:
    x, labels = _data(calls, rng.standard_normal((8, 5))), rng.integers(0, 3, 8)

    def step(calls: Calls, p: list[Any]) -> tuple[Loss, Gradients]:
        loss, (_, dweight, dbias) = _classify(calls, x, p[0], p[1], labels)
        return loss, [dweight, dbias]

    return _weights(calls, rng, (5, 3), (3,)), step


def _logistic_regression(calls: Calls, rng: np.random.Generator) -> tuple[list[Any], Step]:
    x, target = _data(calls, rng.standard_normal((8, 5))), _data(calls, rng.integers(0, 2, 8).astype(float))

    def step(calls: Calls, p: list[Any]) -> tuple[Loss, Gradients]:
        logits = calls.forward("perceptron", x, p[0], p[1], activation="identity")
        loss = calls.forward("binary_cross_entropy", logits[:, 0], target)
        (dlogits,) = calls.vjp("binary_cross_entropy", [calls.constant(1.0)], logits[:, 0], target)
        dz = dlogits[:, None]
        _, dweight, dbias = calls.vjp("perceptron", [dz], x, p[0], p[1], activation="identity")
        return loss, [dweight, dbias]

    return _weights(calls, rng, (5, 1), (1,)), step


def _regression(calls: Calls, rng: np.random.Generator) -> tuple[list[Any], Step]:
    x, target = (_data(calls, rng.standard_normal(shape)) for shape in ((8, 5), (8, 2)))

    def step(calls: Calls, p: list[Any]) -> tuple[Loss, Gradients]:
        hidden = calls.forward("perceptron", x, p[0], p[1], activation="tanh")
        loss = calls.forward("mean_squared_error", hidden, target)
        dhidden = calls.vjp("mean_squared_error", [calls.constant(1.0)], hidden, target)[0]
        _, dweight, dbias = calls.vjp("perceptron", [dhidden], x, p[0], p[1], activation="tanh")
        return loss, [dweight, dbias]

    return _weights(calls, rng, (5, 2), (2,)), step


def _deep_classifier(calls: Calls, rng: np.random.Generator) -> tuple[list[Any], Step]:
    x, labels = _data(calls, rng.standard_normal((8, 5))), rng.integers(0, 3, 8)
    widths = (5, 6, 4, 3)
    layers = len(widths) - 1

    def step(calls: Calls, p: list[Any]) -> tuple[Loss, Gradients]:
        net = (x, p[:layers], p[layers:])
        logits = calls.forward("mlp", *net, activation="tanh")
        loss = calls.forward("softmax_cross_entropy", logits, labels)
        (dlogits,) = calls.vjp("softmax_cross_entropy", [calls.constant(1.0)], logits, labels)
        _, dweights, dbiases = calls.vjp("mlp", [dlogits], *net, activation="tanh")
        return loss, [*dweights, *dbiases]

    shapes = [(widths[i], widths[i + 1]) for i in range(layers)]
    return _weights(calls, rng, *shapes, *((n,) for n in widths[1:])), step


def _next_token(calls: Calls, rng: np.random.Generator) -> tuple[list[Any], Step]:
    """Embedding, recurrence, softmax over the vocabulary at every step: each token is to predict the next."""
    batch, steps, vocabulary, width, hidden = 3, 5, 7, 4, 6
    tokens = rng.integers(0, vocabulary, (batch, steps + 1))
    labels = tokens[:, 1:].T.reshape(-1)  # [T·N]
    h0 = calls.constant(np.zeros((batch, hidden)))

    def step(calls: Calls, p: list[Any]) -> tuple[Loss, Gradients]:
        table, weight_x, weight_h, bias, weight, shift = p
        embedded = calls.forward("embedding", table, tokens[:, :-1])
        recurrence = (np.swapaxes(embedded, 0, 1), h0, weight_x, weight_h, bias)  # x[T,N,D]
        h = calls.forward("rnn", *recurrence)
        loss, (dflat, dweight, dshift) = _classify(
            calls, h.reshape(steps * batch, hidden), weight, shift, labels
        )
        dx, _, dweight_x, dweight_h, dbias = calls.vjp(
            "rnn", [dflat.reshape(steps, batch, hidden)], *recurrence
        )
        (dtable,) = calls.vjp("embedding", [np.swapaxes(dx, 0, 1)], table, tokens[:, :-1])
        return loss, [dtable, dweight_x, dweight_h, dbias, dweight, dshift]

    shapes = (
        (vocabulary, width),
        (width, hidden),
        (hidden, hidden),
        (hidden,),
        (hidden, vocabulary),
        (vocabulary,),
    )
    return _weights(calls, rng, *shapes), step


def _sequence_classifier(calls: Calls, rng: np.random.Generator) -> tuple[list[Any], Step]:
    """An LSTM whose last hidden state is classified."""
    batch, steps, width, hidden = 4, 6, 3, 5
    x, labels = _data(calls, rng.standard_normal((steps, batch, width))), rng.integers(0, 3, batch)
    zero = calls.constant(np.zeros((batch, hidden)))
    before = calls.constant(np.zeros((steps - 1, batch, hidden)))

    def step(calls: Calls, p: list[Any]) -> tuple[Loss, Gradients]:
        recurrence = (x, zero, zero, *p[:3])
        h, _ = calls.forward("lstm", *recurrence)
        loss, (dlast, dweight, dshift) = _classify(calls, h[-1], p[3], p[4], labels)
        dh = np.concatenate([before, dlast[None]])
        _, _, _, dweight_x, dweight_h, dbias = calls.vjp("lstm", [dh, zero], *recurrence)
        return loss, [dweight_x, dweight_h, dbias, dweight, dshift]

    return _weights(
        calls, rng, (width, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,), (hidden, 3), (3,)
    ), step


def _self_attention(calls: Calls, rng: np.random.Generator) -> tuple[list[Any], Step]:
    """One causal self-attention block, every position classified: query, key and value are the same array."""
    batch, length, width = 2, 5, 6
    x, labels = _data(calls, rng.standard_normal((batch, length, width))), rng.integers(0, 3, batch * length)
    settings = {"heads": 2, "causal": True}

    def step(calls: Calls, p: list[Any]) -> tuple[Loss, Gradients]:
        block = (x, x, x, *p[:4])
        y = calls.forward("multi_head_attention", *block, **settings)
        loss, (dflat, dweight, dshift) = _classify(
            calls, y.reshape(batch * length, width), p[4], p[5], labels
        )
        gradients = calls.vjp(
            "multi_head_attention", [dflat.reshape(batch, length, width)], *block, **settings
        )
        return loss, [*gradients[3:], dweight, dshift]

    return _weights(calls, rng, *[(width, width)] * 4, (width, 3), (3,)), step


_CLASSIFIER = ("perceptron", "softmax_cross_entropy")

RECIPES: dict[str, Recipe] = {
    "perceptron": Recipe(
        "logistic regression", _logistic_regression, ("perceptron", "binary_cross_entropy", "sgd")
    ),
    "binary_cross_entropy": Recipe(
        "logistic regression", _logistic_regression, ("perceptron", "binary_cross_entropy", "sgd")
    ),
    "mean_squared_error": Recipe(
        "a tanh regression", _regression, ("perceptron", "mean_squared_error", "sgd")
    ),
    "softmax_cross_entropy": Recipe("softmax regression", _softmax_regression, (*_CLASSIFIER, "sgd")),
    "mlp": Recipe("a deep classifier", _deep_classifier, ("mlp", "softmax_cross_entropy", "sgd")),
    "embedding": Recipe("a next-token RNN", _next_token, ("embedding", "rnn", *_CLASSIFIER, "sgd")),
    "rnn": Recipe("a next-token RNN", _next_token, ("embedding", "rnn", *_CLASSIFIER, "sgd")),
    "clip_by_global_norm": Recipe(
        "a next-token RNN with clipping",
        _next_token,
        ("embedding", "rnn", *_CLASSIFIER, "clip_by_global_norm", "sgd"),
        max_norm=0.5,
    ),
    "lstm": Recipe("an LSTM classifier", _sequence_classifier, ("lstm", *_CLASSIFIER, "sgd")),
    "multi_head_attention": Recipe(
        "a self-attention block", _self_attention, ("multi_head_attention", *_CLASSIFIER, "sgd")
    ),
    **{
        optimizer: Recipe(
            f"softmax regression by {optimizer}",
            _softmax_regression,
            (*_CLASSIFIER, optimizer),
            optimizer,
            settings,
        )
        for optimizer, settings in {
            "sgd": {"learning_rate": 0.5},
            "momentum": {"learning_rate": 0.25, "momentum": 0.75},
            "adagrad": {"learning_rate": 0.25, "epsilon": 1e-3},
            "rmsprop": {"learning_rate": 0.0625, "decay": 0.75, "epsilon": 1e-3},
            "adadelta": {"learning_rate": 1.0, "decay": 0.75, "epsilon": 1e-3},
            "adam": {"learning_rate": 0.0625, "beta1": 0.75, "beta2": 0.875, "epsilon": 1e-3},
        }.items()
    },
}
"""The training run of each operator that has one."""
