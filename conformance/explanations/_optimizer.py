"""What optimizers get wrong, all alike: what is kept between steps, and which step a parameter belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ._explanation import Answer, Explanation, Question, specified

State = dict[str, Any]
Step = Callable[[np.ndarray, State, int, Mapping[str, Any]], np.ndarray]
"""(g, state, t counted from 1, attributes) → what is taken from the parameter; the state starts as zeros."""


def explanations() -> Iterator[Explanation]:
    yield Explanation(
        "sign",
        "the step is added: it climbs",
        lambda q: _mapped(q, lambda p, before, after: before * 2 - after),
    )
    yield Explanation(
        "not_cumulative", "every step starts from the first parameter", lambda q: _from_first(q)
    )
    yield Explanation(
        "before_step", "what is returned is the parameter before each step, not after it", _before
    )
    yield Explanation("time_reversed", "the gradients are taken from the last to the first", _reversed)


def with_state() -> Iterator[Explanation]:
    """Of those that keep something between steps."""
    yield Explanation("state_lost", "every step starts from fresh state", _stateless)
    yield from explanations()


def by_steps(cause: str, sentence: str, step: Step) -> Explanation:
    """A rule for one step in place of the specified."""

    def answer(question: Question) -> Answer:
        parameter, gradients = question.inputs
        state: State = {
            "m": np.zeros_like(parameter),
            "v": np.zeros_like(parameter),
            "d": np.zeros_like(parameter),
        }
        after = []
        with np.errstate(all="ignore"):
            for t, g in enumerate(gradients, 1):
                parameter = parameter - step(g, state, t, question.attributes)
                after.append(parameter)
        return [np.stack(after)]

    return Explanation(cause, sentence, answer)


def _mapped(question: Question, change: Callable[..., np.ndarray]) -> Answer:
    parameter, _ = question.inputs
    (after,) = specified(question)
    return [change(parameter, parameter, after)]


def _stateless(question: Question) -> Answer:
    parameter, gradients = question.inputs
    after = []
    for g in gradients:
        step = question.with_input("parameter", parameter).with_input("gradients", g[None])
        parameter = specified(step)[0][0]
        after.append(parameter)
    return [np.stack(after)]


def _from_first(question: Question) -> Answer:
    parameter, _ = question.inputs
    (after,) = specified(question)
    steps = np.diff(after, axis=0, prepend=parameter[None])
    return [parameter + steps]


def _before(question: Question) -> Answer:
    parameter, _ = question.inputs
    (after,) = specified(question)
    return [np.concatenate([parameter[None], after[:-1]])]


def _reversed(question: Question) -> Answer:
    return specified(question.with_input("gradients", question.given("gradients")[::-1]))
