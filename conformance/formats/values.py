"""The values of a counterexample, short enough to read: larger arrays by dtype, shape and range."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...spec import declaration
from ..compare import base_name

_FULL = 16
"""Arrays with at most this many entries are printed in full."""


def described(
    operator: str, counterexample: Mapping[str, Any], where: str | None
) -> Iterator[tuple[str, str]]:
    """What went in, as `(name, text)`: sizes, attributes, inputs; cotangents unless an output is off."""
    case = counterexample.get("case") or {}
    sizes = ", ".join(f"{name} = {_size(size)}" for name, size in (case.get("sizes") or {}).items())
    about = "" if case.get("about") in (None, "", "drawn") else f"  ({case['about']})"
    if sizes or about:
        yield "sizes", f"{sizes}{about}"
    given = (counterexample.get("attributes") or {}).items()
    yield from _named([(name, value) for name, value in given if value is not None])
    declared = declaration(operator)
    yield from _named(_pairs([a.name for a in declared.inputs], counterexample.get("inputs")))
    if where is not None and base_name(where) in {a.name for a in declared.outputs}:
        return
    yield from _named(_pairs([f"d{a.name}" for a in declared.outputs], counterexample.get("cotangents")))


def number(value: Any) -> str:
    """An expected or actual value: every digit of a number, anything else as it is."""
    text = repr(value) if isinstance(value, float) else str(value)
    return text if len(text) <= 300 else f"{text[:297]}..."


def _pairs(names: Sequence[str], values: Any) -> list[tuple[str, Any]]:
    if isinstance(values, Mapping):
        return list(values.items())
    return list(zip(names, values or (), strict=False))


def _named(values: Any) -> Iterator[tuple[str, str]]:
    for name, value in values:
        if isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
            yield from ((f"{name}[{i}]", _value(entry)) for i, entry in enumerate(value))
        else:
            yield name, _value(value)


def _value(value: Any) -> str:
    if not (isinstance(value, Mapping) and {"dtype", "shape", "data"} <= value.keys()):
        return number(value)
    return f"{value['dtype']}{list(value['shape'])} {_entries(value)}"


def _entries(value: Mapping[str, Any]) -> str:
    import numpy as np

    from ..encoding import decode

    array = decode(value)
    if array.dtype.kind not in "fiub":
        array = array.astype(np.float32)  # bfloat16, which NumPy cannot print
    if array.size <= _FULL:
        # Enough digits to tell one number of its dtype from the next; no padding, since it is one line.
        text = " ".join(np.array2string(array, separator=", ", floatmode="unique").split())
        return re.sub(r"(?<=\[) | (?=[\],])", "", text)
    if array.dtype.kind == "b":
        return f"{int(array.sum())} of {array.size} True"
    finite = array[np.isfinite(array)]
    if not finite.size:
        return "none of it finite"
    odd = array.size - finite.size
    return f"from {finite.min():.4g} to {finite.max():.4g}{f', {odd} not finite' if odd else ''}"


def _size(size: Any) -> str:
    return str(list(size)) if isinstance(size, (list, tuple)) else str(size)
