"""What recurrences get wrong: what flows back through time, and what of it is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ._edited import as_if
from ._explanation import Answer, Explanation, Question, specified

_CALL = "gradients(da, x, h0, h, weight_x)"


def _one_of(at: int, other: str) -> str:
    """The four gradients, the one at this place from another call."""
    return f"tuple({other}[{at}] if k == {at} else g for k, g in enumerate({_CALL}))"


OF_WEIGHT_H = (
    (
        "off_by_one(h)",
        "dweight_h is made of h_t; it has to be h_(t−1)",
        (_CALL, "gradients(da, x, h[0], np.concatenate([h[1:], h[-1:]]), weight_x)"),
    ),
    (
        "missing(h0)",
        "dweight_h leaves out the first step, whose h_(t−1) is h0",
        (_CALL, "gradients(da, x, 0 * h0, h, weight_x)"),
    ),
    *(
        (
            f"first_step_only({name})",
            f"{name} is that of the first step alone: later steps are left out",
            (_CALL, _one_of(i, "gradients(da[-1:], x[:1], h0, h[:1], weight_x)")),
        )
        for i, name in enumerate(("dweight_x", "dweight_h", "dbias"), 1)
    ),
    *(
        (
            f"last_step_only({name})",
            f"{name} is that of the last step alone: it is overwritten, not added up",
            (_CALL, _one_of(i, "gradients(da[:1], x[-1:], h[-2] if len(h) > 1 else h0, h[-1:], weight_x)")),
        )
        for i, name in enumerate(("dweight_x", "dweight_h", "dbias"), 1)
    ),
    *(
        (
            "missing(weight_h)",
            "dh0 is the gradient before it goes through weight_h",
            ("return dx, dh_next", "return dx, da_t @ weight_h.T * 0 + dh_t"),
        )
        for _ in (0,)
    ),
    (
        "first_step_only",
        "the gradients of the weights are those of the first step alone",
        (
            _CALL,
            "gradients(da, x, h0, h, weight_x)[:1] + gradients(da[-1:], x[:1], h0, h[:1], weight_x)[1:]",
        ),
    ),
    (
        "last_step_only",
        "the gradients of the weights are those of the last step alone: they are overwritten, not added up",
        (
            _CALL,
            "gradients(da, x, h0, h, weight_x)[:1]"
            " + gradients(da[:1], x[-1:], h[-2] if len(h) > 1 else h0, h[-1:], weight_x)[1:]",
        ),
    ),
)
"""What both recurrences get wrong where the gradients of the weights are summed."""

_SPANS = (1, 2, 3, 4, 5, 8, 10, 16, 20)


def explanations(states: int) -> Iterator[Explanation]:
    """Of a recurrence whose state is `states` arrays, given after x."""
    name = {1: "rnn", 2: "lstm"}[states]
    for span in _SPANS:
        said = (
            "what a step owes to the next never reaches it: the state's gradient is not handed back"
            if span == 1
            else f"the gradient that flows back through the state is cut every {span} steps"
        )
        cut = f"(0 if t + 1 < x.shape[0] and (t + 1) % {span} == 0 else "
        changes = (
            ("dh[t] + dh_next", f"dh[t] + {cut}dh_next)"),
            ("dc_t = dc_next +", f"dc_t = {cut}dc_next) +"),
        )
        yield as_if(name, f"truncated({span})", said, *changes[:states])
        yield Explanation(f"truncated({span})", said, _truncated(states, span))
    yield Explanation(
        "last_only", "only the cotangent of the last step is heard, as if h_T alone were returned", _last_only
    )
    yield Explanation("time_reversed", "the steps are taken from the last to the first", _reversed)


def _truncated(states: int, span: int) -> Callable[[Question], Answer | None]:
    """Every `span` steps are differentiated for themselves, from the states that the forward came to."""

    def answer(question: Question) -> Answer | None:
        if question.cotangents is None or question.attributes.get("lengths") is not None:
            return specified(question)
        x, rest = question.inputs[0], question.inputs[1 : 1 + states]
        parameters = question.inputs[1 + states :]
        before, pieces = tuple(rest), []
        starts = range(0, len(x), span)
        for start in starts:
            part = slice(start, start + span)
            last = start + span >= len(x)
            dh, *others = question.cotangents
            cut = tuple(c if last else np.zeros_like(c) for c in others)
            piece = replace(question, inputs=(x[part], *before, *parameters), cotangents=(dh[part], *cut))
            pieces.append(specified(piece))
            after = specified(replace(piece, cotangents=None))
            before = (after[0][-1], *after[1:])
        summed = [np.sum([p[i] for p in pieces], axis=0) for i in range(1 + states, len(pieces[0]))]
        return [np.concatenate([p[0] for p in pieces]), *pieces[0][1 : 1 + states], *summed]

    return answer


def _last_only(question: Question) -> Answer | None:
    if question.cotangents is None:
        return None
    dh = np.zeros_like(question.cotangents[0])
    dh[-1] = question.cotangents[0][-1]
    return specified(question.with_cotangent(0, dh))


def _reversed(question: Question) -> Answer | None:
    if question.attributes.get("lengths") is not None:
        return None
    turned = replace(question, inputs=(question.inputs[0][::-1], *question.inputs[1:]))
    if question.cotangents is None:
        return specified(turned)
    dx, *rest = specified(turned)
    return [dx[::-1], *rest]
