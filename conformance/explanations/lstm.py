"""What implementations of `lstm` get wrong: the gates' order, a bias of 1, the two ways of the cell's
gradient."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np

from ._edited import as_if
from ._explanation import Answer, Explanation, Question, specified
from ._recurrent import OF_WEIGHT_H, explanations

_GATES = "ifgo"
_BLOCKED = ("weight_x", "weight_h", "bias")


def _in_order(array: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    return np.concatenate([np.split(array, 4, axis=-1)[i] for i in order], axis=-1)


def _gate_order(order: tuple[str, ...]) -> Explanation:
    """Block k is taken for gate order[k]; the gradients come back in the same blocks."""
    blocks = tuple(order.index(gate) for gate in _GATES)
    back = tuple(_GATES.index(gate) for gate in order)

    def answer(question: Question) -> Answer | None:
        for name in _BLOCKED:
            question = question.with_input(name, _in_order(question.given(name), blocks))
        results = specified(question)
        return [*results[:3], *(_in_order(r, back) for r in results[3:])] if question.backward else results

    told = ", ".join(order)
    said = f"your gates are {told}: the blocks of the specification are i, f, g, o"
    return Explanation(f"gate_order({','.join(order)})", said, answer)


def _interleaved(question: Question) -> Answer | None:
    """The four gates of a unit stand together: i, f, g, o of unit 0, then of unit 1, …"""
    width = question.given("bias").shape[0]
    blocks = np.arange(width).reshape(width // 4, 4).T.ravel()
    for name in _BLOCKED:
        question = question.with_input(name, question.given(name)[..., blocks])
    results = specified(question)
    back = np.argsort(blocks)
    return [*results[:3], *(r[..., back] for r in results[3:])] if question.backward else results


def _recurrent_transposed(back: bool) -> Callable[[Question], Answer | None]:
    """The block of weight_h of every gate is transposed; so are those of its gradient, if they come
    `back` so."""

    def turned(weight: np.ndarray) -> np.ndarray:
        return np.concatenate([block.T for block in np.split(weight, 4, axis=1)], axis=1)

    def answer(question: Question) -> Answer | None:
        results = specified(question.with_input("weight_h", turned(question.given("weight_h"))))
        if question.backward and back:
            results[4] = turned(results[4])
        return results

    return answer


def _by_length(question: Question) -> Answer | None:
    """The batch comes back in the order of the lengths."""
    lengths = question.attributes.get("lengths")
    results = specified(question)
    if lengths is None or question.backward:
        return results
    order = np.argsort(-lengths, kind="stable")
    return [results[0][:, order], results[1][order]]


def _stacked(order: tuple[str, ...]) -> Explanation:
    """The gates' gradients are put together in another order than the gates have."""
    blocks = tuple(_GATES.index(gate) for gate in order)
    together = "np.concatenate([dc_t, dc_t, dc_t, dh_t], axis=-1) * to_a[t]"
    parts = f"np.split({together}, 4, axis=-1)"
    return as_if(
        "lstm",
        f"gate_order({','.join(order)})",
        f"on the way back the gates' gradients are put together as {', '.join(order)}; the blocks are i, "
        f"f, g, o",
        (together, f"np.concatenate([{parts}[k] for k in {blocks}], axis=-1)"),
    )


def _forget_bias(question: Question) -> Answer | None:
    bias = question.given("bias")
    forget = np.arange(bias.shape[0]) * 4 // bias.shape[0] == 1
    return specified(question.with_input("bias", bias + forget))


_HARD = (
    "i, f, g, o = *(np.clip(0.2 * a + 0.5, 0, 1) for a in (a_i, a_f)), np.tanh(a_g), "
    "np.clip(0.2 * a_o + 0.5, 0, 1)"
)
_HARD_BACK = (
    ("g * i * (1 - i)", "g * 0.2 * ((i > 0) & (i < 1))"),
    ("c_previous * f * (1 - f)", "c_previous * 0.2 * ((f > 0) & (f < 1))"),
    ("tanh_c * o * (1 - o)", "tanh_c * 0.2 * ((o > 0) & (o < 1))"),
)
_NO_TANH = (
    ("o * np.tanh(c_t), h_t", "o * c_t, h_t"),
    ("o * (1 - tanh_c * tanh_c)", "o"),
    ("tanh_c * o * (1 - o)", "c * o * (1 - o)"),
)

EXPLANATIONS = (
    *(_gate_order(order) for order in permutations(_GATES) if "".join(order) != _GATES),
    *(_stacked(order) for order in permutations(_GATES) if "".join(order) != _GATES),
    Explanation(
        "gate_order(interleaved)",
        "the four gates of each unit stand side by side, not in blocks",
        _interleaved,
    ),
    *(
        Explanation(
            "transposed(weight_h)", "weight_h of every gate is used transposed", _recurrent_transposed(back)
        )
        for back in (False, True)
    ),
    Explanation("order(lengths)", "sequences are sorted by length and not brought back in order", _by_length),
    *(
        as_if("lstm", cause, sentence, *changes)
        for cause, sentence, *changes in (
            ("output_tanh", "h = o ⊙ c: the tanh of the cell is missing", *_NO_TANH),
            (
                "output_tanh",
                "h = o ⊙ c: the tanh of the cell is missing",
                ("o * np.tanh(c_t), h_t", "o * c_t, h_t"),
            ),
            (
                "coupled_gates",
                "f = 1 − i: the forget gate has no weights of its own",
                ("sigmoid(a_i), sigmoid(a_f)", "sigmoid(a_i), 1 - sigmoid(a_i)"),
            ),
            (
                "activation(sigmoid)",
                "the candidate g is a sigmoid; it has to be a tanh",
                ("np.tanh(a_g)", "sigmoid(a_g)"),
            ),
            (
                "old_cell",
                "h_t is made of c_(t−1), the cell before it is updated",
                (
                    "c_t = choose(valid[t], f * c_t + i * g, c_t)",
                    "c_t, c_old = choose(valid[t], f * c_t + i * g, c_t), c_t",
                ),
                ("o * np.tanh(c_t), h_t", "o * np.tanh(c_old), h_t"),
            ),
            (
                "missing(dtanh)",
                "dc lacks the factor 1 − tanh²(c): it is that of h = o ⊙ c",
                ("o * (1 - tanh_c * tanh_c)", "o"),
            ),
            (
                "missing(f)",
                "dc is handed on to the step before without the factor f",
                ("dc_t * f[t], dc_next", "dc_t, dc_next"),
            ),
            (
                "missing(dc_next)",
                "dc is overwritten: what the next step hands back through the cell is lost",
                ("dc_next + dh_t * h_to_c[t]", "(dc_next if t == x.shape[0] - 1 else 0) + dh_t * h_to_c[t]"),
            ),
            (
                "missing(dc_next)",
                "dc is overwritten: what comes back through the cell, dc_last too, is lost",
                ("dc_next + dh_t * h_to_c[t]", "dh_t * h_to_c[t]"),
            ),
            (
                "missing(dh_next)",
                "dh is overwritten: what the next step hands back through h is lost",
                ("dh[t] + dh_next", "dh[t]"),
            ),
            (
                "missing(dh)",
                "of the cotangents of h only the last is heard",
                ("dh[t] + dh_next", "dh_next + (dh[t] if t == x.shape[0] - 1 else 0)"),
            ),
            (
                "off_by_one(c)",
                "da_f is made of c_t; it has to be c_(t−1)",
                ("c_previous * f * (1 - f)", "c * f * (1 - f)"),
            ),
            *OF_WEIGHT_H,
            *(
                (
                    f"activation({name})",
                    f"the gates are {name}; they have to be sigmoids",
                    ("i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)", _HARD),
                    *derivative,
                )
                for name in ("hard_sigmoid",)
                for derivative in ((), _HARD_BACK)
            ),
            (
                "off_by_one(c_last)",
                "c_last is the cell before the last step",
                ("return h, c[-1]", "return h, c[-2] if len(c) > 1 else c0"),
            ),
            (
                "exchanged(h,c_last)",
                "c_last is the last hidden state, not the last cell",
                ("return h, c[-1]", "return h, h[-1]"),
            ),
            (
                "zero_padding",
                "past its end a sequence has zeros in h; it has to carry its state",
                (
                    "return h, c[-1]",
                    "return np.where(np.stack([np.full_like(h0[:, :1], True) if lengths is None else t < "
                    "lengths[:, None] for t in range(len(h))]), h, 0), c[-1]",
                ),
            ),
            (
                "ignored(lengths)",
                "c_last is the cell of the last step also where a sequence ends before it",
                ("return h, c[-1]", "return h, _forward(x, h0, c0, weight_x, weight_h, bias, None)[1][-1]"),
            ),
            *(
                (
                    f"gate_bias({gate})",
                    f"dbias of the other gates is that of {gate}: copied, not computed",
                    (
                        "return dx, dh_next, dc_next, dweight_x, dweight_h, dbias",
                        f"return dx, dh_next, dc_next, dweight_x, dweight_h, _copied(dbias, {at}, {others})",
                    ),
                    (
                        "def _forward(",
                        "def _copied(d, at, others):\n    parts = np.split(d, 4)\n    return "
                        "np.concatenate([parts[at] if k in others else parts[k] for k in "
                        "range(4)])\n\n\ndef _forward(",
                    ),
                )
                for at, gate in enumerate("ifgo")
                for others in ((0, 3), (0, 1, 2, 3), (0, 1, 3), (0, 1))
            ),
            *(
                (
                    "cell_clipped",
                    f"the cell is clipped to ±{at}",
                    ("f * c_t + i * g, c_t)", f"np.clip(f * c_t + i * g, -{at}, {at}), c_t)"),
                )
                for at in (1, 3, 5, 10, 50)
            ),
            *(
                (
                    "clipped",
                    f"the gradients of the gates are clipped to ±{at}",
                    ("* to_a[t], 0)", f"* to_a[t], 0).clip(-{at}, {at})"),
                )
                for at in (1, 5, 10, 50, 100)
            ),
        )
    ),
    Explanation("forget_bias(1)", "1 is added to the argument of the forget gate", _forget_bias),
    *explanations(states=2),
)
