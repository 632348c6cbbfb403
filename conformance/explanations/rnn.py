"""What implementations of `rnn` get wrong: what flows back, and through which derivative."""

from __future__ import annotations

from ._edited import as_if
from ._recurrent import OF_WEIGHT_H, explanations

_DERIVATIVES = (
    ("tanh", "(dh_t * (1 - np.tanh(a[t]) ** 2),)"),
    ("identity", "(dh_t,)"),
    ("sigmoid", "activation_of('rnn', 'sigmoid')[1](dh_t, a[t])"),
    ("relu", "(dh_t * (a[t] > 0),)"),
)

EXPLANATIONS = (
    *explanations(states=1),
    *(
        as_if("rnn", cause, sentence, *changes)
        for cause, sentence, *changes in (
            *OF_WEIGHT_H,
            (
                "missing(dh)",
                "of the cotangents of h only the last is heard",
                ("dh[t] + dh_next", "dh_next + (dh[t] if t == x.shape[0] - 1 else 0)"),
            ),
            ("missing(dh_next)", "what the next step hands back is lost", ("dh[t] + dh_next", "dh[t]")),
            (
                "transposed(weight_h)",
                "dh is handed back by weight_h; it has to be weight_hᵀ",
                ("da_t @ weight_h.T", "da_t @ weight_h"),
            ),
            (
                "old_derivative",
                "dh_t is handed back without the derivative of the activation",
                ("da_t @ weight_h.T, dh_t", "dh_t @ weight_h.T, dh_t"),
            ),
            *(
                (
                    f"activation({name})",
                    f"the derivative is that of {name}, whatever the activation",
                    ("g_vjp(dh_t, a[t])", text),
                )
                for name, text in _DERIVATIVES
            ),
        )
    ),
)
