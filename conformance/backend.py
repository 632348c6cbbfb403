"""A backend as the suite sees it: calls that return NumPy arrays or raise one clear error."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from ..spec import Array, Operator, declaration, operators
from . import interrupts, watch
from .case import passed
from .errors import BackendError, Unsupported, Unusable, in_words
from .precision import precision
from .surroundings import look_at_errors


@dataclass(frozen=True)
class Backend:
    """An implementation under test, as `load` made it of a module or object."""

    target: Any
    source: str
    """What it was named by, and how a snippet gets at it."""
    name: str
    version: str
    dtypes: tuple[str, ...]
    conventions: Mapping[str, Any] = field(default_factory=dict)
    expected_failures: Mapping[str, str] = field(default_factory=dict)

    def function(self, name: str) -> Callable[..., Any] | None:
        found = getattr(self.target, name, None)
        return found if callable(found) else None

    def defines(self, operator: Operator) -> bool:
        return self.function(operator.name) is not None

    def differentiates(self, operator: Operator) -> bool:
        """Whether there is a gradient and it can be had: an explicit `<operator>_vjp`, or the hook."""
        if not operator.differentiable_inputs:
            return False
        explicit = self.function(f"{operator.name}_vjp") is not None
        return explicit or (self.defines(operator) and self.function("vjp") is not None)

    def forward(
        self, operator: Operator, inputs: Sequence[Any], attributes: Mapping[str, Any]
    ) -> list[np.ndarray]:
        """The outputs, lists flattened. Raises Unsupported, BackendError."""
        function = self.function(operator.name)
        if function is None:
            raise Unsupported(f"{operator.name} is not defined")
        keywords = self._keywords(function, operator, attributes)
        result = _call(function, operator.name, *map(self._native, inputs), **keywords)
        return self._outputs(result, operator)

    def vjp(
        self,
        operator: Operator,
        cotangents: Sequence[Any],
        inputs: Sequence[Any],
        attributes: Mapping[str, Any],
    ) -> tuple[list[np.ndarray] | None, list[np.ndarray]]:
        """The outputs (where the hook gives them) and the gradients. Raises Unsupported, BackendError."""
        explicit = self.function(f"{operator.name}_vjp")
        if explicit is not None:
            keywords = self._keywords(explicit, operator, attributes)
            given = (*map(self._native, cotangents), *map(self._native, inputs))
            result = _call(explicit, f"{operator.name}_vjp", *given, **keywords)
            return None, self._gradients(result, operator, inputs)
        return self._by_hook(operator, cotangents, inputs, attributes)

    def _by_hook(
        self,
        operator: Operator,
        cotangents: Sequence[Any],
        inputs: Sequence[Any],
        attributes: Mapping[str, Any],
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        hook, function = self.function("vjp"), self.function(operator.name)
        if hook is None or function is None:
            raise Unsupported(
                f"{operator.name} has no gradient: neither {operator.name}_vjp nor the hook vjp"
            )
        keywords = self._keywords(function, operator, attributes)
        native = [self._native(x) for x in inputs]
        varying = [i for i, array in enumerate(operator.inputs) if array.differentiable]
        primals = [p for i in varying for p in (native[i] if isinstance(native[i], list) else [native[i]])]

        def of_primals(*given: Any) -> Any:
            left = iter(given)
            taken = list(native)
            for i in varying:
                taken[i] = [next(left) for _ in native[i]] if isinstance(native[i], list) else next(left)
            return function(*taken, **keywords)

        answer = _call(hook, "vjp", of_primals, tuple(primals), tuple(map(self._native, cotangents)))
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise BackendError(f"vjp returned {_kind(answer)}; return a tuple (outputs, gradients)")
        outputs, gradients = answer
        if isinstance(outputs, tuple) and len(operator.outputs) == 1 and len(outputs) == 1:
            outputs = outputs[0]
        if not isinstance(gradients, (tuple, list)) or len(gradients) != len(primals):
            count = len(gradients) if isinstance(gradients, (tuple, list)) else _kind(gradients)
            raise BackendError(f"vjp returned {count} gradients of {operator.name}; {len(primals)} are due")
        names = _flat_names(operator.differentiable_inputs, inputs, operator)
        arrays = [self._array(g, f"d{n}") for g, n in zip(gradients, names, strict=True)]
        return self._outputs(outputs, operator), arrays

    def _native(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._native(entry) for entry in value]
        convert = self.function("from_numpy")
        return value if convert is None else _call(convert, "from_numpy", value)

    def _keywords(
        self, function: Callable[..., Any], operator: Operator, attributes: Mapping[str, Any]
    ) -> dict[str, Any]:
        keywords = passed(operator, attributes)
        looked_up = _taken if isinstance(function, Hashable) else _taken.__wrapped__
        taken = looked_up(function) if keywords else None
        for name in keywords:
            if taken is not None and name not in taken:
                raise Unsupported(f"{operator.name} does not take {name}")
        return {k: self._native(v) if isinstance(v, np.ndarray) else v for k, v in keywords.items()}

    def _outputs(self, result: Any, operator: Operator) -> list[np.ndarray]:
        due = operator.outputs
        if len(due) == 1:
            if due[0].many:
                return self._list(result, due[0].name, operator.name)
            single = result[0] if isinstance(result, tuple) and len(result) == 1 else result
            return [self._array(single, due[0].name)]
        names = ", ".join(a.name for a in due)
        if not isinstance(result, tuple) or len(result) != len(due):
            given = f"a tuple of {len(result)}" if isinstance(result, tuple) else _kind(result)
            raise BackendError(f"{operator.name} returned {given}; return a tuple ({names})")
        return [self._array(value, array.name) for value, array in zip(result, due, strict=True)]

    def _gradients(self, result: Any, operator: Operator, inputs: Sequence[Any]) -> list[np.ndarray]:
        due = operator.differentiable_inputs
        names = ", ".join(f"d{a.name}" for a in due)
        if len(due) == 1 and not isinstance(result, (tuple, list)):
            result = (result,)
        if not isinstance(result, tuple) or len(result) != len(due):
            given = f"{len(result)} gradients" if isinstance(result, tuple) else _kind(result)
            trailing = "," if len(due) == 1 else ""
            raise BackendError(f"{operator.name}_vjp returned {given}; return a tuple ({names}{trailing})")
        flat = []
        for value, array in zip(result, due, strict=True):
            if not array.many:
                flat.append(self._array(value, f"d{array.name}"))
                continue
            entries = self._list(value, f"d{array.name}", f"{operator.name}_vjp")
            wanted = len(inputs[operator.inputs.index(array)])
            if len(entries) != wanted:
                raise BackendError(
                    f"{operator.name}_vjp returned {len(entries)} entries of d{array.name}; {wanted} are due"
                )
            flat += entries
        return flat

    def _list(self, value: Any, name: str, function: str) -> list[np.ndarray]:
        if not isinstance(value, (list, tuple)):
            raise BackendError(f"{function} returned {_kind(value)} for {name}; return a list of arrays")
        return [self._array(entry, f"{name}[{i}]") for i, entry in enumerate(value)]

    def _array(self, value: Any, name: str) -> np.ndarray:
        convert = self.function("to_numpy")
        if value is None:
            raise BackendError(f"{name} is None; return an array")
        if convert is not None:
            value = _call(convert, "to_numpy", value)
        if not isinstance(value, (np.ndarray, np.generic, int, float, complex)):
            raise BackendError(
                f"{name} is {_kind(value)}, not an array; return a NumPy array or define to_numpy"
            )
        array = np.asarray(value)
        if array.dtype.kind not in "fiub" and array.dtype.name != "bfloat16":
            raise BackendError(f"{name} has dtype {array.dtype}; return real numbers")
        return array


def builtin_names() -> tuple[str, ...]:
    """The backends that come with gradspec."""
    from pkgutil import iter_modules

    from . import backends

    return tuple(sorted(m.name for m in iter_modules(backends.__path__)))


def load(named: object) -> Backend:
    """The backend `named`: a built-in, file, entry point, module (or `package.module:object`), or an object.

    Raises Unusable, with what to do about it, where there is none or it cannot be used.
    """
    if isinstance(named, Backend):
        return named
    if isinstance(named, (str, os.PathLike)):
        from .discovery import find

        source = os.fspath(named)
        return _examined(find(source), source)
    return _examined(named, getattr(named, "__name__", type(named).__name__))


def _examined(target: Any, source: str) -> Backend:
    name = getattr(target, "name", None)
    if not isinstance(name, str) or not name:
        raise Unusable(f'{source} lacks a name: add a line such as name = "mykernels"')
    dtypes = getattr(target, "dtypes", None)
    if (
        not isinstance(dtypes, Iterable)
        or isinstance(dtypes, str)
        or not dtypes
        or not all(isinstance(d, str) for d in dtypes)
    ):
        raise Unusable(
            f'{source} does not say its dtypes: add a line such as dtypes = ("float32", "float64")'
        )
    for dtype in dtypes:
        precision(dtype)
    if not any(callable(getattr(target, op, None)) for op in operators()):
        raise Unusable(
            f"{source} defines none of the operators: "
            "define functions named as `gradspec operators` lists them"
        )
    conventions = _mapping(target, "conventions", source)
    known = {c.key: c for op in operators() for c in declaration(op).conventions}
    for key, value in conventions.items():
        if key not in known:
            raise Unusable(
                f"{source} declares the convention {key!r}, which is unknown; there are {', '.join(known)}"
            )
        convention = known[key]
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if value not in convention.values and not (convention.number and number):
            raise Unusable(
                f"{source}: convention {key} is {value!r}; "
                f"it can be {', '.join(map(repr, convention.values))}"
            )
    version = str(getattr(target, "version", "") or "unknown")
    failures = {str(k): str(v) for k, v in _mapping(target, "expected_failures", source).items()}
    return Backend(target, source, name, version, tuple(dtypes), conventions, failures)


def _mapping(target: Any, attribute: str, source: str) -> Mapping[str, Any]:
    value = getattr(target, attribute, None) or {}
    if not isinstance(value, Mapping):
        raise Unusable(f"{source}: {attribute} is {_kind(value)}; make it a dict")
    return value


@cache
def _taken(function: Callable[..., Any]) -> frozenset[str] | None:
    """The keywords that a function takes, or None where it takes any (or does not say)."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return frozenset(p.name for p in parameters if p.kind is not p.POSITIONAL_ONLY)


def _call(function: Callable[..., Any], name: str, *args: Any, **kwargs: Any) -> Any:
    """What the backend's function returns; whatever it raises becomes one line that says where."""
    listener = watch.listener
    if listener is not None:
        listener.entered(name)
    try:
        with np.errstate():  # whatever the function makes of it ends with the call
            try:
                return function(*args, **kwargs)
            finally:
                look_at_errors(name)
    except NotImplementedError as error:
        raise Unsupported(str(error) or f"{name} is not implemented for this call") from error
    except (Unsupported, BackendError):
        raise
    except BaseException as error:  # SystemExit, or the panic of an extension in Rust, ends no run
        if isinstance(error, KeyboardInterrupt) and interrupts.is_users():
            raise
        raise BackendError(f"{name} raised {in_words(error)}") from error
    finally:
        if listener is not None:
            listener.left()


def _flat_names(arrays: Sequence[Array], inputs: Sequence[Any], operator: Operator) -> list[str]:
    names = []
    for array in arrays:
        given = inputs[operator.inputs.index(array)]
        names += [f"{array.name}[{i}]" for i in range(len(given))] if array.many else [array.name]
    return names


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"
