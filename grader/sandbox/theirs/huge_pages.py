"""Huge pages for the memory of a process that is forked again and again.

A fork copies an entry for each page, and so does the end of what was forked: of 150 MiB in pages of 4 KiB, forty
thousand. In huge pages there are a hundred; a page that is written to is still copied by itself.
"""

import ctypes
import re
from contextlib import suppress
from pathlib import Path

COLLAPSE = 25
"""MADV_COLLAPSE, from Linux 6.1 on; any other kernel refuses, and nothing has changed."""
SIZE = Path("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")
PRIVATE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0 *(?:\[heap\])?")
"""In the map of a process, memory that belongs to no file."""


def take_huge_pages() -> None:
    """Put the memory of this process into huge pages, as far as the kernel will."""
    with suppress(OSError, ValueError):
        size = int(SIZE.read_text(encoding="ascii"))
        ranges = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
        advise = ctypes.CDLL(None).madvise
        advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        for found in filter(None, map(PRIVATE.fullmatch, ranges)):
            first, last = (int(each, 16) for each in found.groups())
            for start in range(-(-first // size) * size, last - size + 1, size):
                advise(start, size, COLLAPSE)
