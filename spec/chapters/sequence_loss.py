"""A recurrent network with its loss: the sum over the steps, and which of them have a target or an input."""

from sympy import Integer, exp, log

from ..kernel import Σ, Definition, System, delta, dg, dims, g, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

T, N, D, H, K = dims("T N D H K")
t, n, d = index("t", T), index("n", N), index("d", D)
h, k = index("h k", H)
b, c = index("b c", K)

x, h0, labels = tensor("x", T, N, D), tensor("h0", N, H), tensor("labels", T, N, below=K)
weight_x, weight_h, bias = tensor("weight_x", D, H), tensor("weight_h", H, H), tensor("bias", H)
weight_o, bias_o, counted = tensor("weight_o", H, K), tensor("bias_o", K), tensor("counted", T, N)
a, state, logits = tensor("a", T, N, H), tensor("h", T, N, H), tensor("logits", T, N, K)
z, cost, loss = tensor("z", T, N, K), tensor("cost", T, N), tensor("loss")
da, dh, dlogits, dcost = (
    tensor("da", T, N, H),
    tensor("dh", T, N, H),
    tensor("dlogits", T, N, K),
    tensor("dcost", T, N),
)
dx, dh0, dloss = tensor("dx", T, N, D), tensor("dh0", N, H), tensor("dloss")[()]
dweight_x, dweight_h, dbias = tensor("dweight_x", D, H), tensor("dweight_h", H, H), tensor("dbias", H)
dweight_o, dbias_o, first = tensor("dweight_o", H, K), tensor("dbias_o", K), tensor("first", N, D)
error = z[t, n, c] - delta(c, labels[t, n])
from_next = Σ(da[t + 1, n, h] * weight_h[k, h], h)

CHAPTER = Chapter(
    title="A recurrent network with its loss",
    about="Every step predicts a class, and counted[t, n] weighs what that costs: 1 where step t of"
    " sequence n has a target, else 0. The total loss is the sum over the steps; the cases differ in"
    " counted and x alone.",
    system=System(
        name="sequence_loss",
        given=(x, h0, weight_x, weight_h, bias, weight_o, bias_o, counted, labels),
        fixed=(counted, labels),
        time=t,
        initial=(Definition(state[0, n, h], h0[n, h]),),
        definitions=(
            Definition(
                a[t, n, h],
                Σ(x[t, n, d] * weight_x[d, h], d) + Σ(state[t - 1, n, k] * weight_h[k, h], k) + bias[h],
            ),
            Definition(state[t, n, h], g(a[t, n, h])),
            Definition(logits[t, n, c], Σ(state[t, n, k] * weight_o[k, c], k) + bias_o[c]),
            Definition(z[t, n, c], exp(logits[t, n, c]) / Σ(exp(logits[t, n, b]), b)),
            Definition(cost[t, n], log(Σ(exp(logits[t, n, c]), c)) - logits[t, n, labels[t, n]]),
            Definition(loss[()], Σ(counted[t, n] * cost[t, n], t, n)),
        ),
        outputs=(loss,),
    ),
    gradients=(
        Definition(dcost[t, n], dloss * counted[t, n]),
        Definition(dlogits[t, n, c], dloss * counted[t, n] * error),
        Definition(dh[t, n, k], Σ(dlogits[t, n, c] * weight_o[k, c], c) + from_next),
        Definition(da[t, n, h], dh[t, n, h] * dg(a[t, n, h])),
        Definition(dx[t, n, d], Σ(da[t, n, h] * weight_x[d, h], h)),
        Definition(dh0[n, k], Σ(da[1, n, h] * weight_h[k, h], h)),
        Definition(dweight_x[d, h], Σ(x[t, n, d] * da[t, n, h], t, n)),
        Definition(dweight_h[k, h], Σ(state[t - 1, n, k] * da[t, n, h], t, n)),
        Definition(dbias[h], Σ(da[t, n, h], t, n)),
        Definition(dweight_o[k, c], Σ(state[t, n, k] * dlogits[t, n, c], t, n)),
        Definition(dbias_o[c], Σ(dlogits[t, n, c], t, n)),
    ),
    by={"dlogits": ("dcost", "z")},
    hypotheses=(
        Hypothesis(name="all_counted", lhs=counted[t, n], rhs=1, about="every step has a target"),
        Hypothesis(
            name="last_counted", lhs=counted[t, n], rhs=delta(t, T), about="the last step alone has a target"
        ),
        Hypothesis(
            name="first_given",
            lhs=x[t, n, d],
            rhs=delta(t, Integer(1)) * first[n, d],
            about="there is one input, at step 1; the steps after it run on 0",
        ),
    ),
    laws=(
        Law(
            name="law.many_to_many",
            lhs=loss[()],
            rhs=Σ(log(Σ(exp(logits[t, n, c]), c)) - logits[t, n, labels[t, n]], t, n),
            by=("loss", "cost", "all_counted"),
            about="many-to-many: the losses of all steps add up",
        ),
        Law(
            name="law.many_to_many_gradient",
            lhs=dh[t, n, k],
            rhs=dloss * Σ(error * weight_o[k, c], c) + from_next,
            by=("dlogits", "all_counted"),
            using=(Using(of="dh"),),
            about="and every state hears of its own step at once, of the later ones through the next",
        ),
        Law(
            name="law.many_to_one",
            lhs=loss[()],
            rhs=Σ(cost[T, n], n),
            by=("loss", "last_counted"),
            about="many-to-one: the loss of the last step is the total",
        ),
        Law(
            name="law.many_to_one_gradient",
            lhs=dh[t, n, k],
            rhs=delta(t, T) * dloss * Σ((z[T, n, c] - delta(c, labels[T, n])) * weight_o[k, c], c)
            + from_next,
            by=("dlogits", "last_counted"),
            using=(Using(of="dh"),),
            about="its gradient enters at T and reaches the earlier states through the later ones only",
        ),
        Law(
            name="law.many_to_one_output",
            lhs=dweight_o[k, c],
            rhs=Σ(state[T, n, k] * dloss * (z[T, n, c] - delta(c, labels[T, n])), n),
            by=("dweight_o", "dlogits", "last_counted"),
            about="and the output weight learns from the last state alone",
        ),
        Law(
            name="law.one_to_many",
            lhs=dweight_x[d, h],
            rhs=Σ(first[n, d] * da[1, n, h], n),
            by=("dweight_x", "first_given"),
            about="one-to-many: the input weight learns of every loss through step 1 alone",
        ),
        Law(
            name="law.logit_rows",
            lhs=Σ(dlogits[t, n, c], c),
            rhs=0,
            by=("dlogits", "z"),
            about="the gradient of the logits sums to 0 at every step",
        ),
    ),
    notes={
        "loss": "the sum over the steps that count",
        "dh": "what the loss of step t says, and what step t + 1 hands back",
        "dweight_h": "all steps share the weight: the sum over the steps",
    },
    pitfalls=(
        "Sum or mean: libraries divide by the number of steps, of targets or of sequences, and the gradient"
        " with it.",
        "counted chooses targets; it is not the mask of valid steps, which also holds the state.",
    ),
    references=(
        "Elman, Finding Structure in Time, Cognitive Science 14(2), 1990",
        "Werbos, Backpropagation Through Time, Proceedings of the IEEE 78(10), 1990",
        "Goodfellow, Bengio & Courville, Deep Learning, section 10.2, 2016",
    ),
)
