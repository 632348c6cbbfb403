"""The cross-entropy of the softmax and a class label (Bridle 1990)."""

from ._conventions import OUT_OF_RANGE
from ._declare import Array, Operator
from ._dims import K, N

OPERATOR = Operator(
    name="softmax_cross_entropy",
    summary="−log of the softmax at the label, mean over N",
    inputs=(Array("logits", (N, K), "logit"), Array("labels", (N,), "index", below=K)),
    outputs=(Array("loss", ()),),
    equations={
        "s": "s[n,k] = logits[n,k] − max_j logits[n,j]",
        "l": "l[n] = log Σ_k exp s[n,k] − s[n, labels[n]]",
        "loss": "loss = Σ_n l[n] / N",
        "p": "p = softmax(logits) over the classes",
        "dlogits": "dlogits[n,k] = dloss (p[n,k] − [k = labels[n]]) / N",
    },
    conventions=(OUT_OF_RANGE,),
    pitfalls=(
        "Subtract the maximum first: log Σ exp(logits) − logits[label] loses every digit to a large offset.",
        "The mean is over N; Optax, TensorFlow and MLX return one loss for each row, numpy-ml their sum.",
        "No label is ignored; PyTorch and Paddle skip −100, Chainer −1, and leave them out of the mean.",
        "A logit of −∞ off the label is fine; a sum weighted by one-hot labels makes 0 · ∞ of it.",
    ),
    references=(
        "Bridle, Training Stochastic Model Recognition Algorithms as Networks Can Lead to Maximum Mutual "
        "Information Estimation of Parameters, NIPS 1990",
    ),
)
