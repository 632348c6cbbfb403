"""Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate of Gers, Schmidhuber & Cummins 2000)."""

from ._declare import Array, Attribute, Operator
from ._dims import D, H, N, T

OPERATOR = Operator(
    name="lstm",
    summary="long short-term memory, every hidden state and the last cell",
    inputs=(
        Array("x", (T, N, D)),
        Array("h0", (N, H)),
        Array("c0", (N, H)),
        Array("weight_x", (D, 4 * H), "weight"),
        Array("weight_h", (H, 4 * H), "weight"),
        Array("bias", (4 * H,)),
    ),
    outputs=(Array("h", (T, N, H)), Array("c_last", (N, H))),
    attributes=(
        Attribute(
            name="lengths",
            default=None,
            array=Array("lengths", (N,), "lengths", below=T),
            about="valid steps of each sequence; from there on its state is carried unchanged",
        ),
    ),
    equations={
        "a": "a_t = x_t @ weight_x + h_(t−1) @ weight_h + bias, in blocks a_i, a_f, a_g, a_o",
        "i": "i_t = σ(a_i)",
        "f": "f_t = σ(a_f)",
        "g": "g_t = tanh(a_g)",
        "o": "o_t = σ(a_o)",
        "c": "c_t = f_t ⊙ c_(t−1) + i_t ⊙ g_t, c_0 = c0; for t > lengths[n]: c_t = c_(t−1)",
        "h": "h_t = o_t ⊙ tanh(c_t), h_0 = h0; for t > lengths[n]: h_t = h_(t−1)",
        "c_last": "c_last = c_T",
        "e": "e_t = dh_t + da_(t+1) @ weight_hᵀ; for t ≥ lengths[n]: e_t = dh_t + e_(t+1); both 0 beyond T",
        "dc": "dc_t = e_t ⊙ o_t ⊙ (1 − tanh²c_t) + dc_(t+1) ⊙ f_(t+1), where dc_(T+1) ⊙ f_(T+1) is dc_last; "
        "the first term is 0 for t > lengths[n], the factor f_(t+1) is 1 for t ≥ lengths[n]",
        "da": "da_t = (dc ⊙ g ⊙ i(1−i), dc ⊙ c_(t−1) ⊙ f(1−f), dc ⊙ i ⊙ (1−g²), e ⊙ tanh(c) ⊙ o(1−o)), "
        "all at t; for t > lengths[n]: da_t = 0",
        "dx": "dx_t = da_t @ weight_xᵀ",
        "dh0": "dh0 = da_1 @ weight_hᵀ",
        "dc0": "dc0 = dc_1 ⊙ f_1",
        "dweight_x": "dweight_x = Σ_t x_tᵀ @ da_t",
        "dweight_h": "dweight_h = Σ_t h_(t−1)ᵀ @ da_t",
        "dbias": "dbias = Σ_t Σ_n da_t[n]",
    },
    pitfalls=(
        "Gate blocks are in the order i, f, g, o; others use i, o, f, g or i, g, f, o.",
        "One bias; libraries with two add them.",
        "The cotangent of the cell has two sources: the hidden state of this step and the cell of the next.",
    ),
    references=(
        "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9(8), 1997",
        "Gers, Schmidhuber & Cummins, Learning to Forget, Neural Computation 12(10), 2000",
    ),
)
