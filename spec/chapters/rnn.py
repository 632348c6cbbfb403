"""The simple recurrent network: shared weights, and backpropagation through time for every T."""

from sympy import Integer

from ..kernel import Σ, Definition, System, delta, dg, dims, g, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

T, N, D, H = dims("T N D H")
t, n, d = index("t", T), index("n", N), index("d", D)
h, k = index("h k", H)

x, h0 = tensor("x", T, N, D), tensor("h0", N, H)
weight_x, weight_h, bias = tensor("weight_x", D, H), tensor("weight_h", H, H), tensor("bias", H)
valid = tensor("valid", T, N)
a, state = tensor("a", T, N, H), tensor("h", T, N, H)
e, da, dh = tensor("e", T, N, H), tensor("da", T, N, H), tensor("dh", T, N, H)
dx, dh0 = tensor("dx", T, N, D), tensor("dh0", N, H)
dweight_x, dweight_h, dbias = tensor("dweight_x", D, H), tensor("dweight_h", H, H), tensor("dbias", H)
first, last = tensor("first", N, D), tensor("last", N, H)

CHAPTER = Chapter(
    title="The simple recurrent network",
    about="The same weights serve every step, so their gradients are sums over the steps. valid[t, n] is 1"
    " where step t belongs to sequence n and 0 in the padding; without lengths it is 1 everywhere.",
    system=System(
        name="rnn",
        given=(x, h0, weight_x, weight_h, bias, valid),
        fixed=(valid,),
        time=t,
        initial=(Definition(state[0, n, h], h0[n, h]),),
        definitions=(
            Definition(
                a[t, n, h],
                Σ(x[t, n, d] * weight_x[d, h], d) + Σ(state[t - 1, n, k] * weight_h[k, h], k) + bias[h],
            ),
            Definition(state[t, n, h], valid[t, n] * g(a[t, n, h]) + (1 - valid[t, n]) * state[t - 1, n, h]),
        ),
        outputs=(state,),
        called={"h": "e"},
    ),
    gradients=(
        Definition(
            e[t, n, k],
            dh[t, n, k] + Σ(da[t + 1, n, h] * weight_h[k, h], h) + (1 - valid[t + 1, n]) * e[t + 1, n, k],
        ),
        Definition(da[t, n, h], valid[t, n] * e[t, n, h] * dg(a[t, n, h])),
        Definition(dx[t, n, d], Σ(da[t, n, h] * weight_x[d, h], h)),
        Definition(dh0[n, k], Σ(da[1, n, h] * weight_h[k, h], h) + (1 - valid[1, n]) * e[1, n, k]),
        Definition(dweight_x[d, h], Σ(x[t, n, d] * da[t, n, h], t, n)),
        Definition(dweight_h[k, h], Σ(state[t - 1, n, k] * da[t, n, h], t, n)),
        Definition(dbias[h], Σ(da[t, n, h], t, n)),
    ),
    hypotheses=(
        Hypothesis(name="mask", lhs=valid[t, n] ** 2, rhs=valid[t, n], about="valid is 0 or 1"),
        Hypothesis(
            name="only_last",
            lhs=dh[t, n, k],
            rhs=delta(t, T) * last[n, k],
            about="the loss reads the last state only",
        ),
        Hypothesis(
            name="only_first",
            lhs=x[t, n, d],
            rhs=delta(t, Integer(1)) * first[n, d],
            about="there is one input, at step 1; the steps after it run on 0",
        ),
        Hypothesis(name="all_valid", lhs=valid[t, n], rhs=1, about="every sequence has T steps"),
    ),
    laws=(
        Law(
            name="law.many_to_many",
            lhs=e[t, n, k],
            rhs=dh[t, n, k] + Σ(e[t + 1, n, h] * dg(a[t + 1, n, h]) * weight_h[k, h], h),
            by=("da", "all_valid"),
            using=(Using(of="e"),),
            about="a loss at every step, the total being their sum: each adds its own cotangent to what the "
            "later ones send back",
        ),
        Law(
            name="law.many_to_one",
            lhs=e[t, n, k],
            rhs=delta(t, T) * last[n, k] + Σ(e[t + 1, n, h] * dg(a[t + 1, n, h]) * weight_h[k, h], h),
            by=("da", "only_last", "all_valid"),
            using=(Using(of="e"),),
            about="a loss at the last step only: its cotangent reaches step 1 through T − 1 factors",
        ),
        Law(
            name="law.one_to_many",
            lhs=dweight_x[d, h],
            rhs=Σ(first[n, d] * da[1, n, h], n),
            by=("dweight_x", "only_first"),
            about="one input, at step 1: weight_x hears of all losses through da_1 alone",
        ),
        Law(
            name="law.carried",
            lhs=(1 - valid[t, n]) * (state[t, n, h] - state[t - 1, n, h]),
            rhs=0,
            using=(
                Using(of="h", times=1 - valid[t, n]),
                Using(of="mask", times=state[t - 1, n, h] - g(a[t, n, h])),
            ),
            about="past its end a sequence carries its state, so the last h is that of its last step",
        ),
        Law(
            name="law.passed_on",
            lhs=(1 - valid[t + 1, n]) * (e[t, n, k] - dh[t, n, k] - e[t + 1, n, k]),
            rhs=0,
            by=("da",),
            using=(
                Using(of="e", times=1 - valid[t + 1, n]),
                Using(
                    of="mask",
                    times=e[t + 1, n, k] - Σ(e[t + 1, n, h] * dg(a[t + 1, n, h]) * weight_h[k, h], h),
                    at={t: t + 1},
                ),
            ),
            about="and the gradient takes the same way back: a cotangent of the last h arrives whole",
        ),
        Law(
            name="law.padding",
            lhs=(1 - valid[t, n]) * dx[t, n, d],
            rhs=0,
            by=("dx", "da"),
            using=(Using(of="mask", times=-Σ(e[t, n, h] * dg(a[t, n, h]) * weight_x[d, h], h)),),
            about="what was padded gets no gradient",
        ),
        Law(
            name="law.padded_weight",
            lhs=dweight_x[d, h],
            rhs=Σ(valid[t, n] * x[t, n, d] * da[t, n, h], t, n),
            by=("dweight_x", "da"),
            using=(Using(of="mask", times=-x[t, n, d] * e[t, n, h] * dg(a[t, n, h]), over=(t, n)),),
            about="and gives none: the values in the padding do not matter",
        ),
    ),
    notes={
        "h": "past its end a sequence carries its state",
        "e": "two sources: the cotangent dh_t of the state, and what step t + 1 hands back",
        "da": "through the activation; nothing in the padding",
        "dweight_h": "every step uses the same weight, so it collects the sum over the steps",
    },
)
