"""Sines and cosines of the position: a step along the sequence is a rotation, wherever it starts."""

from sympy import Integer, Symbol, cos, sin

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Law

P, M, R = dims("P M R")
p, o = index("p o", P)
i, r = index("i", M), index("r", R)
width, base = Symbol("width", positive=True), Symbol("base", positive=True)
sine, cosine = Integer(1), Integer(2)

angle, y = tensor("angle", P, M), tensor("y", P, M, R)
frequency = base ** (-2 * (i - 1) / width)
turn = (o - p) * frequency

CHAPTER = Chapter(
    title="The positional encoding",
    about="Positions p and pairs of columns i count from 1 here, from 0 in the operator: hence p − 1 and i"
    " − 1. y is [length, pairs, 2], sine before cosine; an odd width lacks its very last cosine. The base"
    " is 10000.",
    sizes={R: 2},
    system=System(
        name="positional_encoding",
        given=(),
        definitions=(
            Definition(angle[p, i], (p - 1) * frequency),
            Definition(y[p, i, r], delta(r, sine) * sin(angle[p, i]) + delta(r, cosine) * cos(angle[p, i])),
        ),
    ),
    laws=(
        Law(
            name="law.norm",
            lhs=y[p, i, sine] ** 2 + y[p, i, cosine] ** 2,
            rhs=1,
            about="every pair lies on the unit circle, so every position is as long as any other",
        ),
        Law(
            name="law.rotation_sine",
            lhs=y[o, i, sine],
            rhs=cos(turn) * y[p, i, sine] + sin(turn) * y[p, i, cosine],
            about="the encoding of position o is that of p, turned by the angle (o − p) ω_i, …",
        ),
        Law(
            name="law.rotation_cosine",
            lhs=y[o, i, cosine],
            rhs=cos(turn) * y[p, i, cosine] - sin(turn) * y[p, i, sine],
            about="… in both coordinates: PE(p + k) = R(k) PE(p), where the rotation R depends on k alone",
        ),
        Law(
            name="law.distance",
            lhs=Σ(y[p, i, sine] * y[o, i, sine] + y[p, i, cosine] * y[o, i, cosine], i),
            rhs=Σ(cos(turn), i),
            about="the product of two encodings depends on their distance alone, not on where they are",
        ),
        Law(
            name="law.shifted",
            lhs=Σ(y[p + 1, i, sine] * y[o + 1, i, sine] + y[p + 1, i, cosine] * y[o + 1, i, cosine], i),
            rhs=Σ(y[p, i, sine] * y[o, i, sine] + y[p, i, cosine] * y[o, i, cosine], i),
            about="so moving both by one position does not change it",
        ),
        Law(
            name="law.first",
            lhs=y[Integer(1), i, r],
            rhs=delta(r, cosine),
            about="the first position is (0, 1) in every pair",
        ),
    ),
    notes={
        "angle": "the wavelengths grow from 2π by a constant factor to almost base · 2π",
        "y": "column 2i is the sine, column 2i + 1 the cosine",
    },
    references=(
        "Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding, 2021",
        "Shaw, Uszkoreit & Vaswani, Self-Attention with Relative Position Representations, NAACL 2018",
    ),
)
