"""What a setting is: shapes, attributes, and a kind of number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Kind = Literal["one field", "tower", "logarithms", "fractions", "balls"]

DRAWN: Final = "drawn"
"""For an attribute, a positive number of the data's kind, or an array of the attribute's own."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """`sizes` of the dims that the declaration and the chapter name, attributes, and a kind of number.

    `dual` compares ⟨dy, J v⟩ of the reference's forward on duals with ⟨the chapter's gradients, v⟩ instead.
    `apart` names the dim whose entries do not meet: each is drawn on its own until its roots and logarithms
    exist. Balls are drawn from −scale … scale, with 0 and the ends.
    """

    kind: Kind
    sizes: Mapping[str, Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    dual: bool = False
    apart: str = ""
    scale: float = 1
    seed: int = 1

    def __str__(self) -> str:
        named = {**self.sizes, **self.attributes}
        said = ", ".join(f"{name} {value}" for name, value in named.items())
        return f"{'duals over ' if self.dual else ''}{self.kind}: {said}"
