"""What a red team proved with an earlier kernel, all of it false: refused now, or said to be conditional."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp
from gradspec.spec.kernel import (
    Σ,
    Definition,
    KernelError,
    NotProved,
    System,
    canonical,
    delta,
    dims,
    index,
    sigma,
    tensor,
    theorem,
)
from gradspec.spec.kernel.calculus import chain_rule
from gradspec.spec.kernel.conditions import domain
from gradspec.spec.kernel.normal import is_positive, is_zero
from gradspec.spec.kernel.theorem import Use

N, K, T = dims("N K T")
n, m = index("n m", N)
k, j = index("k j", K)
t, u = index("t u", T)
s = sp.Idx("s", (1, t))
x, y, z = tensor("x", N), tensor("y", N), tensor("z", N)
A, v, h = tensor("A", N, N), tensor("v", T), tensor("h", T)
loss = tensor("loss")
REFUSED = (NotProved, KernelError)


def defined(entry: sp.Indexed, body: sp.Expr) -> theorem.Theorem:
    return theorem.define(str(entry), Definition(entry, sp.sympify(body)))


def test_a_bound_does_not_become_an_equation_when_it_is_normalised() -> None:
    bound = theorem.bounded("bound", x[n] ** 2, sp.S.Zero, x[n] ** 2)
    assert theorem.normalise("claim", bound).relation == "≥"


def test_tensors_that_depend_on_something_else_are_different_tensors() -> None:
    slope = tensor("slope", N, K)
    known = tensor("loss", N, depends={"weight": slope})
    assert known != tensor("loss", N)
    assert tensor("indices", N, below=K) != tensor("indices", N)
    # SymPy would hand out the product that was built first.
    assert (x[m] * tensor("loss", N)[n]).args != (x[m] * known[n]).args


def test_what_is_said_of_the_diagonal_is_said_of_no_other_entry() -> None:
    diagonal = theorem.assume("diagonal", A[n, n], sp.S.One)
    with pytest.raises(NotProved):
        theorem.equate("claim", A[n, m], sp.S.One, [diagonal])
    assert theorem.equate("true", A[m, m], sp.S.One, [diagonal])


@pytest.mark.parametrize(
    "e",
    [
        Σ(delta(s, u), s) - 1,  # true for u ≤ t alone
        Σ(delta(k, sp.Integer(7)), k) - 1,  # for K ≥ 7
        Σ(delta(u, t + 1), u) - 1,  # for t < T
        sp.Integer(0) ** (N - 1),  # for N > 1
        Σ(sp.KroneckerDelta(u, t) ** (t - 1), u) - 1,
        sp.sqrt(x[n] ** 2) - x[n],
        sp.sqrt(x[n] ** N) - x[n] ** (N / 2),
    ],
)
def test_what_holds_for_some_sizes_or_signs_is_not_zero(e: sp.Expr) -> None:
    try:
        assert not is_zero(e)[0]
    except KernelError:
        return


def test_a_sum_whose_range_is_bound_outside_leaks_no_index() -> None:
    inner = Σ(v[t] * Σ(sp.S.One, s), t)
    with pytest.raises(KernelError, match="depends on another"):
        canonical(inner)


@pytest.mark.parametrize(
    "e",
    [
        delta(n, m),
        sp.floor(x[n]),
        x[n],
        1 + x[n],
        Σ(sp.exp(v[t]), sp.Idx("r", (1, t - 1))),
        sp.exp(sp.I * x[n]),
    ],
)
def test_what_may_be_0_or_less_is_not_positive(e: sp.Expr) -> None:
    assert not is_positive(e)


def test_a_theorem_about_all_steps_says_so_where_it_is_used_past_the_last() -> None:
    one = theorem.equate("one", Σ(delta(u, t), u), sp.S.One)
    used = theorem.equate("claim", Σ(delta(u, t + 1), u), sp.S.One, uses=[Use(one, at={t: t + 1})])
    assert list(used.hypotheses) == ["t + 1 ≤ T"]
    with pytest.raises(KernelError, match="summed over"):
        theorem.equate("sum", Σ(v[t + 1], t), T, uses=[Use(one, at={t: t + 1}, over=(t,))])


def test_a_law_that_begins_at_1_says_so_by_the_index_it_is_used_at() -> None:
    five = theorem.equate("five", h[u], sp.Integer(5), [defined(h[u], 5)])
    used = theorem.equate("claim", h[t - 1], sp.Integer(5), uses=[Use(five, at={u: t - 1})])
    assert list(used.hypotheses) == ["t ≥ 2"]
    with pytest.raises(REFUSED):
        theorem.equate("all", Σ(h[t - 1], t), 5 * T, uses=[Use(five, at={u: t - 1}, over=(t,))])


def test_two_hypotheses_of_one_name_do_not_become_one() -> None:
    false = theorem.assume("a", x[n], x[n] + 1)
    claim = theorem.equate("claim", sp.S.Zero, sp.S.One, uses=[Use(false)])
    true = theorem.assume("a", y[n], y[n])
    with pytest.raises(KernelError, match="two hypotheses are called a"):
        theorem.equate("clean", sp.S.Zero, sp.S.One, uses=[Use(claim), Use(true)])


def test_what_has_no_value_is_a_condition() -> None:
    ratio = theorem.assume("ratio", x[n] / y[n], z[n])
    product = theorem.equate("claim", x[n], y[n] * z[n], uses=[Use(ratio, times=y[n])])
    assert "y[n] ≠ 0" in product.hypotheses
    root = (sp.sqrt(x[n]) + 1) ** 2 / 2 + (sp.sqrt(x[n]) - 1) ** 2 / 2
    bound = theorem.bounded("bound", x[n] + 1, sp.S.Zero, root)
    assert "x[n] ≥ 0" in bound.hypotheses


def test_a_mean_over_what_may_be_hidden_names_the_condition() -> None:
    """A query that sees no key divides 0 by 0."""
    seen = tensor("seen", N, K)
    total = Σ(seen[n, j], j)
    p = tensor("p", N, K)
    rule = defined(p[n, k], seen[n, k] / total)
    made = theorem.equate("rows", Σ(p[n, k], k), sp.S.One, [rule])
    assert any(said.endswith("≠ 0") for said in made.hypotheses)


@pytest.mark.parametrize("witness", [(sp.I * x[n]) ** 2, sp.Float(0.5) * x[n] ** 2, sp.oo])
def test_a_witness_is_real_and_exact(witness: sp.Expr) -> None:
    with pytest.raises((KernelError, NotProved, TypeError)):
        theorem.bounded("claim", witness, sp.S.Zero, witness)


def test_the_imaginary_unit_has_no_place_in_a_statement() -> None:
    with pytest.raises(KernelError):
        theorem.by_exponential("claim", 2 * sp.pi * sp.I, sp.S.Zero)


def test_an_entry_of_a_partial_range_says_nothing_beyond_it() -> None:
    B = tensor("B", T, T)
    lower = defined(B[t, s], sp.S.One)
    with pytest.raises(REFUSED):
        theorem.equate("claim", B[t, u], sp.S.One, [lower])


def test_a_law_over_all_times_is_about_its_own_time_index_alone() -> None:
    base = theorem.equate("base", v[0], sp.S.Zero, [defined(v[0], 0)])
    before = theorem.assume("before", v[t - 1], sp.S.Zero, fixed=[t])
    step = theorem.equate("step", v[t], sp.S.Zero, [defined(v[t], 2 * v[t - 1]), before])
    made = theorem.induct("claim", t, base, step, before)
    assert made.from_0 == t


def test_a_theorem_cannot_be_forged() -> None:
    made = theorem.equate("true", x[n], x[n])
    with pytest.raises((TypeError, ValueError)):
        replace(made, rhs=sp.S.Zero)
    with pytest.raises(TypeError):
        made.rests["more"] = ()  # type: ignore[index]


def test_definitions_that_define_themselves_are_refused() -> None:
    with pytest.raises(KernelError):
        defined(x[n], x[n] + 1)
    with pytest.raises(KernelError, match="repeats an index"):
        System(name="demo", given=(x,), definitions=(Definition(A[n, n], x[n]),))
    with pytest.raises(KernelError, match="twice"):
        System(name="demo", given=(x,), definitions=(Definition(y[n], x[n]), Definition(y[n], 2 * x[n])))
    circle = (Definition(y[n], z[n]), Definition(z[n], y[n] + x[n]))
    with pytest.raises(KernelError, match="before it is defined"):
        System(name="demo", given=(x,), definitions=circle)


def test_what_reaches_the_output_through_the_first_state_has_a_gradient() -> None:
    start, first = tensor("start", N), tensor("first", N)
    state = tensor("state", T, N)
    system = System(
        name="demo",
        given=(start,),
        definitions=(Definition(first[n], sigma(start[n])), Definition(state[t, n], 2 * state[t - 1, n])),
        initial=(Definition(state[0, n], first[n]),),
        time=t,
        outputs=(state,),
    )
    assert canonical(chain_rule(system, start, (n,))) != 0
    assert canonical(chain_rule(system, first, (n,))) != 0


def test_a_jacobian_that_does_not_fit_is_refused() -> None:
    short = tensor("risk", depends={"x": tensor("J")})
    system = System(
        name="demo", given=(x, short), definitions=(Definition(loss[()], short[()] ** 2),), outputs=(loss,)
    )
    with pytest.raises(KernelError, match="is no Jacobian"):
        chain_rule(system, x, (n,))
    scalar = tensor("risk", depends={"x": tensor("J", N)})
    system = System(
        name="demo", given=(x, scalar), definitions=(Definition(loss[()], scalar[()] ** 2),), outputs=(loss,)
    )
    dloss = tensor("dloss")[()]
    assert canonical(chain_rule(system, x, (n,)) - 2 * dloss * scalar[()] * tensor("J", N)[n]) == 0


@pytest.mark.parametrize("by", [-1, 1])
def test_a_bound_is_not_summed_over_times_it_does_not_hold_for(by: int) -> None:
    """It is proved for t ≥ 2, or up to T − 1; at the first or the last time the entry is another."""
    square = defined(v[t], h[t] ** 2)
    bound = theorem.bounded("bound", v[t + by], sp.S.Zero, h[t + by] ** 2, uses=[Use(square, at={t: t + by})])
    assert bound.hypotheses
    whole = Σ(v[t + by], t)
    with pytest.raises(REFUSED):
        theorem.bounded("claim", whole, sp.S.Zero, whole, given=[bound])


def test_what_was_put_in_nowhere_is_no_premise() -> None:
    unused = theorem.assume("unused", v[t], h[t])
    made = theorem.equate("claim", 2 * x[n], x[n] + x[n], [unused])
    assert made.premises == ()
    assert made.hypotheses == {}


@pytest.mark.parametrize(
    ("exponent", "condition"),
    [(t - 1, None), (2 * t - 2, None), (t - 2, "≠"), (2 * t - 3, "≠"), (t / 2 - 1, ">"), (-t, "≠")],
)
def test_a_power_that_may_be_below_a_bar_names_the_condition(
    exponent: sp.Expr, condition: str | None
) -> None:
    base = sp.Symbol("base")
    assert domain(base**exponent) == ({(base, condition)} if condition else set())
