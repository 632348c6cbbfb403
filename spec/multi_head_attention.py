"""Multi-head attention: one for each group of columns, between four projections (Vaswani et al. 2017)."""

from ._declare import Array, Attribute, Operator
from ._dims import E, L, N, S
from .scaled_dot_product_attention import CAUSAL

OPERATOR = Operator(
    name="multi_head_attention",
    summary="attention in `heads` groups of columns, between linear projections",
    inputs=(
        Array("query", (N, L, E)),
        Array("key", (N, S, E)),
        Array("value", (N, S, E)),
        *(Array(f"weight_{letter}", (E, E), "weight") for letter in "qkvo"),
    ),
    outputs=(Array("y", (N, L, E)),),
    attributes=(
        Attribute(name="heads", divides=E, about="head a owns columns a·E/heads … (a+1)·E/heads"),
        Attribute(name="causal", default=False, choices=(False, True), about="query l sees keys ≤ l"),
    ),
    equations={
        "q": "q = query @ weight_q; q_a are its columns of head a",
        "k": "k = key @ weight_k",
        "v": "v = value @ weight_v",
        "s": "s_a = q_a @ k_aᵀ / √(E/heads), −∞ where l may not see j",
        "p": "p_a = softmax(s_a) over the keys",
        "o": "o = (p_0 @ v_0, p_1 @ v_1, …), the heads side by side",
        "y": "y = o @ weight_o",
        "do": "do = dy @ weight_oᵀ",
        "dp": "dp_a = do_a @ v_aᵀ",
        "ds": "ds_a = p_a ⊙ (dp_a − Σ_j p_a ⊙ dp_a)",
        "dq": "dq_a = ds_a @ k_a / √(E/heads)",
        "dk": "dk_a = ds_aᵀ @ q_a / √(E/heads)",
        "dv": "dv_a = p_aᵀ @ do_a",
        "dquery": "dquery = dq @ weight_qᵀ",
        "dkey": "dkey = dk @ weight_kᵀ",
        "dvalue": "dvalue = dv @ weight_vᵀ",
        "dweight_q": "dweight_q = Σ_n query[n]ᵀ @ dq[n]",
        "dweight_k": "dweight_k = Σ_n key[n]ᵀ @ dk[n]",
        "dweight_v": "dweight_v = Σ_n value[n]ᵀ @ dv[n]",
        "dweight_o": "dweight_o = Σ_n o[n]ᵀ @ dy[n]",
    },
    conventions=(CAUSAL,),
    pitfalls=(
        "The scale is 1/√(E/heads), the width of one head, not of all.",
        "Projections are (in, out) and have no bias; PyTorch keeps (out, in) and has one by default.",
        "A head is a block of neighbouring columns; Flax and Keras keep the heads on an axis of their own.",
    ),
    references=("Vaswani et al., Attention Is All You Need, NeurIPS 2017",),
)
