"""Settings in which no chapter says what is right: there a mutant is held to the reference as it is.

These are the conventions that are not in force, the default of one that is, a width by which floats do not
divide exactly, and what draws its own mask.
"""

from gradspec.conformance.exact.setting import DRAWN, Setting

ANY = {"...": (2, 3)}
STEPS = {**ANY, "P": 4}
RATES = {"learning_rate": DRAWN, "epsilon": DRAWN}
ADAM = {**RATES, "beta1": DRAWN, "beta2": DRAWN}
ATTENTION = {"N": 2, "L": 3, "S": 5, "E": 4, "F": 2}

OTHER: dict[str, tuple[Setting, ...]] = {
    "adam": (
        Setting(kind="balls", sizes=STEPS, attributes={**ADAM, "epsilon_convention": "before_correction"}),
        Setting(
            kind="one field",
            apart="...",
            sizes=STEPS,
            attributes={**ADAM, "bias_correction_convention": False},
        ),
    ),
    "adagrad": (
        Setting(kind="balls", sizes=STEPS, attributes={**RATES, "epsilon_convention": "inside"}),
        Setting(kind="balls", sizes=STEPS, attributes={**RATES, "initial_convention": DRAWN}),
    ),
    "rmsprop": (
        Setting(
            kind="balls", sizes=STEPS, attributes={**RATES, "decay": DRAWN, "epsilon_convention": "inside"}
        ),
        Setting(kind="balls", sizes=STEPS, attributes={**RATES, "decay": DRAWN, "initial_convention": DRAWN}),
    ),
    "clip_by_global_norm": (
        Setting(
            kind="balls",
            sizes={"...": ((2, 3), (4,))},
            attributes={"max_norm": DRAWN, "epsilon_convention": DRAWN},
        ),
    ),
    "scaled_dot_product_attention": (
        Setting(
            kind="tower", sizes=ATTENTION, attributes={"causal": True, "causal_convention": "bottom_right"}
        ),
    ),
    "multi_head_attention": (
        Setting(
            kind="tower",
            sizes={"N": 2, "L": 3, "S": 5, "E": 8},
            attributes={"heads": 2, "causal": True, "causal_convention": "bottom_right"},
        ),
    ),
    "relu": (Setting(kind="fractions", sizes={"...": (4, 6)}, attributes={"nan_convention": "zero"}),),
    "positional_encoding": (
        Setting(kind="fractions", sizes={"length": 7, "width": 5}, attributes={"length": 7, "width": 5}),
    ),
    "random_dropout": (Setting(kind="one field", sizes={"...": (4, 5)}, attributes={"rate": 0.25}),),
}
