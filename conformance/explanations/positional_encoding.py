"""What implementations of `positional_encoding` get wrong: the order of columns, the exponent, the first
position."""

from __future__ import annotations

from ._edited import as_if

_ORDER = "np.where(column == even, np.sin(angle), np.cos(angle))"
_EXPONENT = "(even / width)"
_POSITIONS = "np.arange(length)[:, None]"

EXPLANATIONS = tuple(
    as_if("positional_encoding", cause, sentence, *changes)
    for cause, sentence, *changes in (
        (
            "exchanged(sin,cos)",
            "sine and cosine are in each other's place",
            (_ORDER, "np.where(column == even, np.cos(angle), np.sin(angle))"),
        ),
        (
            "halves",
            "all sines come first, then all cosines; they have to alternate",
            (_ORDER, "np.concatenate([np.sin(angle[:, ::2]), np.cos(angle[:, 1::2])], axis=1)"),
        ),
        (
            "exponent(i)",
            "the exponent is i / width; it has to be 2i / width",
            (_EXPONENT, "(even / 2 / width)"),
        ),
        (
            "exponent(column)",
            "each column has an exponent of its own; the two of a pair share one",
            (_EXPONENT, "(column / width)"),
        ),
        (
            "exponent(4i)",
            "the exponent is 4i / width; it has to be 2i / width",
            (_EXPONENT, "(2 * even / width)"),
        ),
        (
            "exponent(width-2)",
            "the exponents run up to 1, as if the width were two less",
            (_EXPONENT, "(even / max(width - 2, 1))"),
        ),
        (
            "exponent(width-1)",
            "the exponents are divided by width − 1",
            (_EXPONENT, "(even / max(width - 1, 1))"),
        ),
        (
            "exponent(width+1)",
            "the exponents are divided by an odd width rounded up",
            (_EXPONENT, "(even / (width + width % 2))"),
        ),
        (
            "exponent(width-2)",
            "the exponents run up to 1: i / (width/2 − 1)",
            (_EXPONENT, "(even / 2 / max(width // 2 - 1, 1))"),
        ),
        (
            "exponent(width-2)",
            "the exponents run up to 1: i / (width/2 − 1)",
            (_EXPONENT, "(even / 2 / max(width / 2 - 1, 1))"),
        ),
        (
            "odd_width",
            "the last column of an odd width is left 0",
            (
                "return " + _ORDER,
                "return np.where((column == width - 1) & (width % 2 == 1), 0, " + _ORDER + ")",
            ),
        ),
        *(
            (f"base({base})", f"the base is {base}", ("/ base_convention **", f"/ {base}.0 **"))
            for base in (100000, 1000000, 100)
        ),
        (
            "off_by_one(pos)",
            "positions are counted from 1",
            (_POSITIONS, "np.arange(1, length + 1)[:, None]"),
        ),
        (
            "multiplied",
            "the angle is multiplied by the power, not divided",
            ("[:, None] / base", "[:, None] * base"),
        ),
        ("base(1000)", "the base is 1000", ("/ base_convention **", "/ 1000.0 **")),
        ("base(2)", "the base is 2", ("/ base_convention **", "/ 2.0 **")),
        (
            "base(length)",
            "the length stands in place of the base",
            ("/ base_convention **", "/ float(length) **"),
        ),
        (
            "transposed",
            "width and length are in each other's place",
            ("return " + _ORDER, "return (" + _ORDER + ").T"),
        ),
        (
            "degrees",
            "the angle is taken in degrees",
            (_ORDER, "np.where(column == even, np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle)))"),
        ),
    )
)
