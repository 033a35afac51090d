"""Frames over a socket, with a limit on how long the other side may take."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from autograder.engine.worker import codec
from autograder.engine.worker.errors import ConnectionClosed, TimedOut

# Bytes read from the socket at once.
MAX_PIECE = 1 << 20

# Bytes in memory of what a byte of a header stands for: "1," becomes a number and its place in a list.
PER_HEADER_BYTE = 20


class Channel:
    """One end of a conversation in frames of plain data.

    received: about how many bytes of memory all that has come so far takes.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.socket, self.received = sock, 0

    def send(
        self, value: Any, opaque: Callable[[Any], codec.StandIn] | None = None, seconds: float | None = None
    ) -> None:
        """Send `value`, in at most `seconds`; `opaque`: as of `codec.pack`.

        Raises ProtocolError if it cannot be packed, ConnectionClosed if the other side has ended, and TimedOut if it
        does not read in time.
        """
        frame = codec.pack(value, opaque)
        try:
            self.socket.settimeout(seconds)
            self.socket.sendall(frame)
        except TimeoutError:
            raise TimedOut from None
        except OSError:
            raise ConnectionClosed from None

    def receive(self, seconds: float | None = None) -> Any:
        """Wait for a value, at most `seconds` for the whole of it.

        Raises ConnectionClosed, TimedOut, or ProtocolError if what comes is not a frame.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        header_size, body_size = codec.lengths(self._exactly(codec.LENGTHS.size, deadline))
        self.received += PER_HEADER_BYTE * header_size + body_size
        header = self._exactly(header_size, deadline)
        return codec.unpack(header, self._exactly(body_size, deadline))

    def pass_on(self, descriptor: int) -> None:
        """Hand an open descriptor to the other side.

        Raises ConnectionClosed if the other side has ended, and TimedOut if it does not read in time.
        """
        try:
            socket.send_fds(self.socket, [b"f"], [descriptor])
        except TimeoutError:
            raise TimedOut from None
        except OSError:
            raise ConnectionClosed from None

    def close(self) -> None:
        """Close this end."""
        self.socket.close()

    def _exactly(self, size: int, deadline: float | None) -> bytearray:
        """Read `size` bytes by the deadline. It is for all of them, so nobody gains by sending one byte at a time."""
        data = bytearray()
        while len(data) < size:
            try:
                self._wait_until(deadline)
                piece = self.socket.recv(min(size - len(data), MAX_PIECE))
            except TimeoutError:
                raise TimedOut from None
            except OSError:
                raise ConnectionClosed from None
            if not piece:
                raise ConnectionClosed
            data += piece
        return data

    def _wait_until(self, deadline: float | None) -> None:
        remaining = None if deadline is None else deadline - time.monotonic()
        if remaining is not None and remaining <= 0:
            raise TimeoutError
        self.socket.settimeout(remaining)
