"""Long short-term memory: a cell that gates keep, write and read, and the gradient of every gate."""

from sympy import Integer, tanh

from ..kernel import Σ, Definition, System, delta, dims, index, sigma, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

T, N, D, H, G = dims("T N D H G")
t, n, d, m = index("t", T), index("n", N), index("d", D), index("m", G)
h, k = index("h k", H)
gate_i, gate_f, gate_g, gate_o = map(Integer, (1, 2, 3, 4))

x, h0, c0 = tensor("x", T, N, D), tensor("h0", N, H), tensor("c0", N, H)
weight_x, weight_h = tensor("weight_x", D, G, H), tensor("weight_h", H, G, H)
bias, valid = tensor("bias", G, H), tensor("valid", T, N)
a, state, c, c_last = (
    tensor("a", T, N, G, H),
    tensor("h", T, N, H),
    tensor("c", T, N, H),
    tensor("c_last", N, H),
)
i, f, g, o = (tensor(name, T, N, H) for name in "ifgo")
di, df, dg, do = (tensor(f"d{name}", T, N, H) for name in "ifgo")
da, e, dh, dc = tensor("da", T, N, G, H), *(tensor(name, T, N, H) for name in ("e", "dh", "dc"))
dx, dh0, dc0, dc_last = tensor("dx", T, N, D), *(tensor(name, N, H) for name in ("dh0", "dc0", "dc_last"))
dweight_x, dweight_h, dbias = (
    tensor("dweight_x", D, G, H),
    tensor("dweight_h", H, G, H),
    tensor("dbias", G, H),
)
slope = 1 - tanh(c[t, n, h]) ** 2
da_valid = (
    delta(m, gate_i) * dc[t, n, h] * g[t, n, h] * i[t, n, h] * (1 - i[t, n, h])
    + delta(m, gate_f) * dc[t, n, h] * c[t - 1, n, h] * f[t, n, h] * (1 - f[t, n, h])
    + delta(m, gate_g) * dc[t, n, h] * i[t, n, h] * (1 - g[t, n, h] ** 2)
    + delta(m, gate_o) * e[t, n, h] * tanh(c[t, n, h]) * o[t, n, h] * (1 - o[t, n, h])
)

CHAPTER = Chapter(
    title="Long short-term memory",
    about="Four gates of one shape stand side by side in a, in the order i, f, g, o = 1 … 4. valid[t, n] is"
    " 1 where step t belongs to sequence n and 0 in the padding; without lengths it is 1 everywhere.",
    sizes={G: 4},
    system=System(
        name="lstm",
        given=(x, h0, c0, weight_x, weight_h, bias, valid),
        fixed=(valid,),
        time=t,
        initial=(Definition(state[0, n, h], h0[n, h]), Definition(c[0, n, h], c0[n, h])),
        definitions=(
            Definition(
                a[t, n, m, h],
                Σ(x[t, n, d] * weight_x[d, m, h], d)
                + Σ(state[t - 1, n, k] * weight_h[k, m, h], k)
                + bias[m, h],
            ),
            Definition(i[t, n, h], sigma(a[t, n, gate_i, h])),
            Definition(f[t, n, h], sigma(a[t, n, gate_f, h])),
            Definition(g[t, n, h], tanh(a[t, n, gate_g, h])),
            Definition(o[t, n, h], sigma(a[t, n, gate_o, h])),
            Definition(
                c[t, n, h],
                valid[t, n] * (f[t, n, h] * c[t - 1, n, h] + i[t, n, h] * g[t, n, h])
                + (1 - valid[t, n]) * c[t - 1, n, h],
            ),
            Definition(
                state[t, n, h],
                valid[t, n] * o[t, n, h] * tanh(c[t, n, h]) + (1 - valid[t, n]) * state[t - 1, n, h],
            ),
            Definition(c_last[n, h], c[T, n, h]),
        ),
        outputs=(state, c_last),
        called={"h": "e"},
    ),
    gradients=(
        Definition(
            e[t, n, k],
            dh[t, n, k]
            + Σ(da[t + 1, n, m, h] * weight_h[k, m, h], m, h)
            + (1 - valid[t + 1, n]) * e[t + 1, n, k],
        ),
        Definition(
            dc[t, n, h],
            valid[t, n] * e[t, n, h] * o[t, n, h] * slope
            + (valid[t + 1, n] * f[t + 1, n, h] + 1 - valid[t + 1, n]) * dc[t + 1, n, h]
            + delta(t, T) * dc_last[n, h],
        ),
        Definition(do[t, n, h], valid[t, n] * e[t, n, h] * tanh(c[t, n, h])),
        Definition(dg[t, n, h], valid[t, n] * dc[t, n, h] * i[t, n, h]),
        Definition(df[t, n, h], valid[t, n] * dc[t, n, h] * c[t - 1, n, h]),
        Definition(di[t, n, h], valid[t, n] * dc[t, n, h] * g[t, n, h]),
        Definition(da[t, n, m, h], valid[t, n] * da_valid),
        Definition(dx[t, n, d], Σ(da[t, n, m, h] * weight_x[d, m, h], m, h)),
        Definition(dh0[n, k], Σ(da[1, n, m, h] * weight_h[k, m, h], m, h) + (1 - valid[1, n]) * e[1, n, k]),
        Definition(dc0[n, h], (valid[1, n] * f[1, n, h] + 1 - valid[1, n]) * dc[1, n, h]),
        Definition(dweight_x[d, m, h], Σ(x[t, n, d] * da[t, n, m, h], t, n)),
        Definition(dweight_h[k, m, h], Σ(state[t - 1, n, k] * da[t, n, m, h], t, n)),
        Definition(dbias[m, h], Σ(da[t, n, m, h], t, n)),
    ),
    by={"da": ("di", "df", "dg", "do", "i", "f", "g", "o")},
    hypotheses=(Hypothesis(name="mask", lhs=valid[t, n] ** 2, rhs=valid[t, n], about="valid is 0 or 1"),),
    laws=(
        Law(
            name="law.carried_cell",
            lhs=(1 - valid[t, n]) * (c[t, n, h] - c[t - 1, n, h]),
            rhs=0,
            using=(
                Using(of="c", times=1 - valid[t, n]),
                Using(
                    of="mask", times=c[t - 1, n, h] - f[t, n, h] * c[t - 1, n, h] - i[t, n, h] * g[t, n, h]
                ),
            ),
            about="past its end a sequence carries its cell, so c_last is that of its last step",
        ),
        Law(
            name="law.carried_state",
            lhs=(1 - valid[t, n]) * (state[t, n, h] - state[t - 1, n, h]),
            rhs=0,
            using=(
                Using(of="h", times=1 - valid[t, n]),
                Using(of="mask", times=state[t - 1, n, h] - o[t, n, h] * tanh(c[t, n, h])),
            ),
            about="and its state",
        ),
        Law(
            name="law.padding_gates",
            lhs=(1 - valid[t, n]) * da[t, n, m, h],
            rhs=0,
            by=("da",),
            using=(Using(of="mask", times=-da_valid),),
            about="no gate has a gradient in the padding",
        ),
        Law(
            name="law.padding",
            lhs=(1 - valid[t, n]) * dx[t, n, d],
            rhs=0,
            by=("dx",),
            using=(Using(of="law.padding_gates", times=weight_x[d, m, h], over=(m, h)),),
            about="so what was padded gets none",
        ),
        Law(
            name="law.passed_on",
            lhs=(1 - valid[t + 1, n]) * (e[t, n, k] - dh[t, n, k] - e[t + 1, n, k]),
            rhs=0,
            using=(
                Using(of="e", times=1 - valid[t + 1, n]),
                Using(of="law.padding_gates", times=weight_h[k, m, h], at={t: t + 1}, over=(m, h)),
                Using(of="mask", times=e[t + 1, n, k], at={t: t + 1}),
            ),
            about="a gradient of the state passes through the padding unchanged",
        ),
    ),
    notes={
        "i": "store: how much of the candidate is written",
        "f": "forget: how much of the cell is kept",
        "g": "the candidate",
        "o": "output: how much of the cell is read",
        "c": "update: what is kept and what is written add up; past its end a sequence carries its cell",
        "h": "what is read; past its end a sequence carries its state",
        "e": "two sources: the cotangent dh_t of the state, and what step t + 1 hands back",
        "dc": "three sources: what is read at this step, the cell of the next one, and at T the last cell",
        "da": "through the slopes of the gates; nothing in the padding",
    },
    references=(
        "Gers, Schraudolph & Schmidhuber, Learning Precise Timing with LSTM, JMLR 3, 2002",
        "Greff et al., LSTM: A Search Space Odyssey, IEEE TNNLS 28(10), 2017",
    ),
)
