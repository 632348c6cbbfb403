"""The words of docs/peers.md."""

TITLES = {
    "gradspec": "gradspec check",
    "torch-slow": "torch gradcheck",
    "torch-fast": "torch gradcheck, fast mode",
    "jax": "jax check_grads",
    "autograd": "autograd check_grads",
    "allclose": "np.allclose alone",
}

COLUMNS_SAY = """\
*Found*: on inputs as a careful user of the checker writes them; a gradient checker can be given {given} of
the {total} faults, the others are in operators without a gradient. *gradspec's cases*: beside these the
covering cases of gradspec's suite. *Forward oracle*: beside the checker the outputs are held against the
reference by `np.allclose` (which alone, on the users' inputs, finds {alone}). *False alarms*: verdicts that
refuse correct code. *Smallest gradient error*: the relative error of one whole gradient, in float64, that is
found in each of four operators. *Seconds*: of processor time, for a clean verdict on all operators with a
gradient.
"""

METHOD = """\
## Method

**Faults.** The {total} wrong backends of `tests/corpus/wrong`: the reference with one realistic fault each. A
gradient checker can be given those of operators that have a gradient and draw no randomness, {expressible} of
them. The rest (optimizers, clipping, one-hot, positional encoding, early stopping, dropout that draws its own
mask) stand in the column *no gradient*: a gradient checker has nothing to say about them.

**Forward faults** are counted apart. A gradient checker compares a gradient with differences of the very
function that it comes with. *Forward, gradient alike*: function and gradient are wrong together; where they
agree with each other no gradient checker can object, and that is no fault of a peer. *Forward alone*: the
gradient is still that of the right function (to 1e-12 on the typical inputs), which a checker can see as a
contradiction. What a peer finds of the first sort it finds because the two disagree somewhere, because an
exception is raised, or because a tolerance happens to be narrow there.

**Peers**, each as its documentation says, with its own defaults:

- `torch.autograd.gradcheck`, default and `fast_mode=True`, in float64 (its defaults are for that): a
  `torch.autograd.Function`, once differentiable, every float input a leaf that requires a gradient.
- `jax.test_util.check_grads(…, order=1, modes=("rev",))`: a `jax.custom_vjp` function, with x64 enabled for
  float64 and JAX's default for float32. Faults are searched in both, as it has tolerances for both. The NumPy
  functions are called eagerly: `check_grads` in reverse mode traces nothing, and hands the rules concrete
  values. (Traced values would go through `jax.pure_callback`.)
- `autograd.test_util.check_grads(…, modes=["rev"], order=1)`, in float64: a `primitive` with its vjp for all
  arguments. The checker is told to vary all of them; its default `argnum=0` would check the first alone.

The adapters (`benchmarks/peers_adapters.py`) are generated from the declarations.

**Inputs.** Peers bring none, so each gets what a careful user would write: three small shapes with unlike
dims, standard normal values (weights divided by the root of their fan-in), initial states that are not zero,
every choice and both settings of every optional attribute: between 3 and 24 calls of an operator. *On
gradspec's cases*: beside these the covering cases of gradspec's own suite (long and equal sizes, other
layouts in memory, large, tiny and cancelling values), quick ones first, up to {budget:g} s of processor time
for a fault.

**Found** means: on a call where the checker accepts the reference it returns False or an exception is raised,
whatever the reason. A call on which it refuses the reference does not count. *Forward oracle*: beside the
gradient check the outputs are compared with those of the reference, by shape and by `np.allclose` at its
defaults, in float32 and float64, on the same calls. `gradspec check` is run with its default profile on the
operator of the fault; found means that the report does not conform.
"""

ALARMS = """\
## False alarms

Correct code refused, of the verdicts given: one verdict for each operator, seed and piece of code, a refusal
where any of its calls is refused. The honest variants are those of `tests/corpus/honest`. The last column is
about gradspec's covering cases, among them values where a finite difference says nothing (NaN, kinks,
overflow): on how many a peer refuses the reference. These are left out where faults are counted.
"""

LEAST = """\
## The smallest relative gradient error found

One whole gradient is multiplied by 1 + δ, δ = 0.1, 0.03, 0.01 … 1e-15, 3e-16 (which is one unit in the last
place of float64, or two). The table has the smallest δ that is found as is every larger one. *refused*: the
right gradient is refused already, so nothing can be said; *none*: not even 0.1 is found.
"""

SECONDS = """\
## Seconds

Warm; of processor time but for the first column, which is what a clock says. A clean verdict is about the
reference, all operators that a gradient checker can be given: peers on their typical inputs, gradspec with
all its checks in float32 and float64; the least of three. The corpus: until each fault is found or the inputs
are at an end; peers the faults that they can be given.
"""

LIMITS = """\
## Limits

- The corpus was written for gradspec, by people who know what its checks do; it is no sample of the world's
  mistakes. {seen} of the faults are modelled on a public thread or release, which the corpus names.
- The peers were made for another task: a gradient beside the function it belongs to, in a framework that
  takes care of types, memory and shapes. They need no specification, and take any function; gradspec knows
  its own operators only. Precision, state and contract are not their subject, and no lack of theirs.
- The forward oracle is the reference of gradspec itself. Who has no gradspec has to bring another one, and
  to translate its conventions.
- Second order, forward mode and complex numbers, which the peers also check, are not compared.
- Directions: JAX always draws the same, Autograd has been seeded; with other draws they may find a few faults
  more or less. An adapter for a kernel in another language would copy arrays, and see less of what happens
  to memory than NumPy does here.

## Again

```sh
pip install -e '.[test,torch,calibration]' jax autograd
python benchmarks/peers.py                        # what docs/peers.json has, and is not out of date, stays
python benchmarks/peers.py --only torch-slow --again
python benchmarks/peers.py --quick                # a part, in about two minutes; writes nothing
```
"""
