"""Scaled dot-product attention (Vaswani et al. 2017)."""

from ._declare import Array, Attribute, Convention, Operator
from ._dims import E, F, L, N, S

CAUSAL = Convention(
    key="scaled_dot_product_attention.causal",
    keyword="causal_convention",
    values=("top_left", "bottom_right"),
    used_by={
        "top_left": "PyTorch, JAX, Keras",
        "bottom_right": "MLX, FlashAttention",
    },
)
"""Which corner the causal mask is aligned with where there are not as many keys as queries."""

OPERATOR = Operator(
    name="scaled_dot_product_attention",
    summary="softmax over keys of query·key/√E, applied to the values",
    inputs=(Array("query", (N, L, E)), Array("key", (N, S, E)), Array("value", (N, S, F))),
    outputs=(Array("y", (N, L, F)),),
    attributes=(
        Attribute(name="causal", default=False, choices=(False, True), about="query l sees keys ≤ l"),
        Attribute(
            name="mask",
            default=None,
            array=Array("mask", (N, L, S), "mask"),
            about="True where the query may attend; every query row sees at least one key",
        ),
    ),
    equations={
        "s": "s[n,l,j] = Σ_e query[n,l,e] key[n,j,e] / √E, −∞ where l may not see j",
        "p": "p = softmax(s) over the keys",
        "y": "y = p @ value",
        "dp": "dp = dy @ valueᵀ",
        "ds": "ds = p ⊙ (dp − Σ_j p ⊙ dp), where Σ_j p ⊙ dp = Σ_f dy ⊙ y",
        "dquery": "dquery = ds @ key / √E",
        "dkey": "dkey = dsᵀ @ query / √E",
        "dvalue": "dvalue = pᵀ @ dy",
    },
    conventions=(CAUSAL,),
    pitfalls=(
        "The scale is 1/√E, the width of the keys, not of the values.",
        "A mask that says which keys are hidden is the other polarity.",
        "With L ≠ S the causal triangle is aligned top-left here, bottom-right elsewhere.",
    ),
    references=("Vaswani et al., Attention Is All You Need, NeurIPS 2017",),
)
