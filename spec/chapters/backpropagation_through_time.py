"""Backpropagation through time for an arbitrary step, and the induction that it rests on made explicit."""

from sympy import Idx, Symbol

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Induction, Law, Using

T, U, D, H, Q = dims("T U D H Q")
t, u = index("t", T), index("u", U)
d, m = index("d", D), index("m", Q)
j, k = index("j k", H)
s_t, s_u = (Idx(Symbol("s", integer=True), (1, last)) for last in (t, u))

x, h0, theta = tensor("x", T, D), tensor("h0", H), tensor("theta", Q)
step_h, step_x = tensor("step_h", T, H, H), tensor("step_x", T, H, D)
step_theta, slope = tensor("step_theta", T, H, Q), tensor("slope", T, H)
F = tensor("F", T, H, depends={"before": step_h, "x": step_x, "theta": step_theta})
ell = tensor("ell", T, depends={"h": slope})
state, loss, last = tensor("h", T, H), tensor("loss"), tensor("last", H)
before, dbefore = tensor("before", T, H), tensor("dbefore", T, H)
dh, dx, dh0, dtheta = tensor("dh", T, H), tensor("dx", T, D), tensor("dh0", H), tensor("dtheta", Q)
dloss, dlast = tensor("dloss")[()], tensor("dlast", H)
# What follows, to first order, from changing h0 by v and theta by w.
v, w = tensor("v", H), tensor("w", Q)
p, gain, paid = tensor("p", T, H), tensor("gain", T), tensor("paid", T)
# The same for steps numbered from the end: u = 1 is the last one.
end_h, end_theta, end_slope = (
    tensor("end_h", U, H, H),
    tensor("end_theta", U, H, Q),
    tensor("end_slope", U, H),
)
end_p, end_gain, end_paid = tensor("end_p", U, H), tensor("end_gain", U), tensor("end_paid", U)
end_back, end_dh = tensor("end_back", U, H), tensor("end_dh", U, H)

CHAPTER = Chapter(
    title="Backpropagation through time",
    about="A step is any function h_t = F(h_(t−1), x_t, theta), a loss any Σ_t ell_t(h_t). The gradients"
    " follow from the chain rule; the laws prove them once more, from what one step alone does to a small"
    " change.",
    system=System(
        name="backpropagation_through_time",
        given=(x, h0, theta, v, w),
        fixed=(v, w),
        time=t,
        initial=(
            Definition(state[0, k], h0[k]),
            Definition(p[0, k], v[k]),
            Definition(end_back[0, k], 0),
        ),
        definitions=(
            Definition(before[t, k], state[t - 1, k]),
            Definition(state[t, k], F[t, k]),
            Definition(loss[()], Σ(ell[t], t)),
            Definition(last[k], state[T, k]),
            Definition(p[t, k], Σ(step_h[t, k, j] * p[t - 1, j], j) + Σ(step_theta[t, k, m] * w[m], m)),
            Definition(gain[t], Σ(dloss * slope[t, k] * p[t, k], k)),
            Definition(paid[t], Σ(dh[t, k] * step_theta[t, k, m] * w[m], k, m)),
            Definition(end_p[u, k], Σ(end_h[u, k, j] * end_p[u + 1, j], j) + Σ(end_theta[u, k, m] * w[m], m)),
            Definition(end_dh[u, k], end_slope[u, k] + end_back[u - 1, k]),
            Definition(end_back[u, j], Σ(end_dh[u, k] * end_h[u, k, j], k)),
            Definition(end_gain[u], Σ(end_slope[u, k] * end_p[u, k], k)),
            Definition(end_paid[u], Σ(end_dh[u, k] * end_theta[u, k, m] * w[m], k, m)),
        ),
        outputs=(loss, last),
    ),
    gradients=(
        Definition(dh[t, k], dloss * slope[t, k] + dbefore[t + 1, k] + delta(t, T) * dlast[k]),
        Definition(dbefore[t, j], Σ(dh[t, k] * step_h[t, k, j], k)),
        Definition(dx[t, d], Σ(dh[t, k] * step_x[t, k, d], k)),
        Definition(dh0[k], dbefore[1, k]),
        Definition(dtheta[m], Σ(dh[t, k] * step_theta[t, k, m], t, k)),
    ),
    hypotheses=(
        Hypothesis(name="inner", lhs=delta(t - 1, T), rhs=0, about="t − 1 is not the last step"),
        Hypothesis(name="nothing_beyond", lhs=dbefore[T + 1, k], rhs=0, about="there is no step T + 1"),
        Hypothesis(
            name="joined_forward",
            lhs=end_p[U + 1, k],
            rhs=p[T, k],
            about="the U steps start where the T steps end",
        ),
        Hypothesis(
            name="joined_back",
            lhs=dlast[k],
            rhs=dloss * end_back[U, k],
            about="and what the U steps hand back is the cotangent of the last state of the T steps",
        ),
    ),
    laws=(
        Induction(
            name="law.tail",
            time=u,
            lhs=Σ(end_gain[s_u] - end_paid[s_u], s_u),
            rhs=Σ(end_back[u, j] * end_p[u + 1, j], j),
            by=("end_gain", "end_paid", "end_back", "end_dh"),
            using=(
                Using(of="hypothesis"),
                Using(of="end_p", times=end_slope[u, k] + end_back[u - 1, k], over=(k,)),
            ),
            about="P(u): end_back is the gradient of the losses of the last u steps with respect to the"
            " state before them, and Σ end_dh end_theta that to theta. P(0) says 0 = 0; P(u) is P(u − 1)"
            " and one step's chain rule",
        ),
        Induction(
            name="law.differential",
            time=t,
            lhs=Σ(gain[s_t] - paid[s_t], s_t) + Σ((dbefore[t + 1, k] + delta(t, T) * dlast[k]) * p[t, k], k),
            rhs=Σ(dh0[k] * v[k], k),
            base_by=("dh0",),
            by=("gain", "paid", "inner", "p"),
            using=(
                Using(of="hypothesis"),
                Using(of="dh", times=-p[t, k], over=(k,)),
                Using(of="dbefore", times=-p[t - 1, j], over=(j,)),
            ),
            about="the first t losses change by gain, what comes after step t by dbefore · p: together by"
            " what the gradients say",
        ),
        Law(
            name="law.joined",
            lhs=Σ(gain[t], t) + dloss * Σ(end_gain[u], u),
            rhs=Σ(dh0[k] * v[k], k)
            + Σ(dtheta[m] * w[m], m)
            + dloss * Σ(end_dh[u, k] * end_theta[u, k, m] * w[m], u, k, m),
            by=("nothing_beyond", "joined_forward", "joined_back", "paid", "end_paid", "dtheta"),
            using=(
                Using(of="law.differential", at={t: T}),
                Using(of="law.tail", times=dloss, at={u: U}),
            ),
            about="backpropagation over T + U steps is that over the last U, whose result for the state is"
            " handed to that over the first T; the gradient of theta is the sum of both",
        ),
    ),
    notes={
        "p": "what step t makes of a small change: the differential of one step",
        "gain": "by how much the loss of step t changes",
        "paid": "the part of it that the change of theta accounts for",
        "end_p": "the u-th last step makes the change end_p of u from that of u + 1",
        "before": "the state that step t starts from; its gradient is what step t hands back",
        "dh": "three sources: the loss of step t, step t + 1, and whatever reads the last state",
        "dtheta": "all steps share theta: its gradient is the sum over the steps",
    },
    pitfalls=(
        "Truncated backpropagation drops what a block of steps should hand to the block before it (dlast ="
        " 0): the sum over blocks is then no longer the gradient.",
        "The gradient of theta is a sum, not a mean, over the steps.",
    ),
    references=(
        "Rumelhart, Hinton & Williams, Learning Internal Representations by Error Propagation, 1986",
        "Werbos, Backpropagation Through Time, Proceedings of the IEEE 78(10), 1990",
        "Williams & Peng, An Efficient Gradient-Based Algorithm for On-Line Training, Neural Computation"
        " 2(4), 1990",
    ),
)
