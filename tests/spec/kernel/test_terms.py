"""Terms: nothing is captured, and what does not fit is named."""

import pytest
import sympy as sp
from gradspec.spec.kernel import Σ, Definition, KernelError, System, delta, dims, index, tensor
from gradspec.spec.kernel.terms import free_indices, rename, substitute, well_formed

N, K, T = dims("N K T")
n, m = index("n m", N)
k = index("k", K)
t = index("t", T)
x, y, z = tensor("x", N), tensor("y", N), tensor("z", K)
h = tensor("h", T)


def test_renaming_moves_a_bound_index_out_of_the_way() -> None:
    renamed = rename(Σ(x[n] * y[m], n), {m: n})
    assert free_indices(renamed) == {n}
    (inner,) = (limit[0] for limit in renamed.limits)
    assert inner != n
    assert renamed.function == x[inner] * y[n]


def test_putting_in_a_definition_captures_nothing() -> None:
    opened = substitute(Σ(x[n] * y[n], n), y[m], Σ(x[n] * x[m], n))
    outer, inner = (limit[0] for limit in opened.args[0].args[-1].limits), None
    assert inner is None
    assert len(set(outer)) == 1
    assert free_indices(opened) == set()


def test_a_definition_for_t_says_nothing_of_time_0_or_of_the_step_before() -> None:
    assert substitute(h[0] + h[t - 1] + h[t + 1], h[t], sp.S.Zero) == h[0] + h[t - 1]
    assert substitute(h[0] + h[t - 1], h[t], sp.S.Zero, from_0=t) == 0


def test_the_index_of_an_entry_must_run_over_the_tensors_dim() -> None:
    with pytest.raises(KernelError, match=r"x\[k\]: index k runs over K, the tensor over N"):
        well_formed(x[k], {k})
    with pytest.raises(KernelError, match="runs over N, but k over K"):
        delta(n, k)


def test_an_index_that_nothing_binds_is_named() -> None:
    with pytest.raises(KernelError, match="the index m is bound by nothing"):
        well_formed(Σ(x[n] * y[m], n), set())


def test_a_clash_in_a_definition_names_its_label() -> None:
    with pytest.raises(KernelError, match=r"demo\.y: x\[k\]"):
        System(name="demo", given=(x,), definitions=(Definition(tensor("y", K)[k], x[k]),))
    with pytest.raises(KernelError, match=r"demo\.y: the index m is bound by nothing"):
        System(name="demo", given=(x,), definitions=(Definition(y[n], x[m]),))
    with pytest.raises(KernelError, match=r"demo\.x is given and defined"):
        System(name="demo", given=(x,), definitions=(Definition(x[n], sp.S.One),))


def test_a_state_without_a_value_at_time_0_is_named() -> None:
    with pytest.raises(KernelError, match=r"demo\.h is used at t − 1, but has no initial value"):
        System(name="demo", given=(), time=t, definitions=(Definition(h[t], h[t - 1]),))


def test_a_sum_that_binds_an_index_twice_is_refused() -> None:
    with pytest.raises(KernelError, match="twice"):
        well_formed(Σ(Σ(x[n], n), n), set())
