"""What a backend answers: taken, or told in one line; what it leaves behind reaches nobody else."""

import os
import random
import signal
import sys
import warnings

import numpy as np
import pytest
from fault import Altered
from gradspec import reference
from gradspec.conformance import check
from gradspec.spec import declaration, operators
from minimal import mine, quick, statuses


class Panic(BaseException):
    """As extensions written in Rust raise it."""


def result_of(backend, operator, name="forward"):
    """The result of one check, beside another operator that must not suffer."""
    report = quick(backend, operator, "relu", checks=("forward", name), dtypes=["float64"])
    assert not report.conforms
    assert statuses(report)["relu/forward"] == "passed"
    (found,) = (r for r in report.results if (r.operator, r.check) == (operator, name))
    assert "\n" not in found.message
    assert "gradspec itself" not in found.message
    return found


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (lambda y: None, "error", "y is None; return an array"),
        (lambda y: [y], "error", "y is a list, not an array; return a NumPy array or define to_numpy"),
        (lambda y: (y, y), "error", "y is a tuple, not an array"),
        (lambda y: (), "error", "y is a tuple, not an array"),
        (lambda y: "text", "error", "y is a str, not an array"),
        (lambda y: object(), "error", "y is an object, not an array"),
        (lambda y: y.astype(complex), "error", "y has dtype complex128; return real numbers"),
        (lambda y: y.astype(str), "error", "return real numbers"),
        (lambda y: y.astype(object), "error", "y has dtype object; return real numbers"),
        (lambda y: y[None], "failed", "y has shape (1, 1), (1,) is due"),
        (lambda y: y.astype(np.float32), "failed", "y has dtype float32, float64 is due"),
        (lambda y: y.astype(int), "failed", "y has dtype int64, float64 is due"),
        (lambda y: 1.0, "failed", "y has shape ()"),
        (lambda y: np.full_like(y, np.nan), "failed", "times its tolerance off"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_that_is_none_is_told(answer, status, said):
    found = result_of(mine(tanh=lambda x: answer(np.tanh(x))), "tanh")
    assert found.status == status
    assert said in found.message


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda h, c: h, "lstm returned a ndarray; return a tuple (h, c_last)"),
        (lambda h, c: [h, c], "lstm returned a list; return a tuple (h, c_last)"),
        (lambda h, c: (h,), "lstm returned a tuple of 1; return a tuple (h, c_last)"),
        (lambda h, c: (h, c, c), "lstm returned a tuple of 3; return a tuple (h, c_last)"),
        (lambda h, c: (h, None), "c_last is None; return an array"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_too_few_or_too_many_outputs_are_told(answer, said):
    backend = Altered({"lstm": lambda *given, **k: answer(*reference.operator("lstm")(*given, **k))})
    found = result_of(backend, "lstm")
    assert (found.status, said in found.message) == ("error", True)


@pytest.mark.parametrize(
    ("operator", "answer", "said"),
    [
        ("tanh", lambda dx: (), "tanh_vjp returned 0 gradients; return a tuple (dx,)"),
        ("tanh", lambda dx: (dx, dx), "tanh_vjp returned 2 gradients; return a tuple (dx,)"),
        ("tanh", lambda dx: [dx], "tanh_vjp returned a list; return a tuple (dx,)"),
        ("tanh", lambda dx: (None,), "dx is None; return an array"),
        ("mlp", lambda dx, dw, db: (dx, dw), "return a tuple (dx, dweights, dbiases)"),
        ("mlp", lambda dx, dw, db: (dx, *dw, *db), "return a tuple (dx, dweights, dbiases)"),
        (
            "mlp",
            lambda dx, dw, db: (dx, dw[0], db),
            "for dweights; return a list of arrays",
        ),
        ("mlp", lambda dx, dw, db: (dx, dw[1:], db), "entries of dweights"),
        ("mlp", lambda dx, dw, db: (dx, dw, [None, *db[1:]]), "dbiases[0] is None; return an array"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_gradients_that_are_not_nested_as_the_inputs_are_told(operator, answer, said):
    right = reference.vjp(operator)
    backend = Altered({f"{operator}_vjp": lambda *given, **k: answer(*right(*given, **k))})
    found = result_of(backend, operator, "gradient")
    assert (found.status, said in found.message) == ("error", True)
    assert "_vjp(" in found.reproduce or "replay" in found.reproduce


def test_one_gradient_needs_no_tuple():
    assert quick(
        mine(tanh_vjp=lambda dy, x: dy * (1 - np.tanh(x) ** 2)), "tanh", checks=("gradient",)
    ).conforms


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        (
            lambda f, primals, cotangents: f(*primals),
            "vjp returned a ndarray; return a tuple (outputs, gradients)",
        ),
        (lambda f, primals, cotangents: None, "vjp returned None; return a tuple (outputs, gradients)"),
        (lambda f, primals, cotangents: (f(*primals), ()), "vjp returned 0 gradients of tanh; 1 are due"),
        (
            lambda f, primals, cotangents: (f(*primals), None),
            "vjp returned None gradients of tanh; 1 are due",
        ),
        (lambda f, primals, cotangents: (f(*primals), (None,)), "dx is None; return an array"),
        (lambda f, primals, cotangents: (None, cotangents), "y is None; return an array"),
        (lambda f: None, "vjp raised TypeError"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hook_that_returns_no_pair_is_told(hook, said):
    backend = mine(vjp=hook)
    del backend.tanh_vjp
    found = result_of(backend, "tanh", "gradient")
    assert (found.status, said in found.message) == ("error", True)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no\nsuch luck"), "tanh raised ValueError: no (test_backend.py:"),
        (SystemExit(3), "tanh raised SystemExit: 3 ("),
        (Panic(), "tanh raised Panic ("),
        (MemoryError(), "tanh raised MemoryError ("),
    ],
    ids=repr,
)
def test_what_is_raised_is_told_with_its_place(error, said):
    def tanh(x):
        raise error

    found = result_of(mine(tanh=tanh), "tanh")
    assert (found.status, said in found.message) == ("error", True)
    assert found.counterexample is not None


def test_endless_recursion_ends_with_its_case():
    def tanh(x):
        return tanh(x)

    found = result_of(mine(tanh=tanh), "tanh")
    assert (found.status, "RecursionError" in found.message) == ("error", True)


def test_a_conversion_that_fails_is_told():
    def convert(value):
        raise RuntimeError("no device")

    for name in ("from_numpy", "to_numpy"):
        report = quick(mine(**{name: convert}), "tanh")
        assert statuses(report) == {"tanh/forward": "error"}
        assert f"{name} raised RuntimeError: no device" in report.results[0].message


def test_an_interrupt_of_the_backends_own_is_an_error_of_its_case():
    def sgd(*given, **attributes):
        raise KeyboardInterrupt

    report = quick(mine(sgd=sgd))
    assert not report.interrupted
    assert statuses(report) == {"relu/forward": "passed", "sgd/forward": "error", "tanh/forward": "passed"}


@pytest.mark.parametrize("swallowed", [False, True])
def test_an_interrupt_ends_the_run_and_conforms_to_nothing(swallowed):
    def sgd(parameter, gradients, *, learning_rate):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            if not swallowed:
                raise
        return parameter - learning_rate * np.cumsum(gradients, axis=0)

    report = quick(mine(sgd=sgd))
    assert (report.interrupted, report.conforms) == (True, False)
    assert statuses(report) == {"relu/forward": "passed"}


def test_what_one_operator_leaves_behind_is_gone_for_the_next(tmp_path, capsys):
    seen = []

    def state():
        return (
            os.getcwd(),
            np.geterr(),
            len(warnings.filters),
            random.getstate(),
            np.random.get_state()[1].tolist(),
        )

    def sgd(parameter, gradients, *, learning_rate):
        print("garbage", flush=True)
        sys.stdout.buffer.write(b"\xff")
        os.chdir(tmp_path)
        np.seterr(all="raise")
        random.seed(1)
        np.random.seed(1)
        warnings.simplefilter("error")
        warnings.warn("nobody sees this", stacklevel=1) if not seen else None
        return parameter - learning_rate * np.cumsum(gradients, axis=0)

    def relu(x):
        seen.append(state())
        return np.where(x > 0, x, 0 * x)

    def tanh(x):
        seen.append(state())
        warnings.warn("nor this", stacklevel=1)
        return np.tanh(x)

    before = state()
    report = quick(mine(sgd=sgd, relu=relu, tanh=tanh))
    assert statuses(report)["relu/forward"] == statuses(report)["tanh/forward"] == "passed"
    assert all(found == seen[0] for found in seen)
    assert state() == before
    assert capsys.readouterr().out == ""


def test_numpys_error_state_is_that_of_each_call_and_a_change_of_it_is_told():
    calls = []

    def tanh(x):
        calls.append(np.geterr())
        np.seterr(all="raise")
        return np.tanh(x)

    report = quick(mine(tanh=tanh), "tanh", checks=("forward", "extremes"))
    assert {r.message for r in report.results} == {"tanh changed NumPy's error state"}
    assert all(state == calls[0] for state in calls)


def test_a_function_that_cannot_be_hashed_is_called_all_the_same():
    class Sgd:
        __hash__ = None

        def __call__(self, parameter, gradients, *, learning_rate):
            return parameter - learning_rate * np.cumsum(gradients, axis=0)

    assert quick(mine(sgd=Sgd()), "sgd").conforms


@pytest.mark.parametrize("name", operators())
@pytest.mark.parametrize(
    "spoilt", [lambda y: np.zeros(0), lambda y: np.asarray(y)[None]], ids=["empty", "axis"]
)
def test_no_shape_makes_the_suite_itself_fail(name, spoilt):
    def spoil(tree):
        return type(tree)(map(spoil, tree)) if isinstance(tree, (tuple, list)) else spoilt(np.asarray(tree))

    def spoiling(function):
        return lambda *given, **attributes: spoil(function(*given, **attributes))

    functions = {name: spoiling(reference.operator(name))}
    if declaration(name).differentiable_inputs:
        functions[f"{name}_vjp"] = spoiling(reference.vjp(name))
    report = check(Altered(functions), operators=[name], dtypes=["float64"], examples=0)
    assert not report.conforms
    assert not [r.message for r in report.results if "gradspec itself" in r.message]


def test_what_has_no_gradient_is_never_asked_for_one():
    def forgets_to_clip(gradients, *, max_norm):
        return [np.array(g) for g in gradients]

    backend = Altered(
        {"clip_by_global_norm": forgets_to_clip, "vjp": lambda function, primals, cotangents: 1 / 0}
    )
    (result,) = check(
        backend, operators=["clip_by_global_norm"], checks=["forward"], dtypes=["float64"]
    ).results
    assert (result.status, result.cause) == ("failed", "not_clipped")
