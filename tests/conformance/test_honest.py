"""No false accusation: what is right in another way than the reference conforms, whatever the seed."""

from types import ModuleType, SimpleNamespace

import honest
import honest_losses
import honest_optimizers
import honest_sequences
import pytest
from gradspec.conformance import check
from gradspec.spec import operators

MODULES = (honest, honest_losses, honest_optimizers, honest_sequences)


def _defined(module: ModuleType) -> dict[str, object]:
    return {
        name: function
        for name, function in vars(module).items()
        if name.removesuffix("_vjp") in operators() and function.__module__ == module.__name__
    }


BACKEND = SimpleNamespace(
    name="honest",
    version="1",
    dtypes=("float32", "float64"),
    **{name: function for module in MODULES for name, function in _defined(module).items()},
)
HONEST = [name for name in operators() if hasattr(BACKEND, name)]


def test_there_are_many_of_them() -> None:
    assert len(HONEST) >= 18


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", HONEST)
def test_what_is_right_in_another_way_conforms(name: str, seed: int) -> None:
    report = check(BACKEND, operators=[name], seed=seed)
    for result in report.results:
        assert result.status in ("passed", "unsupported"), (
            f"{result.id}: {result.message}\n{result.reproduce}"
        )
    assert report.conforms
