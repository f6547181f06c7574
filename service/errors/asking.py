"""What a request can have wrong."""

from collections.abc import Iterable
from typing import Final

from service.errors.kinds import RequestError, ServiceError

_HOW_TO_SEND: Final = (
    "Send the picture as a form file, `curl -F image=@seven.png`, or as the body, "
    "`curl --data-binary @seven.png -H 'Content-Type: image/png'`."
)


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
