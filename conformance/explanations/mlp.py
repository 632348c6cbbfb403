"""What implementations of `mlp` get wrong: where the activation stands, and which derivative goes back."""

from __future__ import annotations

from ._edited import as_if

_CALL = "(da,) = g_vjp(dh, a[i - 1])"

EXPLANATIONS = tuple(
    as_if("mlp", cause, sentence, *changes)
    for cause, sentence, *changes in (
        (
            "activation_last",
            "the activation is applied after the last layer too, which has to be linear",
            ("return a[-1]", "return activation_of('mlp', activation)[0](a[-1])"),
        ),
        (
            "activation_last",
            "the activation is applied after the last layer too, which has to be linear",
            ("return a[-1]", "return activation_of('mlp', activation)[0](a[-1])"),
            ("da = dy  #", "(da,) = g_vjp(dy, a[-1])  #"),
        ),
        ("activation(identity)", "the gradient passes the activations unchanged", (_CALL, "da = dh")),
        (
            "activation(tanh)",
            "the derivative is that of tanh",
            (_CALL, "da = dh * (1 - np.tanh(a[i - 1]) ** 2)"),
        ),
        ("activation(relu)", "the derivative is that of relu", (_CALL, "da = dh * (a[i - 1] > 0)")),
        (
            "off_by_one(h)",
            "the derivative is taken at the activation's output in place of its input",
            (_CALL, "(da,) = g_vjp(dh, h[i])"),
        ),
        (
            "off_by_one(a)",
            "dweights is made of a layer's input before its activation",
            ("dweights.append(h[i].T @ da)", "dweights.append((a[i - 1] if i else x).T @ da)"),
        ),
        (
            "reversed(dweights,dbiases)",
            "the lists of gradients come back from the last layer to the first",
            ("dweights[::-1], dbiases[::-1]", "dweights, dbiases"),
        ),
        (
            "reversed(dweights)",
            "dweights comes back from the last layer to the first",
            ("dweights[::-1]", "dweights"),
        ),
        (
            "reversed(dbiases)",
            "dbiases comes back from the last layer to the first",
            ("dbiases[::-1]", "dbiases"),
        ),
    )
)
