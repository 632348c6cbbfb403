"""What implementations of `perceptron` get wrong: which derivative, and where it is taken."""

from __future__ import annotations

from ._edited import as_if

_CALL = "(da,) = g_vjp(dy, a)"

EXPLANATIONS = tuple(
    as_if("perceptron", cause, sentence, *changes)
    for cause, sentence, *changes in (
        ("activation(identity)", "the derivative of the activation is missing", (_CALL, "da = dy")),
        (
            "twice(derivative)",
            "the derivative is taken at the activation's output in place of its input",
            (_CALL, "(da,) = g_vjp(dy, activation_of('perceptron', activation)[0](a))"),
        ),
        (
            "activation(identity,bias)",
            "dbias is summed before the derivative of the activation is applied",
            ("np.sum(da, axis=0)", "np.sum(dy, axis=0)"),
        ),
        (
            "activation(identity,dx)",
            "dx is made of dy in place of da: the derivative of the activation is missing",
            ("da @ weight.T", "dy @ weight.T"),
        ),
        (
            "activation(identity,dweight)",
            "dweight is made of dy in place of da: the derivative of the activation is missing",
            ("x.T @ da", "x.T @ dy"),
        ),
        (
            "bias_after",
            "the bias is added after the activation",
            ("g(_forward(x, weight, bias))", "g(_forward(x, weight, 0 * bias)) + bias"),
        ),
        (
            "activation_twice",
            "the activation is applied twice",
            ("return g(", "return g(g("),
            ("bias))\n\n\ndef p", "bias)))\n\n\ndef p"),
        ),
    )
)
