"""What the table of contents of a zip says, none of it believed: names that lead elsewhere are refused."""

import io
import re
import struct
import zipfile
from pathlib import Path

from grader.classroom.unpack.tree import DEEPEST

CHUNK = 1 << 16
ENTRY = 46
"""Bytes of an entry in the table of contents, before its name."""
ENCRYPTED, UTF8 = 1 << 0, 1 << 11


class UnreadableZip(Exception):
    """Why a zip cannot be read, as the end of a sentence that its name begins."""


class Refused(Exception):
    """Why one file of a zip is not unpacked."""


class ZipStream(io.BufferedReader):
    """A zip as bytes, with two differences while it is opened.

    A table of contents that is too long is not read. And no name in it is said to be UTF-8 that is not, since a single
    one would make the whole zip unreadable.
    """

    def __init__(self, file: Path, contents: int) -> None:
        super().__init__(io.FileIO(file))
        self.most = contents
        self.opening = True

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > max(self.most, CHUNK):
            raise UnreadableZip("has too long a table of contents")
        data = super().read(size)
        return _without_false_claims(data) if self.opening and data.startswith(b"PK\1\2") else data


def _without_false_claims(contents: bytes) -> bytes:
    """A table of contents in which every name that is said to be UTF-8 is.

    In an entry, the flags are at 8; the lengths of name, extra field and comment at 28; the name comes at its end.
    """
    data, at = bytearray(contents), 0
    while data[at : at + 4] == b"PK\1\2" and at + ENTRY <= len(data):
        length, *more = struct.unpack_from("<3H", data, at + 28)
        try:
            data[at + ENTRY : at + ENTRY + length].decode("utf-8")
        except UnicodeError:
            data[at + 9] &= ~(UTF8 >> 8)
        at += ENTRY + length + sum(more)
    return bytes(data)


def name_of(info: zipfile.ZipInfo) -> str:
    """The name of an entry. Many zips hold UTF-8 and do not say so; what is no UTF-8 is in the old code page."""
    if info.flag_bits & UTF8:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith(("/", "\\"))


def parts_of(info: zipfile.ZipInfo) -> list[str]:
    """The folders an entry lies in, and its name.

    Raises:
        Refused: its name can stand for no file inside.
    """
    name = name_of(info).replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if "\0" in name:
        raise Refused("has a null byte in its name")
    if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in parts:
        raise Refused("has a name that leads out of the zip")
    if len(parts) > DEEPEST:
        raise Refused(f"is more than {DEEPEST} folders deep")
    return parts
