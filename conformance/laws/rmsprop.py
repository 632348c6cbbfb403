"""Laws of RMSProp."""

from ._optimizer import ADAPTIVE

LAWS = ADAPTIVE
