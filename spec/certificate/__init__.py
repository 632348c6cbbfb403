"""What the derivations claim, in a form that `check.py` verifies without trusting whoever derived it."""
