"""What tests of the corpus share: a score that they add to."""

from collections import Counter

import pytest


@pytest.fixture(scope="module")
def score() -> Counter[str]:
    """How many faults have a cause that can be told, and how many were told by it."""
    return Counter()
