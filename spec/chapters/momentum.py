"""Momentum: the velocity is a fading sum of all gradients so far, and what follows from that."""

from sympy import Symbol

from ..kernel import Σ, Definition, System, tensor
from ._chapter import Chapter, Induction, Law, Using
from ._optimizer import CONSTANT, I, P, gradients, i, k, learning_rate, p, parameter, parameters, steady, t

momentum = Symbol("momentum", nonnegative=True)

v = tensor("v", P, I)
folded, averaged, ahead = tensor("folded", P, I), tensor("averaged", P, I), tensor("ahead", P, I)

CHAPTER = Chapter(
    title="Momentum",
    about=(
        "The velocity v keeps the share `momentum` of itself at every step. Beside it stand the two other "
        "ways to write it that libraries use, and `ahead`, the point where the parameter would come to rest "
        "if all further gradients were 0."
    ),
    system=System(
        name="momentum",
        given=(parameter, gradients),
        fixed=(parameter, gradients, v, p, folded, averaged),
        time=t,
        initial=(
            Definition(v[0, i], 0),
            Definition(p[0, i], parameter[i]),
            Definition(folded[0, i], 0),
            Definition(averaged[0, i], 0),
        ),
        definitions=(
            Definition(v[t, i], momentum * v[t - 1, i] + gradients[t, i]),
            Definition(p[t, i], p[t - 1, i] - learning_rate * v[t, i]),
            Definition(parameters[t, i], p[t, i]),
            Definition(folded[t, i], momentum * folded[t - 1, i] - learning_rate * gradients[t, i]),
            Definition(averaged[t, i], momentum * averaged[t - 1, i] + (1 - momentum) * gradients[t, i]),
            Definition(ahead[t, i], p[t, i] - learning_rate * momentum / (1 - momentum) * v[t, i]),
        ),
        outputs=(parameters,),
    ),
    hypotheses=(CONSTANT,),
    laws=(
        Induction(
            name="law.velocity",
            time=t,
            lhs=v[t, i],
            rhs=Σ(momentum ** (t - k) * gradients[k, i], k),
            by=("v",),
            about=(
                "the velocity is the sum of all gradients, each faded by `momentum` once for every step since"
            ),
        ),
        Induction(
            name="law.closed",
            time=t,
            lhs=p[t, i],
            rhs=parameter[i]
            - learning_rate * Σ((1 - momentum ** (t - k + 1)) / (1 - momentum) * gradients[k, i], k),
            by=("p", "v", "law.velocity"),
            about="a gradient goes on acting: after many steps it has counted for lr / (1 − momentum) in all",
        ),
        Law(
            name="law.output",
            lhs=parameters[t, i],
            rhs=p[t - 1, i] - learning_rate * Σ(momentum ** (t - k) * gradients[k, i], k),
            by=("parameters", "law.velocity"),
            using=(Using(of="p"),),
            about="one step, in terms of the gradients alone",
        ),
        Law(
            name="law.heavy_ball",
            lhs=p[t + 1, i],
            rhs=p[t, i] - learning_rate * gradients[t + 1, i] + momentum * (p[t, i] - p[t - 1, i]),
            by=(),
            using=(
                Using(of="p", at={t: t + 1}),
                Using(of="v", at={t: t + 1}, times=-learning_rate),
                Using(of="p", times=-momentum),
            ),
            about=(
                "Polyak's heavy ball: a step of gradient descent, and the share `momentum` of the step before"
            ),
        ),
        Induction(
            name="law.constant",
            time=t,
            lhs=v[t, i],
            rhs=(1 - momentum**t) / (1 - momentum) * steady[i],
            by=("v", "constant"),
            about=(
                "under a constant gradient the speed grows towards 1 / (1 − momentum) times that of plain "
                "descent"
            ),
        ),
        Law(
            name="law.ahead",
            lhs=ahead[t, i] - (p[t - 1, i] - learning_rate * momentum / (1 - momentum) * v[t - 1, i]),
            rhs=-learning_rate / (1 - momentum) * gradients[t, i],
            by=("ahead",),
            using=(Using(of="p"), Using(of="v", times=-learning_rate / (1 - momentum))),
            about=(
                "the resting point moves as plain gradient descent does, with the learning rate "
                "lr / (1 − momentum); the bracket is the resting point one step before"
            ),
        ),
        Induction(
            name="law.folded",
            time=t,
            lhs=folded[t, i],
            rhs=-learning_rate * v[t, i],
            by=("folded", "v"),
            about=(
                "with the learning rate folded into the velocity the steps are the same, until the rate "
                "changes"
            ),
        ),
        Induction(
            name="law.averaged",
            time=t,
            lhs=averaged[t, i],
            rhs=(1 - momentum) * v[t, i],
            by=("averaged", "v"),
            about=(
                "a running mean of the gradients is the velocity scaled down: the same with another "
                "learning rate"
            ),
        ),
    ),
    notes={
        "v.0": "the ball starts at rest, so the first step is that of plain gradient descent",
        "v": "the velocity fades and takes in the new gradient, with factor 1",
        "p": "the parameter moves with the velocity",
        "folded": "the form of Keras, Chainer and scikit-learn, which is added to the parameter",
        "averaged": "the form of HIPS autograd",
    },
)
