"""The one declaration from which everything about an operator is derived.

A declaration is data: no NumPy and no SymPy is imported here, so that a check starts at once.
Sizes are named by `Dim`, and an array's shape is a tuple of them::

    T, N, H = dims("T N H")
    Array("weight_h", (H, 4 * H))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Size = int | tuple[int, ...] | tuple[tuple[int, ...], ...]
"""What a dim may stand for: one length; a list of lengths; a whole shape; a list of shapes."""


@dataclass(frozen=True)
class Dim:
    """A named size. `4 * H` is a multiple; `.first`, `.each`, `.next`, `.last` index a list of sizes."""

    name: str
    factor: int = 1
    at: Literal["", "first", "each", "next", "last"] = ""

    def __rmul__(self, factor: int) -> Dim:
        return replace(self, factor=factor * self.factor)

    @property
    def first(self) -> Dim:
        return replace(self, at="first")

    @property
    def each(self) -> Dim:
        return replace(self, at="each")

    @property
    def next(self) -> Dim:
        return replace(self, at="next")

    @property
    def last(self) -> Dim:
        return replace(self, at="last")

    def __str__(self) -> str:
        index = {"": "", "first": "0", "each": "i", "next": "i+1", "last": "n"}[self.at]
        return f"{self.factor if self.factor > 1 else ''}{self.name}{index}"


ANY = Dim("...")
"""Any shape, also none: stands for zero or more axes."""


def dims(names: str) -> tuple[Dim, ...]:
    """Named sizes: `N, D = dims("N D")`."""
    return tuple(Dim(name) for name in names.split())


Kind = Literal["real", "weight", "logit", "probability", "index", "lengths", "mask"]


@dataclass(frozen=True)
class Array:
    """An array that goes in or comes out.

    `kind` says what its entries are: `real`; `weight` (real, scaled by its fan-in when drawn); `logit` (real,
    of any magnitude); `probability` (in [0, 1]); `index` (int64, in 0 … `below` − 1); `lengths` (int64, in 1
    … `below`); `mask` (bool).
    """

    name: str
    shape: tuple[Dim, ...]
    kind: Kind = "real"
    below: Dim | None = None
    many: bool = False
    """A list of such arrays, one for each entry of the dim that varies."""
    differentiable: bool = True
    dtype: str | None = None
    """The dtype where it is not that of the call."""

    def __post_init__(self) -> None:
        if self.kind in ("index", "lengths", "mask"):
            object.__setattr__(self, "differentiable", False)
            object.__setattr__(self, "dtype", "bool" if self.kind == "mask" else "int64")

    def __str__(self) -> str:
        kind = {"int64": "int", "bool": "bool"}.get(self.dtype or "", "")
        shape = f"{kind}[{', '.join(map(str, self.shape))}]"
        return f"{self.name}: list of {shape}" if self.many else f"{self.name} {shape}".replace(" [", "[", 1)


REQUIRED = object()
"""The default of an attribute that has none."""

Scalar = bool | int | float | str | None


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A keyword of an operator.

    Its domain is one of: `choices`; an `array` (or None); `size` (equals that dim); `divides` (that dim); a
    number x with `low` ≤ x < `high`. `examples` are numbers worth trying first, the most usual one leading.
    """

    name: str
    default: object = REQUIRED
    choices: tuple[Scalar, ...] = ()
    array: Array | None = None
    size: Dim | None = None
    divides: Dim | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = False
    """A whole number (patience), not a real one."""
    examples: tuple[float, ...] = ()
    about: str = ""

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


@dataclass(frozen=True, kw_only=True)
class Convention:
    """A point on which respected libraries differ and no adapter can translate.

    `key` is what a backend declares, `keyword` the reference's parameter for it, `values` the variants with
    the default first; `number` admits any number beside them; `used_by` says who does which.
    """

    key: str
    keyword: str
    values: tuple[Scalar, ...]
    number: bool = False
    used_by: Mapping[str, str] = field(default_factory=dict)

    @property
    def default(self) -> Scalar:
        return self.values[0]


@dataclass(frozen=True, kw_only=True)
class Operator:
    """An operator: what goes in, what comes out, how they are tied, and where the mathematics comes from.

    `equations` maps the last part of a label to the equation, in reading order: the equation of output `h` of
    `lstm` is labelled `lstm.h`, that of the gradient with respect to `weight_h` `lstm.dweight_h`.
    """

    name: str
    summary: str
    inputs: tuple[Array, ...] = ()
    outputs: tuple[Array, ...]
    attributes: tuple[Attribute, ...] = ()
    equations: Mapping[str, str]
    may_be_empty: tuple[Dim, ...] = ()
    """Dims that may be 0; `ANY` admits 0 in any of its axes."""
    differentiable: bool = True
    not_smooth: str = ""
    """Where the derivative jumps, in words; empty where the operator is smooth."""
    conventions: tuple[Convention, ...] = ()
    random: bool = False
    """Draws its own randomness, so two calls differ."""
    pitfalls: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def differentiable_inputs(self) -> tuple[Array, ...]:
        return tuple(a for a in self.inputs if a.differentiable) if self.differentiable else ()

    @property
    def dims(self) -> tuple[str, ...]:
        """The free sizes that a concrete call has to choose, in order of appearance."""
        arrays = (*self.inputs, *(a.array for a in self.attributes if a.array), *self.outputs)
        found = [d.name for array in arrays for d in (*array.shape, *((array.below,) if array.below else ()))]
        return tuple(dict.fromkeys(found))

    @property
    def chains(self) -> tuple[str, ...]:
        """The dims that stand for a list of sizes (`D0 … Dn`)."""
        arrays = (*self.inputs, *self.outputs)
        return tuple(dict.fromkeys(d.name for array in arrays for d in array.shape if d.at))

    def attribute(self, name: str) -> Attribute:
        return next(a for a in self.attributes if a.name == name)

    def label(self, part: str) -> str:
        """The stable label of an equation, `lstm.dweight_h`. Raises KeyError where there is none."""
        if part not in self.equations:
            raise KeyError(f"{self.name} has no equation {part!r}")
        return f"{self.name}.{part}"

    def signature(self) -> str:
        """`lstm(x[T, N, D], …, *, lengths=None) → h[T, N, H], c_last[N, H]`."""
        keywords = [a.name if a.required else f"{a.name}={a.default!r}" for a in self.attributes]
        taken = [*map(str, self.inputs), *(["*", *keywords] if keywords else [])]
        return f"{self.name}({', '.join(taken)}) → {', '.join(map(str, self.outputs))}"


def shape_of(array: Array, sizes: Mapping[str, Size], index: int = 0) -> tuple[int, ...]:
    """The concrete shape of `array` (of its entry `index`, where it is a list) once every dim has a size."""
    shape: list[int] = []
    for dim in array.shape:
        size = sizes[dim.name]
        if dim.name == ANY.name:
            shape.extend(size[index] if array.many else size)  # type: ignore[arg-type, index]
        elif isinstance(size, int):
            shape.append(dim.factor * size)
        else:
            position = {"first": 0, "next": index + 1, "last": len(size) - 1}.get(dim.at, index)
            shape.append(dim.factor * size[position])  # type: ignore[arg-type]
    return tuple(shape)


def count_of(array: Array, sizes: Mapping[str, Size]) -> int:
    """How many arrays `array` stands for: 1, or the length of the list."""
    if not array.many:
        return 1
    dim = array.shape[0]
    size = sizes[dim.name]
    assert isinstance(size, tuple)
    return len(size) - 1 if dim.at else len(size)
