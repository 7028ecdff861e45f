"""Answers that come before a body was read: the rest is taken in too, or who sends it whole would see a reset alone."""

import asyncio
import contextlib

from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

_LONGEST_S = 30.0


def taken_in(app: ASGIApp) -> ASGIApp:
    """Wrap an application: an answer goes out at once, and stays open until the rest of the body came, or 30 seconds.

    A server that closes a connection on which bytes wait unread resets it, and the answer is lost with it (RFC 9112,
    section 9.6).
    """

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "POST":
            await app(scope, receive, send)
            return
        over = False

        async def receiving() -> ReceiveMessage:
            nonlocal over
            message = await receive()
            over = message["type"] != "http.request" or not message["more_body"]
            return message

        async def rest() -> None:
            while not over:
                await receiving()

        async def sending(message: Message) -> None:
            if over or message["type"] != "http.response.body" or message["more_body"]:
                await send(message)
                return
            message["more_body"] = True
            await send(message)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(rest(), _LONGEST_S)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await app(scope, receiving, sending)

    return answered
