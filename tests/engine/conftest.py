import pytest

from gradtui.engine.training.devices import devices


@pytest.fixture(params=devices())
def device(request):
    """Every device of this machine, by name."""
    return request.param
