"""The constant error carousel: what the gates of an LSTM do to the cell and to its gradient."""

from sympy import Idx, Symbol, tanh

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Induction, Law, Using

T, N, H = dims("T N H")
t, n, h = index("t", T), index("n", N), index("h", H)
s_t = Idx(Symbol("s", integer=True), (1, t))

i, f, g, o, dg = (tensor(name, T, N, H) for name in ("i", "f", "g", "o", "dg"))
c0, c_last = tensor("c0", N, H), tensor("c_last", N, H)
c, state, dh, dc, di, df, do = (tensor(name, T, N, H) for name in ("c", "h", "dh", "dc", "di", "df", "do"))
dc0, dc_last = tensor("dc0", N, H), tensor("dc_last", N, H)
read = dh[t, n, h] * o[t, n, h] * (1 - tanh(c[t, n, h]) ** 2)

CHAPTER = Chapter(
    title="The constant error carousel",
    about=(
        "The cell of an LSTM with its gates as they come, whatever they were computed from. A gate that is"
        " exactly open or shut is the limit of a large pre-activation; the network of 1997 had no forget"
        " gate, which is one that is always open."
    ),
    system=System(
        name="constant_error_carousel",
        given=(i, f, g, o, c0),
        time=t,
        initial=(Definition(c[0, n, h], c0[n, h]),),
        definitions=(
            Definition(c[t, n, h], f[t, n, h] * c[t - 1, n, h] + i[t, n, h] * g[t, n, h]),
            Definition(state[t, n, h], o[t, n, h] * tanh(c[t, n, h])),
            Definition(c_last[n, h], c[T, n, h]),
        ),
        outputs=(state, c_last),
    ),
    gradients=(
        Definition(dc[t, n, h], read + f[t + 1, n, h] * dc[t + 1, n, h] + delta(t, T) * dc_last[n, h]),
        Definition(di[t, n, h], dc[t, n, h] * g[t, n, h]),
        Definition(df[t, n, h], dc[t, n, h] * c[t - 1, n, h]),
        Definition(dg[t, n, h], dc[t, n, h] * i[t, n, h]),
        Definition(do[t, n, h], dh[t, n, h] * tanh(c[t, n, h])),
        Definition(dc0[n, h], f[1, n, h] * dc[1, n, h]),
    ),
    notes={
        "c": "what is kept and what is stored add up",
        "h": "what is read",
        "dc": "three sources: what is read at this step, the cell of the next, and at T the last cell",
    },
    hypotheses=(
        Hypothesis(name="keep", lhs=f[t, n, h], rhs=1, about="every forget gate is open"),
        Hypothesis(name="forget", lhs=f[t, n, h], rhs=0, about="every forget gate is shut"),
        Hypothesis(
            name="no_store", lhs=i[t, n, h], rhs=0, about="every input gate is shut: nothing is stored"
        ),
        Hypothesis(
            name="no_output", lhs=o[t, n, h], rhs=0, about="every output gate is shut: nothing is read"
        ),
    ),
    laws=(
        Induction(
            name="law.carousel",
            time=t,
            lhs=c[t, n, h],
            rhs=c0[n, h],
            by=("c", "keep", "no_store"),
            about="forget gates open, input gates shut: the cell remembers over any number of steps",
        ),
        Law(
            name="law.constant_error",
            lhs=dc[t, n, h],
            rhs=dc[t + 1, n, h] + read + delta(t, T) * dc_last[n, h],
            by=("keep",),
            using=(Using(of="dc"),),
            about="forget gates open: the gradient of the cell comes from the next step by the factor 1,"
            " and what is read at this step is added",
        ),
        Induction(
            name="law.error_carousel",
            time=t,
            lhs=dc0[n, h],
            rhs=dc[t + 1, n, h] + Σ(delta(s_t, T) * dc_last[n, h], s_t),
            base_by=("dc0", "keep"),
            by=("keep", "no_output"),
            using=(Using(of="dc"),),
            about="where nothing is read in between, what leaves step t + 1 arrives at step 0 untouched,"
            " however many steps lie between: the constant error carousel",
        ),
        Law(
            name="law.forget",
            lhs=dc[t, n, h],
            rhs=read + delta(t, T) * dc_last[n, h],
            by=("forget",),
            using=(Using(of="dc"),),
            about="forget gates shut: neither value nor gradient crosses the step",
        ),
    ),
    pitfalls=(
        "A forget gate with a bias of 0 starts half open: after 10 steps 1/1000 of a gradient is left.",
    ),
    references=(
        "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9(8), 1997",
        "Gers, Schmidhuber & Cummins, Learning to Forget, Neural Computation 12(10), 2000",
        "Jozefowicz, Zaremba & Sutskever, An Empirical Exploration of Recurrent Network Architectures, "
        "ICML 2015",
    ),
)
