"""Mini-batches: the gradient of B examples drawn at random is unbiased, and its variance falls as 1 / B."""

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Bound, Chapter, Induction, Law, Using

B, M, D = dims("B M D")
b = index("b", B)
m, n = index("m n", M)
i, j = index("i j", D)

gradients, direction = tensor("gradients", M, D), tensor("direction", D)
full, spread = tensor("full", D), tensor("spread", D, D)
first, second = tensor("first", B, D), tensor("second", B, D, D)
mean, covariance = tensor("mean", D), tensor("covariance", D, D)
pair, shuffled = tensor("pair", D, D), tensor("shuffled", D, D)

CHAPTER = Chapter(
    title="Mini-batches",
    about=(
        "The loss is the mean over M examples, so its gradient `full` is the mean of the examples' "
        "gradients. An estimate takes the mean over B examples instead, each drawn from all M with equal "
        "chances and independently of the others. Time b counts the draws: `first` and `second` are the "
        "expectations of the sum S of the first b drawn gradients, and of its products S_i S_j. What is "
        "assumed is in their definitions: whatever was drawn before, the expectation over the next draw is "
        "the plain mean over the data set, and expectation is linear."
    ),
    system=System(
        name="mini_batch",
        given=(gradients, direction),
        fixed=(gradients, direction),
        time=b,
        initial=(Definition(first[0, i], 0), Definition(second[0, i, j], 0)),
        definitions=(
            Definition(full[i], Σ(gradients[m, i], m) / M),
            Definition(spread[i, j], Σ((gradients[m, i] - full[i]) * (gradients[m, j] - full[j]), m) / M),
            Definition(first[b, i], Σ(first[b - 1, i] + gradients[m, i], m) / M),
            Definition(
                second[b, i, j],
                Σ(
                    second[b - 1, i, j]
                    + first[b - 1, i] * gradients[m, j]
                    + gradients[m, i] * first[b - 1, j]
                    + gradients[m, i] * gradients[m, j],
                    m,
                )
                / M,
            ),
            Definition(mean[i], first[B, i] / B),
            Definition(covariance[i, j], second[B, i, j] / B**2 - mean[i] * mean[j]),
            Definition(
                pair[i, j], Σ((1 - delta(m, n)) * gradients[m, i] * gradients[n, j], m, n) / (M * (M - 1))
            ),
            Definition(
                shuffled[i, j],
                Σ(gradients[m, i] * gradients[m, j], m) / (B * M)
                + (B - 1) * pair[i, j] / B
                - full[i] * full[j],
            ),
        ),
    ),
    laws=(
        Induction(
            name="law.first",
            time=b,
            lhs=first[b, i],
            rhs=b * full[i],
            by=("first",),
            using=(Using(of="full", times=-1),),
            about="the expectation of the sum of b draws is b times the full gradient",
        ),
        Law(
            name="law.first_before",
            lhs=first[b - 1, i],
            rhs=(b - 1) * full[i],
            by=("law.first",),
            using=(Using(of="first", times=-1), Using(of="full")),
            about="and before the last of them it was b − 1 times that",
        ),
        Law(
            name="law.unbiased",
            lhs=mean[i],
            rhs=full[i],
            by=("mean", "law.first"),
            about=(
                "the estimate is unbiased: its expectation is the full gradient, whatever the size of the "
                "batch"
            ),
        ),
        Law(
            name="law.spread",
            lhs=spread[i, j],
            rhs=Σ(gradients[m, i] * gradients[m, j], m) / M - full[i] * full[j],
            by=("spread", "full"),
            about="the covariance of one draw is the mean of the products less the product of the means",
        ),
        Induction(
            name="law.second",
            time=b,
            lhs=second[b, i, j],
            rhs=b * spread[i, j] + b**2 * full[i] * full[j],
            by=("second", "law.first_before"),
            using=(
                Using(of="full", times=-(b - 1) * full[j]),
                Using(of="full", times=-(b - 1) * full[i], at={i: j}),
                Using(of="law.spread", times=-1),
            ),
            about=(
                "the products of the sum: each draw adds its own covariance, and nothing for any pair of "
                "draws"
            ),
        ),
        Law(
            name="law.variance",
            lhs=covariance[i, j],
            rhs=spread[i, j] / B,
            by=("covariance", "law.unbiased", "law.second"),
            about="the covariance of the estimate is that of one example, divided by B",
        ),
        Law(
            name="law.distance",
            lhs=Σ(covariance[i, i], i),
            rhs=Σ((gradients[m, i] - full[i]) ** 2, m, i) / (B * M),
            by=("law.variance", "spread"),
            about=(
                "the expected squared distance of the estimate from the full gradient falls as 1 / B: half "
                "the noise takes four times the work"
            ),
        ),
        Bound(
            name="law.definite",
            lhs=Σ(direction[i] * spread[i, j] * direction[j], i, j),
            rhs=0,
            witness=Σ(Σ((gradients[m, i] - full[i]) * direction[i], i) ** 2, m) / M,
            by=("spread",),
            about="in no direction is the variance negative; it is 0 only where all examples agree",
        ),
        Law(
            name="law.shuffled",
            lhs=shuffled[i, j],
            rhs=(M - B) / (M - 1) * spread[i, j] / B,
            by=("shuffled", "pair", "spread", "full"),
            about=(
                "drawn without putting back, as from a shuffled data set, the covariance is smaller still by "
                "(M − B) / (M − 1), and 0 for B = M, the full gradient itself"
            ),
        ),
    ),
    notes={
        "full": "the gradient of the mean loss over the data set",
        "spread": "the covariance of the gradient of one example, drawn at random",
        "first": "the expectation over draw b, given the draws before, of S + the drawn gradient",
        "second": "and of the product of two entries of that",
        "mean": "the expectation of the estimate S / B",
        "covariance": "its covariance",
        "pair": "the expectation of a product over two different examples, all pairs being equally likely",
        "shuffled": "the covariance of the estimate if no example is drawn twice",
    },
    pitfalls=(
        "A loss that sums over the batch has a gradient B times as large: the learning rate then depends on "
        "B.",
        "The last batch of an epoch may be smaller; weighed like the others, it makes the epoch's mean "
        "biased.",
    ),
    references=(
        "Robbins & Monro, A Stochastic Approximation Method, Annals of Mathematical Statistics 22(3), 1951",
        "Bottou, Curtis & Nocedal, Optimization Methods for Large-Scale Machine Learning, "
        "SIAM Review 60(2), 2018, section 4",
        "Cochran, Sampling Techniques, 3rd edition, Wiley, 1977, chapter 2",
    ),
)
