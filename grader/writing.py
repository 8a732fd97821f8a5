"""The one way in which a file is written: beside its place, then into it.

Where we write, a hand-in may lie. A link in it that has the name of our report is replaced, not followed.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import NotWritable

NOT_FILES = ("/dev", "/proc")
"""What lies there is no file, and is written to as it is: `/dev/stdout`, or `/dev/fd/63` of a shell's `>(…)`."""
ONLY_IN_PLACE = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.EROFS}
"""What a system says where a file may be written to, but nothing may be put beside it or in its place."""


OWNER_ALONE = 0o600
"""The mode of what holds a seed: whoever knows it can draw the hidden probes."""


def write_file(
    path: Path, pieces: Iterable[bytes], option: str, *, inside: Path | None = None, private: bool = False
) -> None:
    """Write a file whole, or leave what was there.

    Args:
        path: its place.
        pieces: what is to be in it.
        option: how to name another place.
        inside: the folder that was asked for. The folders below it are ours: they are made where they are missing, and
            none of them may be a link. By default, the one that the file is in.
        private: whether its owner alone may read it.

    Raises:
        NotWritable: it cannot be written there.
    """
    try:
        refuse_strangers(path.parent)
        if inside is not None:
            _make_folders(path.parent, inside)
        _write(path, pieces, private=private)
    except OSError as error:
        raise NotWritable(path, reason_of(error), option) from None


def reason_of(error: OSError) -> str:
    """Why something could not be written."""
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return "there is a file where a folder should be"
    return error.strerror or str(error)


def refuse_strangers(folder: Path) -> None:
    """Refuse a way to a folder that leads over a link of another user's.

    Raises:
        OSError: it does.
    """
    if not hasattr(os, "getuid"):
        return
    for place in (folder, *folder.parents):
        with suppress(FileNotFoundError):
            found = place.lstat()
            if stat.S_ISLNK(found.st_mode) and found.st_uid not in (0, os.getuid()):
                raise OSError(errno.ELOOP, f"{place} is a link that somebody else made")


def _make_folders(folder: Path, inside: Path) -> None:
    inside.mkdir(parents=True, exist_ok=True)
    place = inside
    for name in folder.relative_to(inside).parts:
        place /= name
        if place.is_symlink():
            raise OSError(errno.ELOOP, f"{place} is a link, and a folder should be there")
        place.mkdir(exist_ok=True)


def _write(path: Path, pieces: Iterable[bytes], *, private: bool) -> None:
    if path.absolute().as_posix().startswith(tuple(f"{place}/" for place in NOT_FILES)):
        with path.open("wb") as file:
            file.writelines(pieces)
        return
    there = path.lstat() if os.path.lexists(path) else None
    if there and not (stat.S_ISREG(there.st_mode) or stat.S_ISLNK(there.st_mode)):
        raise OSError(errno.EINVAL, "there is something else than a file")
    mode = stat.S_IMODE(there.st_mode) if there and stat.S_ISREG(there.st_mode) else None
    try:
        with _beside(path) as (descriptor, part):
            _fill(descriptor, pieces, OWNER_ALONE if private else mode)
            os.replace(part, path)
    except OSError as error:
        if error.errno not in ONLY_IN_PLACE or mode is None or not isinstance(pieces, (list, tuple)):
            raise
        _fill(os.open(path, os.O_WRONLY | os.O_TRUNC | _NO_LINK | _BINARY), pieces, None)


_NO_LINK, _BINARY = getattr(os, "O_NOFOLLOW", 0), getattr(os, "O_BINARY", 0)


@contextmanager
def _beside(path: Path) -> Iterator[tuple[int, Path]]:
    """A new file in the same folder, open; it is gone at the end, unless it was put in place."""
    part = path.with_name(f".grade-{secrets.token_hex(8)}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _BINARY, 0o666)
    try:
        yield descriptor, part
    finally:
        part.unlink(missing_ok=True)


def _fill(descriptor: int, pieces: Iterable[bytes], mode: int | None) -> None:
    with os.fdopen(descriptor, "wb") as file:
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)
        file.writelines(pieces)
