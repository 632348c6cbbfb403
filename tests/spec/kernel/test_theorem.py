"""Theorems: only rules make them, hypotheses stay visible, what is false is refused."""

import pytest
import sympy as sp
from gradspec.spec.kernel import (
    Σ,
    Definition,
    KernelError,
    NotProved,
    System,
    Theorem,
    dims,
    index,
    tensor,
    theorem,
)
from gradspec.spec.kernel.normal import canonical, is_zero

N, K, T = dims("N K T")
n, m = index("n m", N)
k, j, i = index("k j i", K)
t = index("t", T)
A, B = tensor("A", K, K), tensor("B", K, K)
x, y, p = tensor("x", N), tensor("y", N), tensor("p", N, K)
u, f = tensor("u", T), tensor("f", T)
c = sp.Symbol("c", real=True)


def test_nothing_but_a_rule_makes_a_theorem() -> None:
    with pytest.raises(TypeError, match="made by a rule"):
        Theorem(label="lie", lhs=sp.S.Zero, rhs=sp.S.One, rule="none")


def test_what_is_false_is_refused_with_what_is_left() -> None:
    with pytest.raises(NotProved, match=r"claim: what is left is x\[n\]"):
        theorem.equate("claim", 2 * x[n], x[n])


def test_what_holds_for_2_by_2_alone_is_refused() -> None:
    a, b = index("a b", K)
    trace = Σ(A[a, a], a)
    squared = Σ(A[k, i] * A[i, j], i)
    trace_of_squared = Σ(A[a, b] * A[b, a], a, b)
    unit = theorem.terms.delta(k, j)
    with pytest.raises(NotProved):
        theorem.equate(
            "cayley", squared - trace * A[k, j] + (trace**2 - trace_of_squared) * unit / 2, sp.S.Zero
        )


def test_a_hypothesis_is_visible_in_what_rests_on_it() -> None:
    rows = theorem.assume("distribution", Σ(p[n, k], k), sp.S.One)
    made = theorem.equate("claim", x[n] * Σ(p[n, k], k), x[n], uses=[theorem.Use(rows, times=x[n])])
    assert dict(made.hypotheses) == {"distribution": "Sum(p[n, k], (k, 1, K)) = 1"}
    again = theorem.equate("more", x[m] * Σ(p[m, k], k), x[m], uses=[theorem.Use(made, at={n: m})])
    assert "distribution" in again.hypotheses
    with pytest.raises(NotProved):
        theorem.equate("claim", x[n] * Σ(p[n, k], k), x[n])


def test_a_cleared_denominator_is_a_hypothesis() -> None:
    ratio = (x[n] + y[n]) / (x[n] + y[n] + 1) + 1 / (x[n] + y[n] + 1)
    made = theorem.equate("claim", ratio, sp.S.One)
    assert list(made.hypotheses) == ["x[n] + y[n] + 1 ≠ 0"]
    positive = theorem.equate("claim", 1 / (1 + sp.exp(-x[n])), sp.exp(x[n]) / (1 + sp.exp(x[n])))
    assert not positive.hypotheses


def test_dividing_by_what_may_be_0_is_a_hypothesis() -> None:
    same = theorem.assume("same", x[n] * y[n], x[n] * p[n, k])
    made = theorem.equate("claim", y[n], p[n, k], uses=[theorem.Use(same, times=1 / x[n])])
    assert "x[n] ≠ 0" in made.hypotheses


def test_a_bound_needs_a_witness_that_is_not_negative() -> None:
    assert (
        theorem.bounded("claim", x[n] ** 2 + y[n] ** 2, 2 * x[n] * y[n], (x[n] - y[n]) ** 2).relation == "≥"
    )
    with pytest.raises(NotProved, match="may be negative"):
        theorem.bounded("claim", x[n], y[n], x[n] - y[n])
    with pytest.raises(NotProved, match="what is left"):
        theorem.bounded("claim", x[n] ** 2, sp.S.Zero, 2 * x[n] ** 2)
    with pytest.raises(NotProved, match="may be negative"):
        theorem.bounded("claim", sp.S.Zero, -sp.sqrt(2) * x[n] ** 3, sp.sqrt(2) * x[n] ** 3)


def test_an_equation_is_no_bound_and_a_bound_no_equation() -> None:
    bound = theorem.bounded("bound", x[n] ** 2, sp.S.Zero, x[n] ** 2)
    equation = theorem.equate("equation", x[n], x[n])
    with pytest.raises(KernelError, match="only an equation"):
        theorem.equate("claim", x[n] ** 2, sp.S.Zero, uses=[theorem.Use(bound)])
    with pytest.raises(KernelError, match="no bound"):
        theorem.bounded("claim", x[n] ** 2, sp.S.Zero, x[n] ** 2, given=[equation])


def induction(rhs: sp.Expr, base: sp.Expr = sp.S.Zero) -> Theorem:
    """u_t = rhs, where u_t = c u_(t−1) + f_t and u_0 = `base`."""
    start = theorem.define("u.0", Definition(u[0], base))
    rule = theorem.define("u", Definition(u[t], c * u[t - 1] + f[t]))
    before = theorem.assume(
        "hypothesis", u[t - 1], rhs.subs(t, t - 1) if rhs.is_number else earlier(rhs), fixed=[t]
    )
    at_0 = theorem.without_empty_sums(theorem.rename(rhs, {t: sp.S.Zero}))
    sums = [theorem.split("split", s) for s in rhs.atoms(sp.Sum)]
    return theorem.induct(
        "claim",
        t,
        theorem.equate("base", u[0], at_0, [start]),
        theorem.equate("step", u[t], rhs, [*sums, rule, before]),
        before,
    )


def earlier(rhs: sp.Expr) -> sp.Expr:
    return theorem.rename(rhs, {t: t - 1})


s = sp.Idx("s", (1, t))


def test_a_closed_form_is_proved_by_induction() -> None:
    made = induction(Σ(c ** (t - s) * f[s], s))
    assert made.status == "induction"
    assert not made.hypotheses
    assert made.from_0


@pytest.mark.parametrize(
    "wrong", [Σ(c ** (t - s + 1) * f[s], s), Σ(c**s * f[s], s), 2 * Σ(c ** (t - s) * f[s], s), Σ(f[s], s)]
)
def test_a_wrong_closed_form_is_not(wrong: sp.Expr) -> None:
    with pytest.raises(NotProved):
        induction(wrong)


def test_a_wrong_start_is_not() -> None:
    with pytest.raises(NotProved):
        induction(Σ(c ** (t - s) * f[s], s), base=sp.S.One)


def test_the_hypothesis_of_an_induction_holds_for_one_t_only() -> None:
    before = theorem.assume("hypothesis", u[t - 1], sp.S.Zero, fixed=[t])
    with pytest.raises(KernelError, match="does not hold there"):
        _ = theorem.Use(before, at={t: t + 1}).gap
    with pytest.raises(KernelError, match="does not hold there"):
        _ = theorem.Use(before, over=(t,)).gap


def test_an_induction_needs_its_own_hypothesis_and_base() -> None:
    before = theorem.assume("hypothesis", u[t - 1], sp.S.Zero, fixed=[t])
    other = theorem.assume("other", f[t - 1], sp.S.Zero, fixed=[t])
    step = theorem.equate(
        "step", u[t], sp.S.Zero, [theorem.define("u", Definition(u[t], c * u[t - 1])), before]
    )
    base = theorem.equate("base", u[0], sp.S.Zero, [theorem.define("u.0", Definition(u[0], sp.S.Zero))])
    assert theorem.induct("claim", t, base, step, before).rhs == 0
    with pytest.raises(NotProved, match="other is not the statement"):
        theorem.induct("claim", t, base, step, other)
    with pytest.raises(NotProved, match="is not the statement at t = 0"):
        theorem.induct("claim", t, theorem.equate("base", f[0], f[0]), step, before)


def test_a_step_that_needs_t_2_proves_nothing_for_t_1() -> None:
    """u_t = 5 for t ≥ 1 and u_0 = 0: that u_(t−1) = 5 is true from t = 2 on, and says so."""
    five = theorem.equate("five", u[t], sp.Integer(5), [theorem.define("u", Definition(u[t], sp.Integer(5)))])
    used = theorem.equate("claim", u[t - 1], sp.Integer(5), uses=[theorem.Use(five, at={t: t - 1})])
    assert list(used.hypotheses) == ["t ≥ 2"]
    with pytest.raises(NotProved):
        theorem.equate("claim", u[t - 1], sp.Integer(5), [five])


def test_a_gradient_without_a_rule_is_an_error_that_names_the_label() -> None:
    steep = System(
        name="demo",
        given=(x,),
        definitions=(Definition(y[n], sp.gamma(x[n])), Definition(tensor("loss")[()], Σ(y[n], n))),
        outputs=(tensor("loss"),),
    )
    with pytest.raises(KernelError, match="no derivative rule for gamma"):
        theorem.differentiate("demo.dx", steep, x, (n,))


def test_the_identities_that_the_normal_form_is_made_for() -> None:
    z = tensor("z", N, K)
    total = Σ(sp.exp(z[n, j]), j)
    identities = [
        Σ(sp.exp(z[n, k]) / total, k) - 1,
        Σ(x[n] * sp.exp(z[n, k]) / total, n, k) - Σ(x[n], n),
        sp.log(Σ(sp.exp(z[n, k] - x[n]), k)) + x[n] - sp.log(Σ(sp.exp(z[n, k]), k)),
        sp.sin(x[n] + y[n]) - sp.sin(x[n]) * sp.cos(y[n]) - sp.cos(x[n]) * sp.sin(y[n]),
        Σ(A[k, j] * B[j, k], k, j) - Σ(B[k, j] * A[j, k], k, j),
        sp.sqrt(1 + x[n]) * (1 + x[n]) ** sp.Rational(3, 2) - 1 - 2 * x[n] - x[n] ** 2,
        theorem.terms.relu(x[n]) - x[n] * theorem.terms.step(x[n]),
    ]
    assert [is_zero(e)[0] for e in identities] == [True] * len(identities)
    assert canonical(Σ(theorem.terms.delta(k, j) * z[n, k], k)) == z[n, j]
