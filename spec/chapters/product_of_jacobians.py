"""The derivative of a late state by an early one: a product of Jacobians, and how many factors it has."""

from sympy import Idx, Symbol

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Induction, Law, Using

U, H, Q = dims("U H Q")
u, m = index("u", U), index("m", Q)
i, j, k = index("i j k", H)
s_u = Idx(Symbol("s", integer=True), (1, u))

# Steps are numbered from the end: u = 1 is step T, and u = T − t is step t + 1.
step_h, step_theta, slope = tensor("step_h", U, H, H), tensor("step_theta", U, H, Q), tensor("slope", H)
p, product, back = tensor("p", U, H), tensor("product", U, H, H), tensor("back", U, H)
h_theta, term = tensor("h_theta", U, H, Q), tensor("term", U, H, Q)

CHAPTER = Chapter(
    title="The product of Jacobians",
    about="With steps numbered from the end, product[u] is the product of the Jacobians of the last u"
    " steps. The laws say that it is ∂h_T/∂h_t for u = T − t, so that its factors are those of the steps j"
    " = t + 1 … T.",
    system=System(
        name="product_of_jacobians",
        given=(step_h, step_theta, slope),
        time=u,
        initial=(Definition(product[0, k, j], delta(k, j)), Definition(back[0, k], slope[k])),
        definitions=(
            Definition(product[u, k, j], Σ(product[u - 1, k, i] * step_h[u, i, j], i)),
            Definition(p[u, k], Σ(step_h[u, k, j] * p[u + 1, j], j)),
            Definition(back[u, j], Σ(back[u - 1, k] * step_h[u, k, j], k)),
            Definition(h_theta[u, k, m], Σ(step_h[u, k, j] * h_theta[u + 1, j, m], j) + step_theta[u, k, m]),
            Definition(term[u, k, m], Σ(product[u - 1, k, j] * step_theta[u, j, m], j)),
        ),
    ),
    hypotheses=(
        Hypothesis(
            name="one_step",
            lhs=h_theta[2, k, m],
            rhs=0,
            about="the state before the last step does not depend on theta",
        ),
    ),
    laws=(
        Induction(
            name="law.state",
            time=u,
            lhs=p[1, k],
            rhs=Σ(product[u, k, j] * p[u + 1, j], j),
            by=("product",),
            using=(Using(of="p", times=product[u - 1, k, j], at={k: j}, over=(j,)),),
            about="a small change of the state before the last u steps reaches the last state through the"
            " product of their Jacobians, the identity for u = 0: ∂h_T/∂h_t = Π_(j=t+1)^T ∂h_j/∂h_(j−1),"
            " latest first",
        ),
        Induction(
            name="law.parameter",
            time=u,
            lhs=h_theta[1, k, m],
            rhs=Σ(term[s_u, k, m], s_u) + Σ(product[u, k, j] * h_theta[u + 1, j, m], j),
            by=("product",),
            using=(
                Using(of="h_theta", times=product[u - 1, k, j], at={k: j}, over=(j,)),
                Using(of="term", times=-1),
            ),
            about="∂h_T/∂theta = Σ_i (Π_(j=i+1)^T ∂h_j/∂h_(j−1)) ∂F_i/∂theta: step i counts with the"
            " product of the Jacobians of the steps after it, its own not among them",
        ),
        Induction(
            name="law.back",
            time=u,
            lhs=back[u, j],
            rhs=Σ(slope[k] * product[u, k, j], k),
            by=("back", "product"),
            about="going back step by step, vector times matrix, gives what the whole product would, at H²"
            " a step where the product of matrices takes H³",
        ),
        Law(
            name="law.one_step",
            lhs=h_theta[1, k, m],
            rhs=step_theta[1, k, m],
            by=("h_theta", "one_step"),
            about="over a single step there is no factor at all; a product that starts at j = i has one",
        ),
    ),
    notes={
        "p": "the u-th last step makes the change p of u from that of u + 1",
        "h_theta": "∂h/∂theta after the u-th last step: through the state before it, and directly",
        "term": "what the u-th last step alone adds to ∂h_T/∂theta",
    },
    pitfalls=(
        "The factors of ∂h_T/∂h_t are those of the steps t + 1 … T. An older text of d2l.ai (d2l-en at"
        " 05a6605) has j = i … t in the sum for ∂h_t/∂theta, one factor too many: law.one_step refutes it.",
        "The order matters: the latest Jacobian stands on the left, since matrices do not commute.",
    ),
    references=(
        "Werbos, Backpropagation Through Time, Proceedings of the IEEE 78(10), 1990",
        "Pascanu, Mikolov & Bengio, On the Difficulty of Training Recurrent Neural Networks, ICML 2013",
        "Zhang, Lipton, Li & Smola, Dive into Deep Learning, section Backpropagation Through Time, 2023",
    ),
)
