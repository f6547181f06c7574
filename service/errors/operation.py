"""What the service cannot or may not do, now or for this client."""

from math import ceil

from digits.errors import DigitsError
from service.errors.kinds import AvailabilityError, ServiceError


class ReloadRefusedError(ServiceError):
    """The version that was to serve cannot; the old one serves on."""

    code = "reload-refused"
    title = "The version in the store cannot serve."

    def __init__(self, cause: Exception) -> None:
        # A cause's message may name folders of the server: it belongs in the log alone.
        self.reason = "It cannot be opened."
        if isinstance(cause, DigitsError):
            self.reason = f"{cause.title} ({cause.code})"
        super().__init__(
            f"{self.reason} What served before serves on. The log has the whole reason; mend the version, "
            "take it out of the store, or pin another with DIGITS_MODEL_VERSION."
        )


class UnauthorizedError(ServiceError):
    """The request needs a key and has none, or a wrong one."""

    code = "unauthorized"
    title = "The request needs an API key."

    def __init__(self) -> None:
        super().__init__("Send a key that the operator gave you: `curl -H 'Authorization: Bearer <key>'`.")


class AdminDisabledError(ServiceError):
    """The service has no admin key, so nobody may administer it over HTTP."""

    code = "admin-disabled"
    title = "Administration over HTTP is turned off."

    def __init__(self) -> None:
        super().__init__("Set DIGITS_ADMIN_KEY_SHA256 to turn it on; docs/configuration.md says how.")


class NotReadyError(AvailabilityError):
    """No model is being served: it is still loading, failed to, or was unloaded."""

    code = "not-ready"
    title = "The model is not loaded."

    def __init__(self, reason: str = "The model is still being loaded.") -> None:
        super().__init__(f"{reason} Try again in a moment; GET /health tells when it is ready.")


class OverloadedError(AvailabilityError):
    """As many requests, or bytes of them, are waiting as we let in."""

    code = "overloaded"
    title = "Too many requests are waiting."

    def __init__(self, what: str = "requests") -> None:
        super().__init__(f"As many {what} are waiting as can be answered soon. Try again in a moment.")


class DeadlineExceededError(AvailabilityError):
    """The answer was not ready in time."""

    code = "deadline-exceeded"
    title = "The answer took too long."

    def __init__(self, deadline_s: float) -> None:
        super().__init__(
            f"There was no answer within {deadline_s:g} s. Try again, or send the picture smaller."
        )


class RateLimitedError(AvailabilityError):
    """The key has sent more requests than it may."""

    code = "rate-limited"
    title = "The key sends too many requests."

    def __init__(self, per_s: float, *, wait_s: float) -> None:
        self.retry_after_s = max(1, ceil(wait_s))
        super().__init__(f"A key may send {per_s:g} requests a second. Wait {self.retry_after_s} s.")


class EngineUnavailableError(AvailabilityError):
    """The engine that was asked for cannot run here, or cannot run this model."""

    code = "engine-unavailable"
    title = "The engine cannot serve the model here."
