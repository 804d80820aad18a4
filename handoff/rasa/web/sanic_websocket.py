"""WebSockets of sanic 21.12 on Python 3.11.

Rasa needs sanic 21.12, whose ``WebsocketImplProtocol.recv`` hands a bare coroutine to :func:`asyncio.wait`. Python 3.11
refuses that, so every WebSocket breaks off at its first message. Sanic 22.6 has the fix, but Rasa does not run on it.
This receives the same way with a task.
"""

from __future__ import annotations

import asyncio
from typing import Any

from engineio.async_drivers import sanic as driver
from sanic.exceptions import WebsocketClosed
from socketio import AsyncServer
from websockets.connection import CLOSED


class SanicWebSocket(driver.WebSocket):
    """Engine.IO's wrapper of a sanic WebSocket, with a receive that runs on Python 3.11."""

    async def wait(self) -> str | bytes:
        """The next message.

        Raises:
            OSError: the connection is closed; Engine.IO ends the session then.
        """
        try:
            data = await _receive(self._sock)
        except (asyncio.CancelledError, WebsocketClosed) as error:
            if _is_cancelled_from_outside():
                raise
            raise OSError("the WebSocket is closed") from error
        if not isinstance(data, (bytes, str)):
            raise OSError("the WebSocket is closed")
        return data


def use_working_websockets(sio: AsyncServer) -> None:
    """Have ``sio`` use :class:`SanicWebSocket`; Engine.IO has no public setting for one part of a driver."""
    sio.eio._async = {**driver._async, "websocket": SanicWebSocket}


async def _receive(socket: Any) -> Any:
    """``WebsocketImplProtocol.recv`` of sanic 21.12.2 without timeout; ``socket.recv_cancel`` is how it closes."""
    async with socket.recv_lock:
        if socket.connection.state is CLOSED:
            raise WebsocketClosed("Cannot receive from websocket interface after it is closed.")
        cancelled = asyncio.get_running_loop().create_future()
        message = asyncio.ensure_future(socket.assembler.get(None))
        socket.recv_cancel = cancelled
        try:
            await asyncio.wait((cancelled, message), return_when=asyncio.FIRST_COMPLETED)
            if cancelled.done():
                raise asyncio.CancelledError
            return message.result()
        finally:
            message.cancel()
            cancelled.cancel()
            socket.recv_cancel = None


def _is_cancelled_from_outside() -> bool:
    """Whether the waiting task itself is being cancelled (a time-out, the server stopping), not the connection."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
