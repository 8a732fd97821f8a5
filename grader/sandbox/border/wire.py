"""Frames between our process and the student's: a typed JSON header and a safetensors body, each with its length.

Nothing here trusts the sender: lengths are capped before they are believed, the header is decoded against a type, and a
body is checked by safetensors. There is no pickle.
"""

import os
import struct
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol, TypeVar

import msgspec

LENGTHS = struct.Struct("<II")
HEADER_CAP = 1 << 20
BODY_CAP = 1 << 26
CHUNK = 1 << 18

Header = TypeVar("Header")
_decoder: Callable[[Any], msgspec.json.Decoder[Any]] = cache(msgspec.json.Decoder)


class MalformedFrame(Exception):
    """What arrived is not a frame of the kind that was expected."""


class ClosedChannel(Exception):
    """The other side is gone."""


def pack(header: Any, body: bytes = b"") -> bytes:
    """One frame. `header` is anything msgspec can encode."""
    encoded = msgspec.json.encode(header)
    return LENGTHS.pack(len(encoded), len(body)) + encoded + body


class Channel(Protocol):
    """Either end of the border."""

    def recv(self, most: int, /) -> bytes: ...
    def sendall(self, data: bytes, /) -> None: ...


class Descriptor:
    """The child's end: plain reads and writes, since a confined process has no socket calls."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self.numbers = {reading, writing}

    def recv(self, most: int, /) -> bytes:
        return os.read(self._reading, most)

    def sendall(self, data: bytes, /) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._writing, view) :]


def send(channel: Channel, header: Any, body: bytes = b"") -> None:
    """Send one frame, waiting as long as the channel's own timeout allows."""
    channel.sendall(pack(header, body))


def receive(
    channel: Channel, kind: type[Header], body_cap: int = BODY_CAP, header_cap: int = HEADER_CAP
) -> tuple[Header, bytes]:
    """Wait for one whole frame, from a sender that waits for a reply after each.

    Raises:
        ClosedChannel: the other side closed.
        MalformedFrame: too long, or not what was expected.
    """
    inbox = Inbox()
    while True:
        inbox.feed(channel.recv(CHUNK))
        if frame := inbox.take(kind, body_cap, header_cap):
            return frame


class Inbox:
    """What has arrived from one sender, in whatever pieces. Feed it; take frames out of it."""

    def __init__(self) -> None:
        self._data = bytearray()

    def __bool__(self) -> bool:
        return bool(self._data)

    def feed(self, data: bytes) -> None:
        """
        Raises:
            ClosedChannel: nothing more will arrive.
        """
        if not data:
            raise ClosedChannel
        self._data += data

    def take(
        self, kind: type[Header], body_cap: int = BODY_CAP, header_cap: int = HEADER_CAP
    ) -> tuple[Header, bytes] | None:
        """The next frame, once it is whole.

        Raises:
            MalformedFrame: too long, or not what was expected.
        """
        if len(self._data) < LENGTHS.size:
            return None
        header, body = LENGTHS.unpack_from(self._data)
        if header > header_cap or body > body_cap:
            raise MalformedFrame("the frame is longer than any answer could be")
        start, end = LENGTHS.size + header, LENGTHS.size + header + body
        if len(self._data) < end:
            return None
        frame = self._data[:end]
        del self._data[:end]  # which costs nothing, where many small frames have come at once
        try:
            return _decoder(kind).decode(frame[LENGTHS.size : start]), bytes(frame[start:])
        except (msgspec.MsgspecError, RecursionError) as error:
            raise MalformedFrame(f"the header is not what was expected: {error}") from None
