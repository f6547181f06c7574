"""What clients of other inference servers can get wrong."""

from service.errors.kinds import RequestError


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
