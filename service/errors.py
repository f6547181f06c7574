"""What can go wrong in the service itself, beside the picture and the model (`digits.errors`).

DigitsError
└── ServiceError
    ├── RequestError                    the request is at fault
    │   ├── MissingImageError           missing-image
    │   ├── MalformedRequestError       malformed-request
    │   ├── UnsupportedMediaTypeError   unsupported-media-type
    │   ├── SeveralDigitsError          several-digits
    │   ├── VersionNotServedError       version-not-served
    │   ├── ProtocolError               protocol-error
    │   ├── UnknownServableError        unknown-servable
    │   ├── BodyTooLargeError           body-too-large
    │   ├── UploadTooSlowError          upload-too-slow
    │   ├── InvalidCorrectionError      invalid-correction
    │   ├── CorrectionNotFoundError     correction-not-found
    │   ├── HeadTooLargeError           head-too-large
    │   └── HeadTooSlowError            head-too-slow
    ├── LayersUnavailableError          layers-unavailable      the version cannot be looked into here
    ├── ReloadRefusedError              reload-refused          the version in the store cannot serve
    ├── UnauthorizedError               unauthorized            who asks may not
    ├── AdminDisabledError              admin-disabled
    ├── CorrectionsFullError            corrections-full        there is no room for another
    └── AvailabilityError               the same request may work later
        ├── NotReadyError               not-ready
        ├── OverloadedError             overloaded
        ├── DeadlineExceededError       deadline-exceeded
        ├── CorrectionsUnavailableError corrections-unavailable
        ├── RateLimitedError            rate-limited
        └── EngineUnavailableError      engine-unavailable
"""

from collections.abc import Iterable
from math import ceil
from typing import Final

from digits.errors import DigitsError

_HOW_TO_SEND: Final = (
    "Send the picture as a form file, `curl -F image=@seven.png`, or as the body, "
    "`curl --data-binary @seven.png -H 'Content-Type: image/png'`."
)


class ServiceError(DigitsError):
    """Base of the service's own errors."""


class RequestError(ServiceError):
    """The request is at fault; sending it again changes nothing."""


class MissingImageError(RequestError):
    """The request carries no picture."""

    code = "missing-image"
    title = "The request has no image."

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} {_HOW_TO_SEND}")


class MalformedRequestError(RequestError):
    """The request cannot be understood."""

    code = "malformed-request"
    title = "The request cannot be understood."

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} {_HOW_TO_SEND}")


class UnsupportedMediaTypeError(RequestError):
    """The request's Content-Type is none that carries a picture."""

    code = "unsupported-media-type"
    title = "The Content-Type is not one of an image."

    def __init__(self, media_type: str) -> None:
        super().__init__(
            f"The Content-Type is '{media_type}'; it may be multipart/form-data, image/* or "
            f"application/octet-stream. {_HOW_TO_SEND}"
        )


class SeveralDigitsError(RequestError):
    """One digit was asked for, and the picture has several."""

    code = "several-digits"
    title = "The image has several digits."

    def __init__(self, text: str) -> None:
        super().__init__(
            f"The image seems to have {len(text)} digits: {text}. Send it to POST /read, which "
            "reads them all, or cut out the one that you mean."
        )


class VersionNotServedError(RequestError):
    """The version of the model that was asked for is not among those that serve."""

    code = "version-not-served"
    title = "The service has no such version of the model."

    def __init__(self, version: int, serving: Iterable[int]) -> None:
        super().__init__(
            f"Version {version} is not served; these are: {', '.join(map(str, sorted(serving)))}. "
            "Ask for one of them, or leave `version` out; GET /model lists them."
        )


class ProtocolError(RequestError):
    """The request does not follow the inference protocol of its path, or asks for what the model has not."""

    code = "protocol-error"
    title = "The request does not follow the inference protocol."


class UnknownServableError(RequestError):
    """The path names a model, or a version of it, that does not serve."""

    code = "unknown-servable"
    title = "No such model serves."

    def __init__(self, name: str, version: int | str | None, *, listed: bool = False) -> None:
        """Say so in TensorFlow Serving's words, which its clients look for.

        Args:
            name: Of the model.
            version: None where the path names none.
            listed: Whether it was looked up to tell its status: for that there are other words.
        """
        if listed:
            wanted = "any versions" if version is None else f"version {version}"
            super().__init__(f"Could not find {wanted} of model {name}")
        else:
            wanted = f"Latest({name})" if version is None else f"Specific({name}, {version})"
            super().__init__(f"Servable not found for request: {wanted}")


class BodyTooLargeError(RequestError):
    """The request's body has more bytes than we accept."""

    code = "body-too-large"
    title = "The upload has too many bytes."

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The upload is larger than the limit of {limit_bytes:,} bytes. "
            "Send the picture smaller, or save it as JPEG."
        )


class UploadTooSlowError(RequestError):
    """The request's body had not arrived in time."""

    code = "upload-too-slow"
    title = "The upload took too long."

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"The body had not arrived within {limit_s:g} s. Send the picture smaller.")


class InvalidCorrectionError(RequestError):
    """The correction has no label or no consent, or one of its fields is wrong."""

    code = "invalid-correction"
    title = "The correction cannot be kept as it is."

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} A correction is a form (multipart/form-data) with the picture in 'image', 'label' "
            "from 0 to 9 or none, and 'consent', true only where the person agreed that both are kept."
        )


class CorrectionNotFoundError(RequestError):
    """There is no such correction, or the token is not its own."""

    code = "correction-not-found"
    title = "There is no such correction."

    def __init__(self) -> None:
        super().__init__(
            "No correction has this id and this token; it may be deleted already. Send the token that came "
            "with it: `curl -X DELETE -H 'Correction-Token: <token>'`."
        )


class HeadTooLargeError(RequestError):
    """The request's path and headers have more bytes, or are more, than we accept."""

    code = "head-too-large"
    title = "The request has too many or too long headers."

    def __init__(self, limit_bytes: int, limit_headers: int) -> None:
        super().__init__(
            f"Path and headers may have {limit_bytes:,} bytes, and the headers may be {limit_headers:,}."
        )


class HeadTooSlowError(RequestError):
    """The request's headers had not arrived in time."""

    code = "head-too-slow"
    title = "The headers took too long."

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"The headers had not arrived within {limit_s:g} s.")


class LayersUnavailableError(ServiceError):
    """The version of the model cannot be looked into here."""

    code = "layers-unavailable"
    title = "The model cannot be looked into."

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Its answers are not affected: POST /predict gives them.")


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


class CorrectionsFullError(ServiceError):
    """As many corrections are kept as the operator allows."""

    code = "corrections-full"
    title = "No more corrections are kept."

    def __init__(self) -> None:
        super().__init__("The service keeps as many corrections as it may. Thank you all the same.")


class AvailabilityError(ServiceError):
    """The service cannot answer now; the same request may work later."""

    retry_after_s: int = 1


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


class CorrectionsUnavailableError(AvailabilityError):
    """The database of corrections does not answer; pictures are read as ever."""

    code = "corrections-unavailable"
    title = "Corrections cannot be kept now."
    retry_after_s = 30

    def __init__(self) -> None:
        super().__init__("Corrections can be neither kept nor deleted now. Try again later.")


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
