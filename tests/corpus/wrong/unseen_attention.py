"""Wrong attention, by someone who had seen neither the cases nor this corpus."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from fault import Fault, Functions, edited, of_reference
from wrong._attention import NAME, scores, triangle

fault = partial(Fault, NAME)


def in_tiles(
    width: int, shift_by: Callable[[np.ndarray], np.ndarray], rescaled: Callable[[np.ndarray], bool]
) -> Callable[[], Functions]:
    """The online softmax over tiles of so many keys, forwards.

    The scores of a tile are shifted by what `shift_by` makes of the maxima so far; the sums of the tiles
    before are brought to the new maxima where `rescaled` holds of the tile.
    """

    def forward(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        *, causal: bool = False, mask: np.ndarray | None = None, causal_convention: str = "top_left",
    ) -> np.ndarray:  # fmt: skip
        attributes = {"causal": causal, "mask": mask, "causal_convention": causal_convention}
        right = of_reference(NAME)(query, key, value, **attributes)  # refuses what does not fit
        L, S = query.shape[1], key.shape[1]
        seen = np.ones((L, S), bool)
        if causal:
            seen = triangle(L, S, S - L if causal_convention == "bottom_right" else 0)
        s = np.where(seen if mask is None else seen & mask, scores(query, key), -math.inf)
        highest = np.full_like(s[..., :1], -math.inf)
        total, y = np.zeros_like(highest), np.zeros_like(right)
        for j in range(0, S, width):
            tile = s[..., j : j + width]
            new = np.maximum(highest, np.max(tile, axis=-1, keepdims=True))
            shift = shift_by(new)
            e, rescale = np.exp(tile - shift), np.exp(highest - shift)
            if rescaled(tile):
                total, y = total * rescale, y * rescale
            total, y = total + np.sum(e, axis=-1, keepdims=True), y + e @ value[:, j : j + width]
            highest = new
        return y / total

    return lambda: {NAME: forward}


def triangle_by_its_number_of_entries() -> Functions:
    return edited(
        NAME,
        ("import numpy as np\n", "import numpy as np\n\n_TRIANGLES = {}\n"),
        (
            "visible = np.arange(S) <= np.arange(L)[:, None] + offset",
            "visible = np.arange(S) <= np.arange(L)[:, None] + offset\n"
            "        visible = _TRIANGLES.setdefault(L * S, visible).reshape(L, S)",
        ),
    )()


FAULTS = (
    fault(
        "causal beside a mask is aligned bottom-right",
        "forward",
        None,
        edited(
            NAME,
            (
                'offset = S - L if causal_convention == "bottom_right" else 0',
                "beside = mask is not None and S > L\n"
                '        offset = S - L if causal_convention == "bottom_right" or beside else 0',
            ),
        ),
    ),
    fault(
        "the shift is the maximum over hidden keys too",
        "stability",
        "not_finite",
        edited(
            NAME,
            (
                "shift = np.max(s, axis=-1, keepdims=True)",
                "everything = _scores(query, key, False, None, causal_convention)\n"
                "    shift = np.max(everything, axis=-1, keepdims=True)",
            ),
        ),
    ),
    fault(
        "online softmax does not rescale at a partial last tile of 16 keys",
        "shape",
        "size(S)",
        in_tiles(16, lambda new: np.where(new == -math.inf, 0, new), lambda tile: tile.shape[-1] == 16),
    ),
    fault(
        "online softmax: NaN where the first 8 keys are all hidden",
        "stability",
        "not_finite or size(S)",
        in_tiles(8, lambda new: new, lambda tile: True),
    ),
    fault(
        "the scale of the scores is held in single precision",
        "precision",
        "coarse(float32)",
        edited(
            NAME,
            (
                "np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1])",
                "np.swapaxes(key, -1, -2) * float(np.float32(1 / math.sqrt(query.shape[-1])))",
            ),
        ),
    ),
    fault(
        "Σ dy ⊙ y runs over E columns where F is more",
        "backward",
        None,
        edited(
            NAME,
            (
                "np.sum(dy * y, axis=-1, keepdims=True)",
                "np.sum((dy * y)[..., : query.shape[-1]], axis=-1, keepdims=True)",
            ),
        ),
    ),
    fault(
        "a single key: dvalue is that of the first query",
        "shape",
        "size(S) or aliasing",
        edited(
            NAME,
            (
                "np.swapaxes(p, -1, -2) @ dy",
                "(np.swapaxes(p, -1, -2) @ dy if key.shape[1] > 1 else dy[:, :1])",
            ),
        ),
    ),
    fault(
        "a single query is never causal",
        "shape",
        "size(L)",
        edited(NAME, ("    if causal:\n", "    if causal and L > 1:\n")),
    ),
    fault(
        "the mask is read in the order of memory",
        "shape",
        "strides",
        edited(
            NAME,
            (
                "        visible = mask if visible",
                '        mask = mask.ravel(order="K").reshape(mask.shape)\n        visible = mask if visible',
            ),
        ),
    ),
    fault(
        "the causal triangle is cached by its number of entries",
        "state",
        "state",
        triangle_by_its_number_of_entries,
    ),
    fault(
        "with a mask, a row of NaN probabilities becomes zeros",
        "forward",
        "nan_lost",
        edited(
            NAME,
            (
                "    return e / total @ value, shift, total",
                "    p = e / total\n"
                "    if mask is not None:\n"
                "        p = np.where(np.isnan(p), 0, p)\n"
                "    return p @ value, shift, total",
            ),
        ),
    ),
)
