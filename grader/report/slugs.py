"""Names for files that are safe on any disk, made of names that people chose."""

import re
from collections.abc import Iterable

MOST = 80
"""Characters of a name."""
RESERVED = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]", re.IGNORECASE)
"""No file may have such a name on Windows."""


def slugs(names: Iterable[str]) -> list[str]:
    """One for each name: ASCII letters, digits, `_` and `-`, and different for everyone, also where case is ignored."""
    taken: set[str] = set()
    made = []
    for name in names:
        base = re.sub(r"[^\w-]+", "_", name, flags=re.ASCII).strip("_-")[:MOST] or "student"
        base = f"{base}_" if RESERVED.fullmatch(base) else base
        slug, count = base, 1
        while slug.lower() in taken:
            count += 1
            slug = f"{base}-{count}"
        taken.add(slug.lower())
        made.append(slug)
    return made
