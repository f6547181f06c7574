"""What can keep a correction from being kept or deleted."""

from service.errors.kinds import AvailabilityError, RequestError, ServiceError


class InvalidCorrectionError(RequestError):
    """The correction has no label or no consent, or one of its fields is wrong."""

    code = "invalid-correction"
    title = "The correction cannot be kept as it is."

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} A correction is a form (multipart/form-data) with the picture in 'image', 'label' "
            "from 0 to 9 or none, and 'consent', true only where the person agreed that both are kept."
        )


class CorrectionsOffError(RequestError):
    """The operator keeps no corrections."""

    code = "corrections-off"
    title = "This service keeps no corrections."

    def __init__(self) -> None:
        super().__init__(
            "This service keeps no corrections. Its operator can: DIGITS_CORRECTIONS_URL names the database, "
            "such as sqlite:////var/lib/digits/corrections.db."
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


class CorrectionsFullError(ServiceError):
    """As many corrections are kept as the operator allows."""

    code = "corrections-full"
    title = "No more corrections are kept."

    def __init__(self) -> None:
        super().__init__("The service keeps as many corrections as it may. Thank you all the same.")


class CorrectionsUnavailableError(AvailabilityError):
    """The database of corrections does not answer; pictures are read as ever."""

    code = "corrections-unavailable"
    title = "Corrections cannot be kept now."
    retry_after_s = 30

    def __init__(self) -> None:
        super().__init__("Corrections can be neither kept nor deleted now. Try again later.")
