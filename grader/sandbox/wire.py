"""Frames between our process and the student's: a typed JSON header and a safetensors body, each with its length.

Nothing here trusts the sender: lengths are capped before they are believed, the header is decoded against a type, and a
body is checked by safetensors. There is no pickle.
"""

import os
import struct
from typing import Any, Protocol, TypeVar

import msgspec

LENGTHS = struct.Struct("<II")
HEADER_CAP = 1 << 20
BODY_CAP = 1 << 26
CHUNK = 1 << 16

Header = TypeVar("Header")


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
    """Wait for one whole frame.

    Raises:
        ClosedChannel: the other side closed.
        MalformedFrame: too long, or not what was expected.
    """
    reader = FrameReader(kind, body_cap, header_cap)
    while True:
        frame = reader.feed(_read(channel, reader.wanted))
        if frame is not None:
            return frame


def _read(channel: Channel, most: int) -> bytes:
    data = channel.recv(min(most, CHUNK))
    if not data:
        raise ClosedChannel
    return data


class FrameReader:
    """Collects one frame from pieces. Feed it; it gives the frame once it is whole."""

    def __init__(self, kind: type[Any], body_cap: int = BODY_CAP, header_cap: int = HEADER_CAP) -> None:
        self._decoder = msgspec.json.Decoder(kind)
        self._body_cap = body_cap
        self._header_cap = header_cap
        self._data = bytearray()

    @property
    def wanted(self) -> int:
        """How many more bytes belong to this frame, as far as is known."""
        return self._length() - len(self._data)

    def feed(self, data: bytes) -> tuple[Any, bytes] | None:
        self._data += data
        if self.wanted > 0 or len(self._data) < LENGTHS.size:
            return None
        start, length = LENGTHS.size, LENGTHS.unpack_from(self._data)[0]
        try:
            header = self._decoder.decode(self._data[start : start + length])
        except (msgspec.MsgspecError, RecursionError) as error:
            raise MalformedFrame(f"the header is not what was expected: {error}") from None
        return header, bytes(self._data[start + length :])

    def _length(self) -> int:
        if len(self._data) < LENGTHS.size:
            return LENGTHS.size
        header, body = LENGTHS.unpack_from(self._data)
        if header > self._header_cap or body > self._body_cap:
            raise MalformedFrame("the frame is longer than any answer could be")
        return int(LENGTHS.size + header + body)
