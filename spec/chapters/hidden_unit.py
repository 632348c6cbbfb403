"""The chain rule through one hidden unit: from the input to the squared error, and back, step by step."""

from ..kernel import Definition, System, dg, g, tensor
from ._chapter import Chapter, Hypothesis, Law

x, target = tensor("x")[()], tensor("target")[()]
weight_in, bias_in = tensor("weight_in")[()], tensor("bias_in")[()]
weight_out, bias_out = tensor("weight_out")[()], tensor("bias_out")[()]
a, h, y, r, loss = (tensor(name)[()] for name in ("a", "h", "y", "r", "loss"))
da, dh, dy, dr, dloss = (tensor(name)[()] for name in ("da", "dh", "dy", "dr", "dloss"))
dx, dtarget = tensor("dx")[()], tensor("dtarget")[()]
dweight_in, dbias_in = tensor("dweight_in")[()], tensor("dbias_in")[()]
dweight_out, dbias_out = tensor("dweight_out")[()], tensor("dbias_out")[()]

CHAPTER = Chapter(
    title="Backpropagation through one hidden unit",
    about=(
        "One input, one hidden unit, one output, all of them single numbers. The forward pass goes down the"
        " definitions; the backward pass goes up again, and each step needs the one before it alone."
    ),
    system=System(
        name="hidden_unit",
        given=tuple(v.base for v in (x, weight_in, bias_in, weight_out, bias_out, target)),
        definitions=(
            Definition(a, weight_in * x + bias_in),
            Definition(h, g(a)),
            Definition(y, weight_out * h + bias_out),
            Definition(r, y - target),
            Definition(loss, r**2 / 2),
        ),
        outputs=(loss.base,),
    ),
    gradients=(
        Definition(dr, dloss * r),
        Definition(dy, dr),
        Definition(dh, dy * weight_out),
        Definition(da, dh * dg(a)),
        Definition(dx, da * weight_in),
        Definition(dweight_in, da * x),
        Definition(dbias_in, da),
        Definition(dweight_out, dy * h),
        Definition(dbias_out, dy),
        Definition(dtarget, -dr),
    ),
    notes={
        "a": "the weighted sum",
        "h": "the hidden unit: the activation of the weighted sum",
        "y": "the output, a second weighted sum",
        "r": "the error of the output",
        "loss": "half its square",
        "dr": "the slope of a parabola",
        "dy": "the output moves the error one to one",
        "dh": "back along the outgoing weight",
        "da": "back through the activation: its slope where the forward pass stood",
        "dweight_in": "a weight moves the sum by the input that it multiplies",
        "dbias_in": "a bias moves it one to one",
        "dweight_out": "again the gradient at the end of the weight times the value at its start",
        "dx": "what a layer below would be told",
    },
    hypotheses=(
        Hypothesis(name="logistic", lhs=dg(a), rhs=g(a) * (1 - g(a)), about="the activation is the sigmoid"),
        Hypothesis(name="right", lhs=target, rhs=y, about="the output is right"),
        Hypothesis(name="flat", lhs=dg(a), rhs=0, about="the hidden unit is saturated"),
    ),
    laws=(
        Law(
            name="law.forward",
            lhs=loss,
            rhs=(weight_out * g(weight_in * x + bias_in) + bias_out - target) ** 2 / 2,
            by=("loss", "r", "y", "h", "a"),
            about="the forward pass in one formula",
        ),
        Law(
            name="law.chain",
            lhs=dweight_in,
            rhs=dloss
            * (g(weight_in * x + bias_in) * weight_out + bias_out - target)
            * weight_out
            * dg(weight_in * x + bias_in)
            * x,
            by=("dweight_in", "da", "dh", "dy", "dr", "r", "y", "h", "a"),
            about="and the path back in one product: ∂loss/∂y · ∂y/∂h · ∂h/∂a · ∂a/∂weight",
        ),
        Law(
            name="law.sigmoid",
            lhs=da,
            rhs=dh * h * (1 - h),
            by=("da", "h", "logistic"),
            about="through a sigmoid, the backward pass needs only what the forward pass has kept: h",
        ),
        Law(
            name="law.shared",
            lhs=weight_in * dweight_in,
            rhs=x * dx,
            by=("dweight_in", "dx"),
            about="weight and input enter as a product, so each gets the other's share of one gradient",
        ),
        Law(
            name="law.right",
            lhs=dweight_in,
            rhs=0,
            by=("dweight_in", "da", "dh", "dy", "dr", "r", "right"),
            about="a right output teaches nothing",
        ),
        Law(
            name="law.saturated",
            lhs=dweight_in,
            rhs=0,
            by=("dweight_in", "da", "flat"),
            about="nor does any, through a saturated unit",
        ),
    ),
    pitfalls=(
        "The slope of the activation is taken at the weighted sum a, not at its output h.",
        "All gradients come from the weights of one forward pass: no weight is updated before they are done.",
    ),
    references=(
        "Rumelhart, Hinton & Williams, Learning Representations by Back-propagating Errors, Nature 323, 1986",
    ),
)
