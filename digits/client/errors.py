"""What can go wrong between a program and the service; `digits.client` draws the tree."""


class ClientError(Exception):
    """Base of all errors of the client."""


class RefusedError(ClientError):
    """The service answered that it will not do this.

    Attributes:
        status: The HTTP status.
        code: Stable name of the problem, such as `blank-image`; empty if the answer has none.
        detail: What was wrong, what is allowed, what to do.
    """

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class UnreachableError(ClientError):
    """No answer came: there is no service, or it took too long."""


class AnswerError(ClientError):
    """Whatever answered, it is not Digits, or not this version of it."""
