"""Formulas as published, put to the kernel: what it proves for all shapes, and what it refuses.

Each is a formula of a textbook, a paper or a library's documentation in our notation, with where it stands.
"""

import pytest
import sympy as sp
from gradspec.spec.kernel import (
    Σ,
    Definition,
    NotProved,
    System,
    Theorem,
    delta,
    dg,
    dims,
    g,
    index,
    tensor,
    theorem,
)
from gradspec.spec.kernel.theorem import Use

N, K, C, L, S, F = dims("N K C L S F")
n = index("n", N)
c, q = index("c q", C)


def gradients(system: System) -> dict[str, Theorem]:
    """Every gradient of the system, derived."""
    wanted = [*(d.tensor for d in reversed(system.definitions)), *system.given]
    found = {}
    for x in wanted:
        if system.consumers(x) and x not in system.fixed:
            letters = {d.tensor: d.entry.indices for d in system.definitions}
            at = letters.get(x) or tuple(index(str(d).lower(), d) for d in x.shape or ()) or (sp.S.Zero,)
            found[x.title] = theorem.differentiate(f"d{x.title}", system, x, at)
    return found


def put_in(system: System, *names: str) -> list[Theorem]:
    defined = {d.tensor.title: d for d in system.definitions}
    return [theorem.define(name, defined[name]) for name in names]


def test_layer_normalisation_backward_in_the_notes_of_llm_c() -> None:
    """dx = rstd (dnorm − mean dnorm − norm · mean(dnorm · norm)); karpathy/llm.c, doc/layernorm (2024)."""
    x, weight, bias = tensor("x", N, C), tensor("weight", C), tensor("bias", C)
    mean, variance, rstd = tensor("mean", N), tensor("variance", N), tensor("rstd", N)
    norm, out, dout, dnorm = (
        tensor("norm", N, C),
        tensor("out", N, C),
        tensor("dout", N, C),
        tensor("dnorm", N, C),
    )
    epsilon = sp.Symbol("epsilon", positive=True)
    system = System(
        name="layernorm",
        given=(x, weight, bias),
        definitions=(
            Definition(mean[n], Σ(x[n, c], c) / C),
            Definition(variance[n], Σ((x[n, c] - mean[n]) ** 2, c) / C),
            Definition(rstd[n], (variance[n] + epsilon) ** sp.Rational(-1, 2)),
            Definition(norm[n, c], (x[n, c] - mean[n]) * rstd[n]),
            Definition(out[n, c], norm[n, c] * weight[c] + bias[c]),
        ),
        outputs=(out,),
    )
    derived = gradients(system)
    published = rstd[n] * (
        dnorm[n, c] - Σ(dnorm[n, q], q) / C - norm[n, c] * Σ(dnorm[n, q] * norm[n, q], q) / C
    )
    steps = [derived["mean"], derived["variance"], derived["rstd"], *put_in(system, "norm", "rstd", "mean")]
    dx = tensor("dx", N, C)
    assert theorem.equate("llm.c", dx[n, c], published, steps, [Use(derived["x"])]).status == "proved"
    forgotten = rstd[n] * (dnorm[n, c] - norm[n, c] * Σ(dnorm[n, q] * norm[n, q], q) / C)
    with pytest.raises(NotProved):
        theorem.equate("forgotten mean", dx[n, c], forgotten, steps, [Use(derived["x"])])
    assert theorem.equate("dnorm", dnorm[n, c], dout[n, c] * weight[c], uses=[Use(derived["norm"])])


def test_the_softmax_gradient_of_the_cs231n_notes() -> None:
    """∂L_i/∂f_k = p_k − 1(y_i = k), mean over the examples; cs231n.github.io, case study of a network."""
    f, y, p = tensor("f", N, K), tensor("y", N, below=K), tensor("p", N, K)
    loss, df = tensor("loss"), tensor("df", N, K)
    k, j = index("k j", K)
    system = System(
        name="cs231n",
        given=(f, y),
        fixed=(y,),
        definitions=(
            Definition(p[n, k], sp.exp(f[n, k]) / Σ(sp.exp(f[n, j]), j)),
            Definition(loss[()], -Σ(sp.log(p[n, y[n]]), n) / N),
        ),
        outputs=(loss,),
    )
    derived = gradients(system)
    published = tensor("dloss")[()] * (p[n, k] - delta(k, y[n])) / N
    opened = [derived["p"], *put_in(system, "p")]
    assert theorem.equate("cs231n", df[n, k], published, opened, [Use(derived["f"])])
    with pytest.raises(NotProved):
        theorem.equate("without the mean", df[n, k], published * N, opened, [Use(derived["f"])])


def test_the_row_sums_of_flash_attention() -> None:
    """D_l = Σ_j P_lj dP_lj = Σ_f dO_lf O_lf, and dS = P ⊙ (dP − D); Dao et al. 2022, appendix B."""
    scores, value = tensor("scores", L, S), tensor("value", S, F)
    weights, out = tensor("weights", L, S), tensor("out", L, F)
    row, f = index("l", L), index("f", F)
    s, j = index("s j", S)
    system = System(
        name="flash",
        given=(scores, value),
        definitions=(
            Definition(weights[row, s], sp.exp(scores[row, s]) / Σ(sp.exp(scores[row, j]), j)),
            Definition(out[row, f], Σ(weights[row, s] * value[s, f], s)),
        ),
        outputs=(out,),
    )
    derived = gradients(system)
    dout, dweights = tensor("dout", L, F), tensor("dweights", L, S)
    d = Σ(dout[row, f] * out[row, f], f)
    rows = theorem.equate(
        "D", Σ(weights[row, s] * dweights[row, s], s), d, [derived["weights"], *put_in(system, "out")]
    )
    published = weights[row, s] * (dweights[row, s] - d)
    uses = [Use(derived["scores"]), Use(rows, times=-weights[row, s])]
    dscores = tensor("dscores", L, S)
    assert theorem.equate("dS", dscores[row, s], published, put_in(system, "weights"), uses)


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_the_product_of_an_older_text_on_backpropagation_through_time_is_refuted(steps: int) -> None:
    """∂h_t/∂w = Σ_i (Π_(j=i)^t ∂h_j/∂h_(j−1)) ∂h_i/∂w, as printed in d2l-en at 05a6605: wrong from t = 1 on.

    The product must begin at j = i + 1, as later editions have it. Here h_t = g(w h_(t−1) + x_t), unrolled.
    """
    w, h0 = tensor("w"), tensor("h0")
    x, a, h = ([tensor(f"{name}{t}") for t in range(steps + 1)] for name in "xah")
    h[0] = h0
    definitions = []
    for t in range(1, steps + 1):
        definitions.append(Definition(a[t][()], w[()] * h[t - 1][()] + x[t][()]))
        definitions.append(Definition(h[t][()], g(a[t][()])))
    system = System(name="rnn", given=(w, h0, *x[1:]), definitions=tuple(definitions), outputs=(h[steps],))
    derived = gradients(system)
    opened = [derived[d.tensor.title] for d in definitions[:-1]]
    through = [dg(a[t][()]) * w[()] for t in range(1, steps + 1)]
    direct = [dg(a[t][()]) * h[t - 1][()] for t in range(1, steps + 1)]
    dw, dh = tensor("dw")[()], tensor(f"dh{steps}")[()]

    def formula(begin: int) -> sp.Expr:
        return dh * sum(sp.prod(through[i + begin :]) * direct[i] for i in range(steps))

    assert theorem.equate("corrected", dw, formula(1), opened, [Use(derived["w"])]).status == "proved"
    with pytest.raises(NotProved, match="printed: what is left"):
        theorem.equate("printed", dw, formula(0), opened, [Use(derived["w"])])
