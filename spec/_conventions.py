"""The convention that several operators share: what an index outside its range gives."""

from ._declare import Convention

OUT_OF_RANGE = Convention(
    key="index.out_of_range",
    keyword="out_of_range_convention",
    values=("error", "wrap_negative", "clamp", "zero", "nan"),
    used_by={
        "error": "PyTorch, TensorFlow",
        "wrap_negative": "JAX, Keras, MLX, Chainer (below 0; above the range each does something else)",
        "clamp": "MXNet; Equinox and Haiku above the range",
        "zero": "tinygrad",
        "nan": "JAX, and Keras on it, above the range",
    },
)
"""An index or label below 0 or beyond the last row."""
