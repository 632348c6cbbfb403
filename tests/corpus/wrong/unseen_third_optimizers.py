"""Wrong optimizers and early stoppings, by someone who had seen neither the cases nor this corpus: the
third such round, after real issues."""

from __future__ import annotations

from fault import Fault, edited
from wrong.adagrad import S as SUM
from wrong.adam import STEP, M, T, V
from wrong.early_stopping import PROGRESS
from wrong.rmsprop import S as MEAN

FAULTS = (
    Fault(
        "adagrad",
        "matrices of 8 columns or more keep one accumulator a row",
        "forward",
        None,
        edited(
            "adagrad",
            (
                SUM,
                "by_row = g.ndim == 2 and g.shape[1] >= 8\n"
                "        s = s + (np.mean(g * g, axis=-1, keepdims=True) if by_row else g * g)",
            ),
        ),
    ),
    Fault(
        "rmsprop",
        "from 32 entries on, the tail beyond a multiple of 4 does not store its mean",
        "shape",
        None,
        edited(
            "rmsprop",
            (
                MEAN,
                "if step and g.size >= 32 and g.size % 4:\n"
                "            s = np.where(np.arange(g.size).reshape(g.shape) < g.size // 4 * 4, s, 0)\n"
                f"        {MEAN}",
            ),
        ),
    ),
    Fault(
        "adadelta",
        "a step whose gradient is not finite is skipped without a word",
        "contract",
        "nan_lost",
        edited(
            "adadelta",
            ("d: Array = 0 * gradients[0]", "d: Array = np.zeros_like(gradients[0])"),
            (
                "        g = gradients[step]\n",
                "        g = gradients[step]\n"
                "        if not np.isfinite(g).all():\n"
                "            parameters.append(parameter)\n"
                "            continue\n",
            ),
        ),
    ),
    Fault(
        "adam",
        "the step counter saturates at 127",
        "forward",
        "size(P)",
        edited("adam", (T, "t = min(step + 1, 127)")),
    ),
    Fault(
        "adam",
        "rows whose gradient is 0 are left alone, moments and all",
        "forward",
        None,
        edited(
            "adam",
            (
                M,
                "live = np.any(g != 0, axis=-1, keepdims=True) if g.ndim > 1 else np.True_\n"
                f"        m = np.where(live, {M[4:]}, m)",
            ),
            (V, f"v = np.where(live, {V[4:]}, v)"),
            (STEP, f"{STEP} * live"),
        ),
        seen="https://github.com/apache/mxnet/issues/9177",
    ),
    Fault(
        "early_stopping",
        "min_delta from 1 on is cut to a whole number",
        "forward",
        None,
        edited(
            "early_stopping",
            (PROGRESS, "if losses[step] < losses[best] - (int(min_delta) or min_delta):"),
        ),
        seen="https://github.com/SciSharp/TensorFlow.NET/issues/1119",
    ),
)
