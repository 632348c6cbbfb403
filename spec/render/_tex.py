"""Terms in LaTeX, and a chapter as a document that compiles with amsmath alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sympy import Add, Expr

from ..chapters import Chapter, Line
from ._established import established
from ._layout import Style, in_order, written

_FUNCTIONS = {"sigma": r"\sigma", "dg": "g'", "g": "g"}
_FUNCTIONS |= {name: f"\\{name}" for name in ("exp", "log", "tanh", "sin", "cos")}
_GREEK = ("beta", "lambda", "gamma", "epsilon", "mu", "eta", "rho", "sigma", "kappa", "theta")
_PLAIN = {"_": r"\_", "&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}",
          "^": r"\^{}", "~": r"\~{}", "\\": r"\textbackslash{}",
          "—": "---"}  # fmt: skip
_SIGNS = {
    "−": "-", "·": r"\cdot", "×": r"\times", "√": r"\surd", "Σ": r"\Sigma", "σ": r"\sigma", "∂": r"\partial",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "∞": r"\infty", "′": "'", "…": r"\dots", "→": r"\to",
    "ᵀ": r"^{\top}", "²": "^2", "³": "^3", "⁴": "^4", "⁻": "^-", "¹": "^1", "₀": "_0", "₁": "_1", "₂": "_2",
    "λ": r"\lambda", "μ": r"\mu", "β": r"\beta", "γ": r"\gamma", "ε": r"\epsilon", "ρ": r"\rho", "Φ": r"\Phi",
    "θ": r"\theta", "η": r"\eta", "δ": r"\delta", "π": r"\pi", "½": r"\tfrac12", "¼": r"\tfrac14",
    "≈": r"\approx", "∈": r"\in", "⇔": r"\Leftrightarrow", "⇒": r"\Rightarrow", "←": r"\leftarrow",
    "⟨": r"\langle", "⟩": r"\rangle", "‖": r"\|", "∇": r"\nabla", "ᵗ": "^t", "ℓ": r"\ell", "Δ": r"\Delta",
    "φ": r"\varphi", "ω": r"\omega", "Π": r"\Pi", "⊙": r"\odot",
}  # fmt: skip

_HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"
_LONG = 160
"""Characters of LaTeX, about what a line holds."""


def tex(e: Expr) -> str:
    """`e` in LaTeX, without delimiters."""
    return written(e, _STYLE)


def document(
    chapter: Chapter, lines: Sequence[Line], pitfalls: Iterable[str] = (), references: Iterable[str] = ()
) -> str:
    """The chapter as a document: each line with its label, its rule and how far it is established."""
    rows = [_row(line) for line in lines]
    return "\n".join(
        [
            r"\documentclass[fleqn]{article}",
            r"\usepackage[T1]{fontenc}",
            r"\usepackage{amsmath,amssymb}",
            r"\usepackage[margin=2cm]{geometry}",
            r"\setlength{\parindent}{0pt}\allowdisplaybreaks",
            r"\begin{document}",
            rf"\section*{{{prose(chapter.title)}}}",
            prose(chapter.about),
            *rows,
            *_entries("Pitfalls", pitfalls),
            *_entries("References", references),
            r"\end{document}",
            "",
        ]
    )


def prose(said: str) -> str:
    """Words in LaTeX: what is special there is escaped, mathematical signs are put in math mode."""
    parts = re.split("(.\N{COMBINING CIRCUMFLEX ACCENT})", said)
    return "".join(
        rf"$\hat {part[0]}$" if len(part) == 2 and part[1] == _HAT else _words(part) for part in parts
    )


def _words(said: str) -> str:
    return "".join(f"${_SIGNS[c]}$" if c in _SIGNS else _PLAIN.get(c, c) for c in said)


def _row(line: Line) -> str:
    said = line.theorem
    plain = said.status in ("definition", "assumed")
    how = prose(said.rule) if plain else f"{prose(said.rule)}; {established(said, _condition, prose)}"
    heading = rf"\paragraph{{\texttt{{{prose(line.label)}}}}} \emph{{{how}.}} {prose(line.about)}"
    left, relation = tex(said.lhs), {"=": "=", "≥": r"\ge"}[said.relation]
    right = [part for side in _summands(said.rhs) for part in [tex(side)]]
    signed = [part if part.startswith("-") or not place else f"+ {part}" for place, part in enumerate(right)]
    rows = (r" \\" + "\n& \\quad ").join(signed)
    return f"{heading}\n\\begin{{align*}}\n{left} & {relation} {rows}\n\\end{{align*}}"


def _condition(lhs: Expr, relation: str, rhs: Expr) -> str:
    return f"${tex(lhs)} {_SIGNS.get(relation, relation)} {tex(rhs)}$"


def _entries(heading: str, said: Iterable[str]) -> list[str]:
    items = [rf"\item {prose(entry)}" for entry in said]
    begin, end = r"\begin{itemize}", r"\end{itemize}"
    return [rf"\paragraph{{{heading}}}", begin, *items, end] if items else []


def _summands(e: Expr) -> list[Expr]:
    """The terms of a long sum, for a line each; what fits on one line stays in one piece."""
    return in_order(e.args) if isinstance(e, Add) and len(tex(e)) > _LONG else [e]


def _sigma(i: str, upper: str) -> str:
    return rf"\sum_{{{i}=1}}^{{{upper}}}" if upper else rf"\sum_{{{i}}}"


def _name(name: str) -> str:
    stem, _, hat = name.partition("_hat")
    if name.endswith("_hat") and not hat:
        return rf"\hat{{{_name(stem)}}}"
    if name in _GREEK:
        return f"\\{name}"
    if name.rstrip("′").isalpha() and len(name.rstrip("′")) == 1:
        return name.replace("′", "'")
    return rf"\mathit{{{name.replace('_', chr(92) + '_').replace('′', '')}}}" + "'" * name.count("′")


_STYLE = Style(
    name=_name,
    entry=lambda name, indices: f"{_name(name)}_{{{','.join(indices)}}}" if indices else _name(name),
    call=lambda name, inside: (
        rf"{_FUNCTIONS.get(name, rf'{chr(92)}operatorname{{{name}}}')}\left({inside}\right)"
    ),
    bracket=lambda left, relation, right: rf"\left[{left} {relation} {right}\right]",
    sigma=lambda over, inside: " ".join([*(_sigma(i, upper) for i, upper in over), inside]),
    fraction=lambda above, below: rf"\frac{{{above}}}{{{below}}}",
    power=lambda base, exponent: f"{{{base}}}^{{{exponent}}}",
    root=lambda inside: rf"\sqrt{{{inside}}}",
    parentheses=lambda inside: rf"\left({inside}\right)",
    times=r"\, ",
    minus="-",
)
