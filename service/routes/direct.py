"""A route that hands plain requests straight to its function; those with parameters take FastAPI's way."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from service.authorization import require_key
from service.dependencies import ask
from service.schemas import Schema


class DirectRoute(APIRoute):
    """For functions whose first argument is what was asked, and whose others have defaults.

    FastAPI finds out for each request anew what a function needs, and how its answer is encoded: half
    of what it does itself. Without a query string the answer to both is known beforehand. The function,
    its declaration, the order in which things are judged and every answer are the same on both ways.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's hook for the code between a request and the function."""
        resolving = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if request.scope["query_string"]:
                return await resolving(request)
            await require_key(request)
            answer: Schema = await self.endpoint(await ask(request))
            content = answer.__pydantic_serializer__.to_json(
                answer, exclude_none=self.response_model_exclude_none
            )
            return Response(content, media_type="application/json")

        return handle
