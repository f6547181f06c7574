"""What several workers' parent makes of how they ended."""

from types import SimpleNamespace

import pytest
from uvicorn.config import STARTUP_FAILURE

from service.supervisor import Supervisor


@pytest.mark.parametrize(
    ("statuses", "failed"),
    [
        pytest.param([0, 0], False, id="stopped"),
        pytest.param([-9, 0], False, id="killed"),
        pytest.param([0, STARTUP_FAILURE], True, id="one could not start"),
    ],
)
def test_knows_whether_a_worker_could_not_start(statuses, failed):
    supervisor = Supervisor.__new__(Supervisor)  # made whole, it would take this process's signals
    supervisor.processes = [SimpleNamespace(exitcode=status) for status in statuses]

    assert supervisor.failed == failed
