"""Wrong attention, alone and with heads, by someone who had seen neither the cases nor this corpus: the
second such round."""

from __future__ import annotations

from functools import partial

from fault import Fault, Functions, edited
from wrong._attention import NAME

fault, heads_fault = partial(Fault, NAME), partial(Fault, "multi_head_attention")


def triangle_by_its_number_of_entries() -> Functions:
    return edited(
        "multi_head_attention",
        ("import numpy as np\n", "import numpy as np\n\n_TRIANGLES = {}\n"),
        (
            TRIANGLE,
            f"{TRIANGLE}\n        visible = _TRIANGLES.setdefault((L * S, offset), visible).reshape(L, S)",
        ),
        module=NAME,
    )()


def last_query_alone() -> Functions:
    return edited(
        "multi_head_attention",
        (
            '    agree("multi_head_attention", query=query, dy=dy)\n',
            '    agree("multi_head_attention", query=query, dy=dy)\n'
            "    if query.shape[1] > 1 and not dy[:, :-1].any():\n"
            "        dlast, *others = multi_head_attention_vjp(\n"
            "            dy[:, -1:], query[:, -1:], key, value, *weights,\n"
            "            heads=heads, causal=causal, causal_convention=causal_convention)\n"
            "        return np.concatenate([np.zeros_like(query[:, :-1]), dlast], axis=1), *others\n",
        ),
    )()


TRIANGLE = "visible = np.arange(S) <= np.arange(L)[:, None] + offset"
TF32 = """def _tf32(x):
    finite = np.isfinite(x)
    bits = (np.where(finite, x, 0).view(np.int32) + 0x1000) & ~0x1FFF
    return np.where(finite, bits.view(np.float32), x)


def _forward("""

FAULTS = (
    fault(
        "a mask whose first and last rows agree is taken for a padding mask, its first row for all",
        "forward",
        None,
        edited(
            NAME,
            (
                "        visible = mask if visible is None",
                "        if (mask[:, 0] == mask[:, -1]).all():\n"
                "            mask = mask[:, :1]\n"
                "        visible = mask if visible is None",
            ),
        ),
    ),
    fault(
        "dquery is divided by a √E of float32",
        "precision",
        "coarse(float32)",
        edited(NAME, ("return ds @ key / root,", "return ds @ key / float(np.float32(root)),")),
    ),
    fault(
        "a causal tile of 16 queries by 8 keys is skipped where its first query, not its last, sees none",
        "shape",
        None,
        edited(
            NAME,
            (
                TRIANGLE,
                f"{TRIANGLE}\n"
                "        first = np.arange(L)[:, None] // 16 * 16\n"
                "        visible &= np.arange(S) // 8 * 8 <= first + max(offset, 0)",
            ),
        ),
    ),
    heads_fault(
        "where query and key are one array the packed projection takes the value from it as well",
        "forward",
        "shared_inputs",
        edited(
            "multi_head_attention",
            (
                "_split(value @ weight_v, heads)",
                "_split((key if query is key else value) @ weight_v, heads)",
            ),
        ),
    ),
    heads_fault(
        "causal masks are cached by their number of entries",
        "state",
        "state",
        triangle_by_its_number_of_entries,
    ),
    heads_fault(
        "the output projection of float32 runs in TF32 where E is a multiple of 8",
        "precision",
        "coarse(float16) or size(E)",
        edited(
            "multi_head_attention",
            (
                "    return o @ weight_o",
                "    if o.dtype == np.float32 and o.shape[-1] % 8 == 0:\n"
                "        return _tf32(o) @ _tf32(weight_o)\n"
                "    return o @ weight_o",
            ),
            ("def _forward(", TF32),
        ),
    ),
    heads_fault(
        "a cotangent of the last query alone goes through one row, which causal then lets see the first key",
        "backward",
        None,
        last_query_alone,
    ),
)
