"""What calls over gRPC share with requests over HTTP."""

from dataclasses import dataclass

from service.access import KeyRing, RateLimit
from service.admission import Admission, HeldBytes
from service.inference.lineup import Lineup
from service.metrics import Metrics
from service.reloading import Reloader
from service.settings import Settings
from service.tracing import Tracing


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """The one model, limits, keys and counts of a process."""

    settings: Settings
    lineup: Lineup
    admission: Admission
    held: HeldBytes
    metrics: Metrics
    reloader: Reloader
    api_keys: KeyRing
    admin_keys: KeyRing
    rate_limit: RateLimit
    tracing: Tracing | None
