"""What errors are of: whose fault they are."""

from digits.errors import DigitsError


class ServiceError(DigitsError):
    """Base of the service's own errors."""


class RequestError(ServiceError):
    """The request is at fault; sending it again changes nothing."""


class AvailabilityError(ServiceError):
    """The service cannot answer now; the same request may work later."""

    retry_after_s: int = 1
