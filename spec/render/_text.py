"""Terms in plain text, for a terminal: `dloss (p[n,k] − [k = labels[n]]) / N`."""

from __future__ import annotations

from sympy import Expr

from ._layout import Style, written

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_FUNCTIONS = {"sigma": "σ", "dg": "g′"}


def text(e: Expr) -> str:
    """`e` on one line."""
    return written(e, _STYLE)


def _atomic(said: str) -> bool:
    """Whether it needs no parentheses beside a root or under a bar."""
    depth = 0
    for place, letter in enumerate(said):
        depth += (letter in "([") - (letter in ")]")
        if (depth == 0 and (letter in " /")) or (letter == "−" and depth == 0 and place):
            return False
    return True


def _closed(said: str) -> str:
    return said if _atomic(said) else f"({said})"


def _power(base: str, exponent: str) -> str:
    return base + (exponent.translate(_SUPERSCRIPT) if exponent.isdigit() else f"^{_closed(exponent)}")


_STYLE = Style(
    name=lambda name: name,
    entry=lambda name, indices: f"{name}[{','.join(indices)}]" if indices else name,
    call=lambda name, inside: f"{_FUNCTIONS.get(name, name)}({inside})",
    bracket=lambda left, relation, right: f"[{left} {relation} {right}]",
    sigma=lambda over, inside: f"{' '.join(f'Σ_({i}≤{n})' if n else f'Σ_{i}' for i, n in over)} {inside}",
    fraction=lambda above, below: f"{above} / {_closed(below)}",
    power=_power,
    root=lambda inside: f"√{_closed(inside)}",
    parentheses=lambda inside: f"({inside})",
    times=" ",
    minus="−",
)
