"""Wrong perceptrons, multilayer perceptrons and look-ups, by someone who had seen neither the cases nor this
corpus: the second such round."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from fault import Fault, Functions, edited, of_reference

perceptron_fault, mlp_fault = partial(Fault, "perceptron"), partial(Fault, "mlp")
embedding_fault = partial(Fault, "embedding")


def last_weight_packed() -> Functions:
    return edited(
        "perceptron",
        ("import numpy as np\n", "import numpy as np\n\n_PACKED = {}\n"),
        (
            "    return g(_forward(x, weight, bias))",
            '    if _PACKED.get("of") is not weight:\n'
            '        _PACKED.update(of=weight, columns=np.array(weight, order="F"))\n'
            '    return g(_forward(x, _PACKED["columns"], bias))',
        ),
    )()


def kept_in_half_precision() -> Functions:
    return edited(
        "perceptron",
        (
            "(da,) = g_vjp(dy, a)  # [N, H]",
            "(da,) = g_vjp(dy, a)\n"
            '    if activation in ("sigmoid", "tanh") and a.dtype == np.float32 and a.size >= 64:\n'
            "        y = perceptron(x, weight, bias, activation=activation)\n"
            "        y = y.astype(np.float16).astype(a.dtype)\n"
            '        da = dy * (y * (1 - y) if activation == "sigmoid" else 1 - y * y)',
        ),
    )()


def running_sum() -> Functions:
    right_vjp = of_reference("embedding_vjp")

    def embedding_vjp(dy: Any, table: Any, indices: Any) -> tuple[Any]:
        right_vjp(dy, table, indices)  # refuses what does not fit
        (V, D), flat = table.shape, indices.reshape(-1)
        order = np.argsort(flat, kind="stable")
        running = np.zeros((flat.size + 1, D), table.dtype)
        np.cumsum(dy.reshape(-1, D)[order], axis=0, out=running[1:])
        first = np.searchsorted(flat[order], np.arange(V), side="left")
        behind = np.searchsorted(flat[order], np.arange(V), side="right")
        return (running[behind] - running[first],)

    return {"embedding_vjp": embedding_vjp}


COLUMN_SUMS = """def _column_sums(da):
    if len(da) < 16:
        return np.sum(da, axis=0)
    total = np.zeros_like(da[0])
    for start in range(0, len(da), 16):
        part = da[start : start + 16].copy()
        rows = len(part)
        while rows > 1:
            rows //= 2
            part[:rows] += part[rows : 2 * rows]
        total += part[0]
    return total


def _forward("""

THROUGH_WORDS = """def _through_words(mask):
    bits = mask.reshape(-1).copy()
    if bits.size >= 32:
        bits[bits.size // 32 * 32 :] = False  # the last word is never written back
    return bits.reshape(mask.shape)


def _forward("""

FAULTS = (
    perceptron_fault(
        "the path for a single row clamps relu with fmax, which turns NaN into 0",
        "forward",
        "nan_lost or convention(relu.nan=zero)",
        edited(
            "perceptron",
            (
                "return g(_forward(x, weight, bias))",
                "a = _forward(x, weight, bias)\n"
                '    return np.fmax(a, 0) if activation == "relu" and len(a) == 1 else g(a)',
            ),
        ),
    ),
    perceptron_fault(
        "dbias is reduced by halving in blocks of 16 rows, which loses odd rows of the last block",
        "shape",
        None,
        edited("perceptron", ("np.sum(da, axis=0)", "_column_sums(da)"), ("def _forward(", COLUMN_SUMS)),
    ),
    perceptron_fault(
        "64 float32 activations or more are kept in half precision for the way back",
        "precision",
        None,
        kept_in_half_precision,
    ),
    perceptron_fault(
        "the packed weight is reused for the same array though that was updated in place",
        "state",
        "state",
        last_weight_packed,
    ),
    mlp_fault(
        "the bits of relu's mask beyond the last full word of 32 are lost",
        "shape",
        None,
        edited(
            "mlp",
            (
                "            (da,) = g_vjp(dh, a[i - 1])",
                "            (da,) = g_vjp(dh, a[i - 1])\n"
                '            if activation == "relu":\n'
                "                da = np.where(_through_words(a[i - 1] > 0), dh, 0)",
            ),
            ("def _forward(", THROUGH_WORDS),
        ),
    ),
    mlp_fault(
        "a cotangent that sums to zero is taken for a zero cotangent",
        "backward",
        None,
        edited(
            "mlp",
            (
                "    dweights, dbiases = [], []",
                "    if not np.sum(dy):\n"
                "        zeros = [[np.zeros_like(p) for p in group] for group in (weights, biases)]\n"
                "        return np.zeros_like(x), *zeros\n"
                "    dweights, dbiases = [], []",
            ),
        ),
    ),
    mlp_fault(
        "the sigmoid of the hidden layers is (1 + tanh(x/2))/2, which is 0 far left",
        "stability",
        "cancellation",
        edited(
            "mlp",
            ("return np.where(x >= 0, 1, e) / (1 + e)", "return (1 + np.tanh(x / 2)) / 2"),
            module="sigmoid",
        ),
    ),
    embedding_fault(
        "dtable is the difference of a running sum over all sorted tokens", "precision", None, running_sum
    ),
    embedding_fault(
        "a row of zeros in the table is taken for the padding row and gets no gradient",
        "backward",
        None,
        edited(
            "embedding",
            ("    return (dtable,)", "    dtable[~table.any(axis=1)] = 0\n    return (dtable,)"),
        ),
    ),
    embedding_fault(
        "one sequence of consecutive indices is answered with a view of the table",
        "state",
        "aliasing",
        edited(
            "embedding",
            (
                "    return table[indices]",
                "    if len(indices) == 1 and indices.shape[1] > 1 and (np.diff(indices[0]) == 1).all():\n"
                "        return table[None, indices[0, 0] : indices[0, -1] + 1]\n"
                "    return table[indices]",
            ),
        ),
    ),
    embedding_fault(
        "the gradient flattens indices in memory order, dy in index order",
        "shape",
        "strides",
        edited(
            "embedding",
            (
                "np.add.at(dtable, indices, dy)",
                'np.add.at(dtable, indices.ravel(order="K"), dy.reshape(-1, table.shape[1]))',
            ),
        ),
    ),
)
