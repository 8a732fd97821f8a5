"""A small picture of where an answer is off, as a PNG that shows through to whatever page it is on."""

import base64
import struct
import zlib

from grader.result import ErrorMap

RED = (214, 40, 40)


def data_uri(errors: ErrorMap) -> str:
    """One pixel for each cell: no error is clear, the largest is solid."""
    return "data:image/png;base64," + base64.b64encode(_png(errors.rows)).decode("ascii")


def _png(rows: list[list[float]]) -> bytes:
    pixels = b"".join(b"\0" + b"".join(bytes((*RED, round(255 * share**0.5))) for share in row) for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
