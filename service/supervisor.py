"""Several processes that serve one port, and how one of them reaches the others."""

import os
import signal
from contextlib import suppress
from multiprocessing import parent_process
from typing import Final

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

HANGUP: Final[int | None] = getattr(signal, "SIGHUP", None)
"""None on Windows, which has no such signal."""


class Supervisor(Multiprocess):
    """uvicorn's, but a hangup reloads the model in each worker instead of replacing the workers.

    uvicorn takes a new worker for ready before its model is loaded, and a broken version would leave
    no worker that serves.
    """

    def init_processes(self) -> None:
        """Start the workers."""
        super().init_processes()
        self._hear_of_deaths()

    def keep_subprocess_alive(self) -> None:
        """Replace a worker that has died."""
        super().keep_subprocess_alive()
        self._hear_of_deaths()

    def handle_ttin(self) -> None:
        """Start one more worker."""
        super().handle_ttin()
        self._hear_of_deaths()

    @property
    def failed(self) -> bool:
        """Whether it ended because a worker could not start."""
        return any(worker.exitcode == STARTUP_FAILURE for worker in self.processes)

    def _hear_of_deaths(self) -> None:
        """Close the workers' ends of their pipes here: while they are open, a dead one is waited for."""
        for worker in self.processes:
            worker.child_conn.close()

    def handle_hup(self) -> None:
        """Pass the signal on. A worker too young to know it ends and is replaced; it has accepted nothing."""
        for worker in self.processes:
            if HANGUP and worker.pid and worker.process.is_alive():
                with suppress(ProcessLookupError):
                    os.kill(worker.pid, HANGUP)


def reload_all_workers() -> bool:
    """Have the supervisor reload the model in every worker, this one included; False if there is none."""
    supervisor = parent_process()
    if not HANGUP or not supervisor or not supervisor.pid:
        return False
    os.kill(supervisor.pid, HANGUP)
    return True
