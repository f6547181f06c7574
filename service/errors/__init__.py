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
    │   ├── CorrectionsOffError         corrections-off
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

from service.errors.asking import (
    BodyTooLargeError,
    HeadTooLargeError,
    HeadTooSlowError,
    LayersUnavailableError,
    MalformedRequestError,
    MissingImageError,
    SeveralDigitsError,
    UnsupportedMediaTypeError,
    UploadTooSlowError,
    VersionNotServedError,
)
from service.errors.corrections import (
    CorrectionNotFoundError,
    CorrectionsFullError,
    CorrectionsOffError,
    CorrectionsUnavailableError,
    InvalidCorrectionError,
)
from service.errors.kinds import AvailabilityError, RequestError, ServiceError
from service.errors.operation import (
    AdminDisabledError,
    DeadlineExceededError,
    EngineUnavailableError,
    NotReadyError,
    OverloadedError,
    RateLimitedError,
    ReloadRefusedError,
    UnauthorizedError,
)
from service.errors.protocols import ProtocolError, UnknownServableError

__all__ = [
    "AdminDisabledError",
    "AvailabilityError",
    "BodyTooLargeError",
    "CorrectionNotFoundError",
    "CorrectionsFullError",
    "CorrectionsOffError",
    "CorrectionsUnavailableError",
    "DeadlineExceededError",
    "EngineUnavailableError",
    "HeadTooLargeError",
    "HeadTooSlowError",
    "InvalidCorrectionError",
    "LayersUnavailableError",
    "MalformedRequestError",
    "MissingImageError",
    "NotReadyError",
    "OverloadedError",
    "ProtocolError",
    "RateLimitedError",
    "ReloadRefusedError",
    "RequestError",
    "ServiceError",
    "SeveralDigitsError",
    "UnauthorizedError",
    "UnknownServableError",
    "UnsupportedMediaTypeError",
    "UploadTooSlowError",
    "VersionNotServedError",
]
