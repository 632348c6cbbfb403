"""Terms in LaTeX, and a chapter as a document that compiles with amsmath alone."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from ..chapters import Chapter, Line
from ._layout import Style, written

_FUNCTIONS = {"sigma": r"\sigma", "dg": "g'", "g": "g"} | {f: f"\\{f}" for f in ("exp", "log", "tanh", "sin", "cos")}
_GREEK = ("beta", "lambda", "gamma", "epsilon", "mu", "eta", "rho", "sigma", "kappa", "theta")
_PLAIN = {"_": r"\_", "&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}",
          "^": r"\^{}", "~": r"\~{}", "\\": r"\textbackslash{}"}  # fmt: skip
_SIGNS = {
    "−": "-", "·": r"\cdot", "×": r"\times", "√": r"\surd", "Σ": r"\Sigma", "σ": r"\sigma", "∂": r"\partial",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "∞": r"\infty", "′": "'", "…": r"\dots", "→": r"\to", "⊙": r"\odot",
    "ᵀ": r"^{\top}", "²": "^2", "³": "^3", "⁴": "^4", "⁻": "^-", "¹": "^1", "₀": "_0", "₁": "_1", "₂": "_2", "Π": r"\Pi",
    "λ": r"\lambda", "μ": r"\mu", "β": r"\beta", "γ": r"\gamma", "ε": r"\epsilon", "ρ": r"\rho", "Φ": r"\Phi",
    "θ": r"\theta", "η": r"\eta", "δ": r"\delta", "π": r"\pi", "½": r"\tfrac12", "¼": r"\tfrac14", "≈": r"\approx",
    "∈": r"\in", "⇔": r"\Leftrightarrow", "⇒": r"\Rightarrow", "←": r"\leftarrow", "⟨": r"\langle", "⟩": r"\rangle",
    "‖": r"\|", "∇": r"\nabla", "ᵗ": "^t", "ℓ": r"\ell", "Δ": r"\Delta", "φ": r"\varphi",
}  # fmt: skip


def tex(e: Expr) -> str:
    """`e` in LaTeX, without delimiters."""
    return written(e, _STYLE)


def document(chapter: Chapter, lines: Sequence[Line]) -> str:
    """The chapter as a document: each line with its label, its rule and how far it is established."""
    rows = [_row(line) for line in lines]
    return "\n".join(
        [
            r"\documentclass{article}",
            r"\usepackage[T1]{fontenc}",
            r"\usepackage{amsmath,amssymb}",
            r"\usepackage[margin=2cm]{geometry}",
            r"\setlength{\parindent}{0pt}\allowdisplaybreaks",
            r"\begin{document}",
            rf"\section*{{{prose(chapter.title)}}}",
            prose(chapter.about),
            *rows,
            r"\end{document}",
            "",
        ]
    )


def prose(said: str) -> str:
    """Words in LaTeX: what is special there is escaped, mathematical signs are put in math mode."""
    return "".join(f"${_SIGNS[c]}$" if c in _SIGNS else _PLAIN.get(c, c) for c in said)


def _row(line: Line) -> str:
    relation = {"=": "=", "≥": r"\ge"}[line.theorem.relation]
    said = f" {prose(line.about)}." if line.about else ""
    heading = rf"\paragraph{{\texttt{{{prose(line.label)}}}}} \emph{{{prose(line.theorem.rule)}; {line.theorem.status}.}}"
    return f"{heading}{said}\n\\begin{{multline*}}\n{tex(line.theorem.lhs)} {relation} {tex(line.theorem.rhs)}\n\\end{{multline*}}"


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
    call=lambda name, inside: rf"{_FUNCTIONS.get(name, rf'{chr(92)}operatorname{{{name}}}')}\left({inside}\right)",
    bracket=lambda left, relation, right: rf"\left[{left} {relation} {right}\right]",
    sigma=lambda over, inside: rf"\sum_{{{','.join(over)}}} {inside}",
    fraction=lambda above, below: rf"\frac{{{above}}}{{{below}}}",
    power=lambda base, exponent: f"{{{base}}}^{{{exponent}}}",
    root=lambda inside: rf"\sqrt{{{inside}}}",
    parentheses=lambda inside: rf"\left({inside}\right)",
    times=r"\, ",
    minus="-",
)
