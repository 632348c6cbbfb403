"""The cross-entropy of a yes-or-no question, from its logit (Good 1952; Bishop 1995)."""

from ._declare import Array, Operator
from ._dims import N

OPERATOR = Operator(
    name="binary_cross_entropy",
    summary="cross-entropy of σ(logits) and the targets, mean over N",
    inputs=(Array("logits", (N,), "logit"), Array("target", (N,), "probability", differentiable=False)),
    outputs=(Array("loss", ()),),
    equations={
        "l": "l = −target ⊙ log σ(logits) − (1 − target) ⊙ log σ(−logits)",
        "l_stable": "l = max(logits, 0) − logits ⊙ target + log(1 + e^−|logits|), the same number",
        "loss": "loss = Σ_n l[n] / N",
        "dlogits": "dlogits = dloss (σ(logits) − target) / N",
    },
    pitfalls=(
        "The first argument is the logit; many libraries take the probability σ(logits) by default.",
        "log(σ(x)) is −∞ far below 0 where the loss is about −x; only the stable form holds for every logit.",
        "The mean is over N; others return one loss for each entry, or their sum.",
    ),
    references=(
        "Good, Rational Decisions, Journal of the Royal Statistical Society B 14(1), 1952",
        "Bishop, Neural Networks for Pattern Recognition, 1995",
    ),
)
