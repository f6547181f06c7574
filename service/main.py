"""`digits-serve`: reads the settings, chooses the engine, and starts uvicorn."""

import atexit
import gc
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_settings import CliApp, SettingsConfigDict

from digits.errors import DigitsError
from digits.heap import share_one_heap
from digits.store import ModelStore, StoredModel
from service.app import create_app
from service.corrections.opening import open_corrections, prepare_corrections
from service.door import room_for
from service.inference.engine import Engine
from service.inference.recognizer import Recognizer
from service.inference.selection import open_engine, select_engine
from service.logs import configure_logging
from service.ports import grpc_trouble
from service.settings import Settings, unknown_variables
from service.sharing import FOLDER_VARIABLE, count_together, file_of_workers, prepare_folder
from service.supervisor import HANGUP, Supervisor
from service.tracing import open_tracing
from service.turns import TurnTakingProtocol

log = logging.getLogger("digits.serve")


class Flags(Settings):  # noqa: D101 - its docstring is the help text's first lines, inherited
    __doc__ = Settings.__doc__

    model_config = SettingsConfigDict(
        cli_prog_name="digits-serve", cli_kebab_case=True, cli_hide_none_type=True, cli_avoid_json=True
    )


def main() -> None:
    """Serve until SIGTERM or Ctrl-C.

    Exit status 0: told to stop, and everything accepted was answered; 1: the model cannot be served, or
    nothing can listen there; 2: a setting is wrong.
    """
    settings = read_settings()
    configure_logging(settings.log_format)
    for name in unknown_variables(dict(os.environ)):
        log.warning("%s is no setting of the service; see digits-serve --help", name)
    if settings.grpc_port and (trouble := grpc_trouble(settings)):
        print(f"digits-serve: --grpc-port: {trouble}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    try:
        model = ModelStore(settings.model_store).open(settings.model_version)
        selection = select_engine(settings.engine, model)
        prepare_corrections(settings)
    except DigitsError as error:
        sys.exit(f"digits-serve: {error}")
    log.info("serving %s version %s from %s", model.name, model.version, model.directory)
    log.info("engine %s: %s", selection.engine, selection.reason)
    os.environ.update(settings.environment())
    _share_counts(settings.workers)
    # uvicorn drains, then raises the signal again, which would end us as if we had been killed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if HANGUP:
        signal.signal(HANGUP, signal.SIG_IGN)  # until there is a model to reload
    _serve(settings)


def _serve(settings: Settings) -> None:
    config = uvicorn.Config(
        "service.main:application",
        factory=True,
        http=TurnTakingProtocol,
        loop="service.accepting:SharingLoop" if settings.workers > 1 and sys.platform != "win32" else "auto",
        ws="none",
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=settings.idle_timeout_s,
        timeout_graceful_shutdown=settings.shutdown_grace_s,
        timeout_worker_healthcheck=60,  # on a busy machine a start takes longer than uvicorn's 5 s
    )
    server = uvicorn.Server(config)
    try:
        if settings.workers > 1:
            supervisor = Supervisor(config, sockets=[config.bind_socket()])
            supervisor.run()
            sys.exit(1 if supervisor.failed else 0)
        server.run()
    except KeyboardInterrupt:
        pass
    except SystemExit as end:  # uvicorn has said why; of its statuses only 0 is one of ours
        sys.exit(1 if end.code else 0)
    if not server.started:
        sys.exit(1)


def application() -> FastAPI:
    """Build the application of one process, from the environment."""
    settings = Settings()
    configure_logging(settings.log_format)
    count_together()
    share_one_heap()
    room = {"max_connections": room_for(settings.max_connections)}
    app = create_app(
        settings.model_copy(update=room),
        load=load,
        tracing=open_tracing(),
        corrections_in=open_corrections(settings),
    )
    gc.freeze()  # what stays for ever need not be searched for garbage, which takes tens of milliseconds
    return app


def open_here(settings: Settings, model: StoredModel) -> Engine:
    """The engine that the settings choose, in this process."""
    return open_engine(select_engine(settings.engine, model).engine, model, threads=settings.threads)


def load(
    settings: Settings, *, engine_for: Callable[[Settings, StoredModel], Engine] = open_here
) -> Recognizer:
    """Open the model that the settings ask for, in an engine of this process or in one that is elsewhere.

    Raises:
        DigitsError: It is missing, broken, or cannot run here.
    """
    cv2.setNumThreads(1)  # pictures are worked on side by side already
    model = ModelStore(settings.model_store).open(settings.model_version)
    return Recognizer(
        model,
        engine_for(settings, model),
        threads=settings.threads,
        max_image_pixels=settings.max_image_pixels,
        min_digit_score=settings.min_digit_score,
    )


def read_settings() -> Settings:
    """Settings from flags and environment; a wrong one is named and ends the process with status 2."""
    try:
        flags = CliApp.run(Flags)
    except ValidationError as error:
        complaints = (
            f"  --{'.'.join(map(str, each['loc'])).replace('_', '-')}: {each['msg']}, not {each['input']!r}"
            for each in error.errors()
            if each["type"] != "default_factory_not_called"  # for want of another that is wrong
        )
        print("digits-serve: a setting is wrong; see --help", *complaints, sep="\n", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    return flags


def _share_counts(workers: int) -> None:
    """Let all processes count together in a folder: one that goes with this process, if none is named."""
    given = os.environ.get(FOLDER_VARIABLE)
    if workers == 1 and not given:
        return
    try:
        folder = given or tempfile.mkdtemp(prefix="digits-metrics-")
        prepare_folder(Path(folder), workers)
    except OSError as error:
        where = f"in {given} ({FOLDER_VARIABLE})" if given else "in a temporary folder"
        sys.exit(f"digits-serve: processes cannot count together {where}: {error}. Name a folder with room.")
    if given:
        atexit.register(file_of_workers(Path(given), os.getpid()).unlink, missing_ok=True)
    else:
        os.environ[FOLDER_VARIABLE] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
