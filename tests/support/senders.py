"""Calls, as far as they send."""

import asyncio

import grpc


class Sender:
    """Sends what it is given, and then that it is done; or nothing, until it is told to."""

    def __init__(self, *messages, silent=False):
        self._messages = list(messages)
        self.may_send = asyncio.Event()
        if not silent:
            self.may_send.set()

    async def read(self):
        await self.may_send.wait()
        return self._messages.pop(0) if self._messages else grpc.aio.EOF
