"""Requests of a waiting client, carried to an application that runs in an event loop."""

import asyncio

import httpx


class Bridge(httpx.BaseTransport):
    """Made in the loop of the application, used from another thread."""

    def __init__(self, app):
        self._loop = asyncio.get_running_loop()
        self._transport = httpx.ASGITransport(app)

    def handle_request(self, request):
        request.read()
        return asyncio.run_coroutine_threadsafe(self._carry(request), self._loop).result()

    async def _carry(self, request):
        answer = await self._transport.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())
