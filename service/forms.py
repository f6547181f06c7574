"""Forms that carry a picture (`multipart/form-data`), kept in memory."""

from typing import Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from service.errors import MalformedRequestError, MissingImageError

IMAGE_FIELDS: Final = ("image", "file")
"""Names under which a form may carry the picture."""

_MAX_FORM_PARTS: Final = 16


class _InMemoryParser(MultiPartParser):
    """Keeps files in memory: their size is bounded already, and a picture must not touch the disk."""

    spool_max_size = 2**62
    _ended = False

    def on_end(self) -> None:
        """Take the last boundary."""
        self._ended = True

    async def parse(self) -> FormData:
        """Parse the form; one that breaks off before its picture has come whole is refused as such."""
        form = await super().parse()
        if not self._ended and not any(name in form for name in IMAGE_FIELDS):
            for file in self._files_to_close_on_error:
                file.close()
            raise MultiPartException("It is cut short: its last boundary is missing.")
        return form


async def parse_form(request: Request) -> FormData:
    """The form in the request, to be closed.

    Raises:
        MalformedRequestError: It cannot be parsed.
        BodyTooLargeError: There are more bytes than we accept.
    """
    parser = _InMemoryParser(
        request.headers, request.stream(), max_files=_MAX_FORM_PARTS, max_fields=_MAX_FORM_PARTS
    )
    try:
        return await parser.parse()
    except (MultiPartException, KeyError) as error:
        reason = getattr(error, "message", "") or "it names no boundary"
        raise MalformedRequestError(f"The form cannot be parsed: {reason.rstrip('.')}.") from error


async def only_file(form: FormData) -> bytes:
    """The picture of a form.

    Raises:
        MissingImageError: There is none.
        MalformedRequestError: There are several.
    """
    sent = [value for name in IMAGE_FIELDS for value in form.getlist(name)]
    if not sent:
        fields = ", ".join(f"'{name}'" for name in form) or "no field at all"
        raise MissingImageError(f"The form has {fields}; the picture belongs in 'image'.")
    if len(sent) > 1:
        raise MalformedRequestError(f"The form has {len(sent)} images; a request takes one.")
    if not isinstance(sent[0], UploadFile):
        raise MissingImageError("The field 'image' is text, not a file (with curl, mind the '@').")
    return await sent[0].read()
