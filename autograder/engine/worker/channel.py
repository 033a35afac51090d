"""Frames over a socket, with a limit on how long the other side may take."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from autograder.engine.worker import codec


class Gone(Exception):
    """The other side has closed the channel, as a process does that dies."""


class TooSlow(Exception):
    """The other side has not answered in time."""


class Channel:
    """One end of a conversation in frames of plain data."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock

    def send(self, value: Any, opaque: Callable[[Any], dict] | None = None, seconds: float | None = None) -> None:
        """Send `value`, in at most `seconds`.

        Raises WireError where it cannot be packed, Gone where nobody is there, TooSlow where nobody takes it.
        """
        frame = codec.pack(value, opaque)
        try:
            self.socket.settimeout(seconds)
            self.socket.sendall(frame)
        except TimeoutError:
            raise TooSlow from None
        except OSError:
            raise Gone from None

    def receive(self, seconds: float | None = None) -> Any:
        """Wait for a value, at most `seconds` for the whole of it. Raises Gone, TooSlow, or WireError."""
        deadline = None if seconds is None else time.monotonic() + seconds
        header_size, body_size = codec.lengths(self._exactly(codec.LENGTHS.size, deadline))
        header = self._exactly(header_size, deadline)
        return codec.unpack(header, self._exactly(body_size, deadline))

    def pass_on(self, descriptor: int) -> None:
        """Hand an open descriptor to the other side. Raises Gone where nobody is there, TooSlow as `send` does."""
        try:
            socket.send_fds(self.socket, [b"f"], [descriptor])
        except TimeoutError:
            raise TooSlow from None
        except OSError:
            raise Gone from None

    def close(self) -> None:
        """Close this end."""
        self.socket.close()

    def _exactly(self, size: int, deadline: float | None) -> bytearray:
        data = bytearray()
        while len(data) < size:
            try:
                self._wait_until(deadline)
                piece = self.socket.recv(min(size - len(data), 1 << 20))
            except TimeoutError:
                raise TooSlow from None
            except OSError:
                raise Gone from None
            if not piece:
                raise Gone
            data += piece
        return data

    def _wait_until(self, deadline: float | None) -> None:
        remaining = None if deadline is None else deadline - time.monotonic()
        if remaining is not None and remaining <= 0:
            raise TimeoutError
        self.socket.settimeout(remaining)
