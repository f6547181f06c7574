"""Dependencies that ask for a key before anything of the request's body is read."""

from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from service.access import KeyRing, RateLimit
from service.errors import AdminDisabledError, UnauthorizedError

API_KEY_SCHEME: Final = "ApiKey"
"""What the OpenAPI document calls a client's key."""

ADMIN_KEY: Final = HTTPBearer(auto_error=False, scheme_name="AdminKey", description="The operator's key.")


async def require_admin(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(ADMIN_KEY)]
) -> None:
    """Let only the operator in.

    Raises:
        AdminDisabledError: No admin key is configured.
        UnauthorizedError: The request has no key or a wrong one.
    """
    keys: KeyRing = request.app.state.admin_keys
    if not keys:
        raise AdminDisabledError
    if credentials is None or keys.find(credentials.credentials) is None:
        raise UnauthorizedError


class _KnownClients(HTTPBearer):
    """Lets only known clients in, and each no more often than allowed; everyone, if no key is configured.

    The scheme itself is the dependency: nothing is looked for where nobody needs a key.
    """

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        """Judge one request.

        Raises:
            UnauthorizedError: The request has no key or an unknown one.
            RateLimitedError: The key has sent too many requests.
        """
        keys: KeyRing = request.app.state.api_keys
        if not keys:
            return None
        credentials = await super().__call__(request)
        known = credentials and keys.find(credentials.credentials)
        if not known:
            raise UnauthorizedError
        rate: RateLimit = request.app.state.rate_limit
        rate.take(known)
        return credentials


require_key: Final = _KnownClients(
    auto_error=False, scheme_name=API_KEY_SCHEME, description="Only where the operator asks for keys."
)
