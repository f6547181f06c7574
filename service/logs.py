"""Log lines: for people, or for machines. Never a picture's content."""

import json
import logging
from datetime import UTC, datetime
from typing import Final

from service.settings import LogFormat

FIELDS: Final = "fields"
"""Key in `extra` for a dict of values that belong to the line."""


class TextFormatter(logging.Formatter):
    """`12:00:00 INFO  message key=value …`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Append the line's values to its message."""
        fields: dict[str, object] = getattr(record, FIELDS, {})
        return " ".join([super().formatMessage(record), *(f"{key}={value}" for key, value in fields.items())])


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Encode the record and its values."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line)


_encode: Final = json.JSONEncoder(ensure_ascii=False, default=str).encode


def configure_logging(log_format: LogFormat) -> None:
    """Send every log line of this process, uvicorn's included, to standard error in one format."""
    # What no line shows need not be found out for each: half of what a line costs, in logging's own words
    # (docs.python.org/3/howto/logging.html#optimization).
    logging._srcfile = None  # noqa: SLF001 - the documented way
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format is LogFormat.JSON else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
