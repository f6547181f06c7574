"""Every knob of the service, declared once: environment variable, flag, default and help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from annotated_types import Ge, Le
from pydantic import Field, PositiveFloat, PositiveInt, StringConstraints, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from digits.cpus import usable_cpus

PREFIX: Final = "DIGITS_"


class EngineChoice(StrEnum):
    """Names that `--engine` takes."""

    AUTO = "auto"
    LITERT = "litert"
    TENSORFLOW = "tensorflow"


class LogFormat(StrEnum):
    """Names that `--log-format` takes."""

    TEXT = "text"
    JSON = "json"


KeyHash: TypeAlias = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]

KeyHashes: TypeAlias = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64}(,[0-9a-f]{64})*)?$")]


Versions: TypeAlias = Annotated[str, StringConstraints(pattern=r"^([1-9]\d*(,[1-9]\d*)*)?$")]


Share: TypeAlias = Annotated[float, Ge(0), Le(1)]


class Settings(BaseSettings):
    """Read handwritten digits from pictures, over HTTP.

    Each flag can also be set as an environment variable: DIGITS_ plus its name in capitals.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 is every interface."""

    port: Annotated[int, Ge(0), Le(65535)] = 8000
    """Port to listen on; 0 takes a free one."""

    grpc_port: Annotated[int, Ge(0), Le(65535)] = 0
    """Port for the Open Inference Protocol over gRPC, such as 8001; 0 is none."""

    workers: PositiveInt = 1
    """Processes that serve, each with its own copy of the model."""

    engine: EngineChoice = EngineChoice.AUTO
    """What runs the model: litert (the CPU), tensorflow (the SavedModel itself), or auto: TensorFlow where
    a GPU is visible or the version has no LiteRT twin, LiteRT otherwise."""

    model_store: Path = Path("model_store")
    """Folder of the model store."""

    model_version: PositiveInt | Literal["latest"] = "latest"
    """Which version to serve; pin a number to roll back."""

    extra_versions: Versions = ""
    """Further versions to serve beside it, with commas between; `?version=1` asks for one."""

    canary_version: Annotated[int, Ge(0)] = 0
    """Version that answers a share of the pictures sent without `?version=`; 0 is none."""

    canary_share: Share = 0
    """That share, 0 to 1. The same picture is always answered by the same version."""

    shadow_version: Annotated[int, Ge(0)] = 0
    """Version that also looks at a share of the pictures that the primary answered, to count where the two
    agree; 0 is none."""

    shadow_share: Share = 0
    """That share, 0 to 1."""

    store_poll_s: Annotated[float, Ge(0)] = 0
    """Seconds between looks at the store for another newest version, or another state of the further ones,
    to load; 0 never looks. A pinned version stays."""

    admin_key_sha256: KeyHash = ""
    """SHA-256 of the key that /admin asks for, in hexadecimal; without it, /admin is turned off."""

    api_keys_sha256: KeyHashes = ""
    """SHA-256 of each key that may ask for predictions, in hexadecimal, with commas between; without any,
    everyone may."""

    key_rate_per_s: Annotated[float, Ge(0)] = 0
    """Requests a second that one key may send to one process, more get 429; 0 is no limit."""

    threads: PositiveInt = Field(
        default_factory=lambda before: max(1, usable_cpus() // before.get("workers", 1)),
    )
    """Pictures that one process works on at a time; by default its share of the CPUs,
    a container's quota counted."""

    max_upload_bytes: PositiveInt = 20 * 1024 * 1024
    """Largest request body, in bytes."""

    max_image_pixels: PositiveInt = 50_000_000
    """Largest picture, in pixels (width x height), judged before it is decoded."""

    max_pending: PositiveInt = 256
    """Requests that one process lets wait for an answer; one more is refused with 503."""

    max_pending_overloaded: PositiveInt = 4
    """Requests for each thread that may wait from one refusal until a second without any, if that is less
    than max_pending: in an overload those that are let in are answered soon."""

    max_pending_bytes: PositiveInt = 256 * 1024 * 1024
    """Bytes of request bodies that one process holds at a time; what does not fit is refused with 503."""

    max_connections: PositiveInt = 10_000
    """Connections that one process holds open; for one more, that which has lain idle longest is closed."""

    max_head_bytes: PositiveInt = 32 * 1024
    """Largest request head (path and headers), in bytes; then 431."""

    max_headers: PositiveInt = 100
    """Headers that a request may have; then 431."""

    head_timeout_s: PositiveFloat = 10
    """Seconds within which a request's head must have arrived; then 408, or just an end."""

    idle_timeout_s: PositiveInt = 65
    """Seconds that a connection may lie idle after an answer, or leave one unread; longer than the 60 s of
    common proxies, so that it is the proxy that closes."""

    upload_timeout_s: PositiveFloat = 60
    """Seconds within which a request's body must have arrived; then 408."""

    deadline_s: PositiveFloat = 30
    """Seconds within which a picture is answered once it has arrived, waiting included; then 504."""

    min_digit_score: Annotated[float, Ge(0), Le(1)] = 0.5
    """Least `digit_score` at which `is_digit` is true."""

    corrections_url: str = ""
    """Database in which corrections are kept of people who agree, sqlite:////absolute/path.db or
    postgresql://user:password@host/name; without it, none are."""

    corrections_days: PositiveInt = 180
    """Days after which a correction is deleted."""

    corrections_max_count: PositiveInt = 10_000
    """Corrections that are kept at most; one more is refused with 507."""

    corrections_max_bytes: PositiveInt = 256 * 1024 * 1024
    """Bytes that all their pictures may have together; then 507."""

    shutdown_grace_s: PositiveInt = 10
    """Seconds that accepted requests get to finish after SIGTERM."""

    log_format: LogFormat = LogFormat.TEXT
    """Log lines for people (text) or for machines (json)."""

    root_path: str = ""
    """Path under which a reverse proxy shows the service, such as /digits."""

    @property
    def beside(self) -> tuple[int, ...]:
        """Numbers of the versions that serve beside the primary, lowest first."""
        extra = {int(each) for each in self.extra_versions.split(",") if each}
        return tuple(sorted(extra | {self.canary_version, self.shadow_version} - {0}))

    @field_validator("canary_share", "shadow_share")
    @classmethod
    def _share_of_a_version(cls, share: float, info: ValidationInfo) -> float:
        """Refuse a share of no version: most likely a typing error."""
        version = str(info.field_name).replace("_share", "_version")
        if share and info.data.get(version) == 0:
            raise ValueError(f"a share needs {version} too")
        return share

    def environment(self) -> dict[str, str]:
        """These settings as the environment variables that give them back."""
        return {f"{PREFIX}{name.upper()}": str(value) for name, value in self.model_dump().items()}


def unknown_variables(environment: dict[str, str]) -> list[str]:
    """Variables with our prefix that no setting has: most likely typing errors."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {"DIGITS_MNIST_DIR"}
    return sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
