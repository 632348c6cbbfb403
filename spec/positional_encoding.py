"""Sines and cosines of the position at geometrically spaced wavelengths (Vaswani et al. 2017)."""

from ._declare import Array, Attribute, Convention, Dim, Operator

LENGTH, WIDTH = Dim("length"), Dim("width")

OPERATOR = Operator(
    name="positional_encoding",
    summary="sine and cosine of the position, at wavelengths from 2π to 10000 · 2π",
    outputs=(Array("y", (LENGTH, WIDTH), dtype="float64"),),
    attributes=(
        Attribute(name="length", size=LENGTH, about="the number of positions"),
        Attribute(name="width", size=WIDTH, about="the number of columns, odd or even"),
    ),
    equations={
        "angle": "angle[pos, i] = pos / 10000^(2i/width)",
        "y": "y[pos, 2i] = sin(angle[pos, i]), y[pos, 2i+1] = cos(angle[pos, i])",
    },
    differentiable=False,
    conventions=(
        Convention(
            key="positional_encoding.base",
            keyword="base_convention",
            values=(10000.0,),
            number=True,
            used_by={
                "10000.0": "Vaswani et al. and most after them",
                "1000000.0": "models of very long contexts",
            },
        ),
    ),
    pitfalls=(
        "Sine and cosine alternate by column; MLX and others put all sines before all cosines.",
        "Both columns of a pair share the exponent 2i/width, not one each.",
        "An odd width ends on a sine, without its cosine.",
    ),
    references=("Vaswani et al., Attention Is All You Need, NeurIPS 2017",),
)
