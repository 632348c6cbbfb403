"""What rectifiers, identity initialisation and gates change: gradients that last over many steps."""

from sympy import Symbol

from ..kernel import Σ, Definition, System, delta, dims, index, relu, step, tensor
from ._chapter import Bound, Chapter, Hypothesis, Induction, Using

T, H = dims("T H")
u = index("u", T)
h, k = index("h k", H)
keep = Symbol("keep", positive=True)

before, weight_h, z = tensor("before", H), tensor("weight_h", H, H), tensor("z", H)
a, after, da, dafter, dbefore = (tensor(name, H) for name in ("a", "after", "da", "dafter", "dbefore"))
cell, f, write, next_cell = (tensor(name, H) for name in ("cell", "f", "write", "next_cell"))
dcell, dnext_cell = tensor("dcell", H), tensor("dnext_cell", H)
last, pre, back = tensor("last", H), tensor("pre", T, H), tensor("back", T, H)
last_cell, forget, cell_back = tensor("last_cell", H), tensor("forget", T, H), tensor("cell_back", T, H)

CHAPTER = Chapter(
    title="Gradients that last",
    about="One step of a recurrent network of relu units, one step of a cell with a gate, and what u of"
    " each, counted from the end, do to a gradient on its way back.",
    system=System(
        name="lasting_gradients",
        given=(before, weight_h, z, cell, f, write),
        fixed=(weight_h, z, f, write),
        time=u,
        initial=(Definition(back[0, h], last[h]), Definition(cell_back[0, h], last_cell[h])),
        definitions=(
            Definition(a[h], Σ(before[k] * weight_h[k, h], k) + z[h]),
            Definition(after[h], relu(a[h])),
            Definition(next_cell[h], f[h] * cell[h] + write[h]),
            Definition(back[u, k], Σ(weight_h[k, h] * step(pre[u, h]) * back[u - 1, h], h)),
            Definition(cell_back[u, h], forget[u, h] * cell_back[u - 1, h]),
        ),
        outputs=(after, next_cell),
    ),
    gradients=(
        Definition(dcell[h], f[h] * dnext_cell[h]),
        Definition(da[h], step(a[h]) * dafter[h]),
        Definition(dbefore[k], Σ(weight_h[k, h] * da[h], h)),
    ),
    hypotheses=(
        Hypothesis(name="active", lhs=step(pre[u, h]), rhs=1, about="every pre-activation is positive"),
        Hypothesis(name="identity", lhs=weight_h[k, h], rhs=delta(k, h), about="weight_h is the identity"),
        Hypothesis(
            name="gates", lhs=forget[u, h] ** 2, rhs=keep**2, relation="≥", about="no gate is below keep"
        ),
        Hypothesis(name="open", lhs=forget[u, h], rhs=1, about="every forget gate is open"),
    ),
    laws=(
        Bound(
            name="law.relu",
            lhs=Σ(dafter[h] ** 2, h),
            rhs=Σ(da[h] ** 2, h),
            witness=Σ((1 - step(a[h])) ** 2 * dafter[h] ** 2, h),
            by=("da",),
            about="a relu unit passes a gradient whole or not at all: gamma is 1, and reached",
        ),
        Induction(
            name="law.identity",
            time=u,
            lhs=back[u, k],
            rhs=last[k],
            by=("back", "identity"),
            using=(Using(of="active", times=last[k], at={h: k}),),
            about="where relu units start from the identity and are active, the Jacobian is the identity:"
            " over any number of steps the gradient arrives unchanged",
        ),
        Induction(
            name="law.gated",
            time=u,
            lhs=cell_back[u, h] ** 2,
            rhs=keep ** (2 * u) * last_cell[h] ** 2,
            witness=keep**2 * (cell_back[u - 1, h] ** 2 - keep ** (2 * u - 2) * last_cell[h] ** 2)
            + (forget[u, h] ** 2 - keep**2) * cell_back[u - 1, h] ** 2,
            by=("cell_back",),
            given=("hypothesis", "gates"),
            about="along a cell the factor of a step is its gate, with no weight and no slope: the gradient"
            " shrinks no faster than the gates say, and they can learn to let it pass",
        ),
        Induction(
            name="law.open",
            time=u,
            lhs=cell_back[u, h],
            rhs=last_cell[h],
            by=("cell_back", "open"),
            about="with open gates it does not shrink at all",
        ),
    ),
    notes={
        "dbefore": "one step back: what the units let pass, times weight_h",
        "dcell": "one step back along the cell: times the gate",
        "back": "u steps back from the gradient of the last state",
        "cell_back": "u steps back along the cell",
    },
    pitfalls=(
        "A relu unit that is silent for every example passes no gradient and never recovers.",
        "The identity is a start, not a constraint: training moves weight_h away from it.",
        "Along the cell nothing is lost, but the gates themselves are functions of h, with weights and"
        " slopes.",
    ),
    references=(
        "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9(8), 1997",
        "Glorot, Bordes & Bengio, Deep Sparse Rectifier Neural Networks, AISTATS 2011",
        "Le, Jaitly & Hinton, A Simple Way to Initialize Recurrent Networks of Rectified Linear Units, 2015",
    ),
)
