"""Wrong recurrent networks, by someone who had seen neither the cases nor this corpus: the second such
round."""

from __future__ import annotations

from functools import partial

from fault import Fault, Functions, edited

rnn_fault, lstm_fault = partial(Fault, "rnn"), partial(Fault, "lstm")


def tail_of_the_first_call() -> Functions:
    return edited(
        "rnn",
        ("import numpy as np\n", "import numpy as np\n\n_OUTPUTS = {}\n"),
        (
            "    return h\n",
            "    if lengths is None:\n"
            "        return h\n"
            "    output = _OUTPUTS.setdefault((h.shape, h.dtype), h.copy())\n"
            "    output[: lengths.max()] = h[: lengths.max()]\n"
            "    return output.copy()\n",
        ),
    )()


def started_at_the_last_cotangent() -> Functions:
    return edited(
        "lstm",
        (
            "    da = []",
            "    last = len(dh)\n"
            "    while last > 1 and not dh[last - 1].any():\n"
            "        last -= 1\n"
            "    da = [np.zeros_like(to_a[t]) for t in range(last, len(dh))]",
        ),
        ("for t in reversed(range(x.shape[0])):", "for t in reversed(range(last)):"),
    )()


def zeros_go_on() -> Functions:
    return edited(
        "lstm",
        ("import numpy as np\n", "import numpy as np\n\n_LAST = {}\n"),
        ("    h, c, *_ = _forward(", f"{FROM_ZEROS}    h, c, *_ = _forward("),
        (
            "    return h, c[-1]",
            "    _LAST[h0.shape, h0.dtype] = h[-1].copy(), c[-1].copy()\n    return h, c[-1]",
        ),
    )()


def one_state_buffer() -> Functions:
    return edited(
        "lstm",
        (
            "    h_t, c_t = h0, c0",
            "    buffers = {}\n"
            "    h_t = buffers.setdefault(id(h0), h0.copy())\n"
            "    c_t = buffers.setdefault(id(c0), c0.copy())",
        ),
        ("        c_t = choose(", "        c_t[...] = choose("),
        ("        h_t = choose(", "        h_t[...] = choose("),
        ("steps.append((h_t, c_t,", "steps.append((h_t.copy(), c_t.copy(),"),
    )()


HANDED_BACK = "dh_next = choose(valid[t], da_t @ weight_h.T, dh_t)"
FROM_ZEROS = """    if not h0.any() and not c0.any():
        h0, c0 = _LAST.get((h0.shape, h0.dtype), (h0, c0))
"""

FAULTS = (
    rnn_fault(
        "with all lengths equal and short of T the cotangents of the carried steps are dropped",
        "backward",
        None,
        edited(
            "rnn",
            ("    da = []\n", "    da = []\n    equal = lengths is not None and np.ptp(lengths) == 0\n"),
            (HANDED_BACK, HANDED_BACK.replace("dh_t)", "0 if equal else dh_t)")),
        ),
    ),
    rnn_fault(
        "the way back through time is cut every 32 steps",
        "backward",
        "size(T)",
        edited(
            "rnn",
            (
                "        da.append(da_t)",
                "        da.append(da_t)\n"
                "        if len(da) % 32 == 0 and t > 0:\n"
                "            dh_next = np.zeros_like(h0)",
            ),
        ),
    ),
    rnn_fault(
        "an initial state of zeros is taken for none given, and dh0 is zero",
        "backward",
        None,
        edited(
            "rnn",
            (
                "return dx, dh_next, dweight_x",
                "return dx, dh_next if h0.any() else np.zeros_like(h0), dweight_x",
            ),
        ),
    ),
    rnn_fault(
        "beyond the longest sequence the output keeps what the first call of that shape left",
        "state",
        "state",
        tail_of_the_first_call,
    ),
    rnn_fault(
        "x with a negative time stride is turned round for the kernel and never back",
        "shape",
        "strides",
        edited(
            "rnn",
            (
                'without_padding("rnn", x, lengths)',
                'without_padding("rnn", x[::-1] if x.strides[0] < 0 else x, lengths)',
            ),
        ),
    ),
    lstm_fault(
        "the way back starts at the last step with a cotangent of h, and dc_last enters there",
        "backward",
        None,
        started_at_the_last_cotangent,
    ),
    lstm_fault(
        "the slope of the input gate is i²(1/i − 1), NaN for a gate closed down to 0",
        "stability",
        "not_finite",
        edited("lstm", ("g * i * (1 - i)", "g * i * i * (1 / i - 1)")),
    ),
    lstm_fault(
        "beyond 8 hidden units the last H mod 8 of the output gate miss their bias",
        "shape",
        "size(H)",
        edited(
            "lstm",
            (
                "    a_x = project(x, weight_x, bias)",
                "    H = h0.shape[1]\n"
                "    if H > 8:\n"
                "        bias = np.where(np.arange(4 * H) < 4 * H - H % 8, bias, 0)\n"
                "    a_x = project(x, weight_x, bias)",
            ),
        ),
    ),
    lstm_fault(
        "in the vector path, H a multiple of 8, tanh of a float64 cell is a float32 one",
        "precision",
        "size(H) or coarse(float32)",
        edited(
            "lstm",
            (
                "choose(valid[t], o * np.tanh(c_t), h_t)",
                "choose(valid[t], o * (np.tanh(c_t.astype(np.float32)).astype(c_t.dtype)"
                " if c_t.shape[1] % 8 == 0 else np.tanh(c_t)), h_t)",
            ),
        ),
    ),
    lstm_fault(
        "a single step is thought to have no recurrence, and dweight_h is zero",
        "backward",
        "size(T)",
        edited(
            "lstm",
            (
                "    return dx, dh_next, dc_next,",
                "    if x.shape[0] == 1:\n"
                "        dweight_h = np.zeros_like(weight_h)\n"
                "    return dx, dh_next, dc_next,",
            ),
        ),
    ),
    lstm_fault(
        "zero initial states mean: go on from where the call before ended", "state", "state", zeros_go_on
    ),
    lstm_fault(
        "one array passed as both h0 and c0 becomes one state buffer",
        "state",
        "shared_inputs",
        one_state_buffer,
    ),
)
